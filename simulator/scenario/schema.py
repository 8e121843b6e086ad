"""The scenario as JSON Schema, for completion and checks in an editor. `shardsim validate` checks more than it."""

import json
import re
from typing import Any

from simulator.scenario.spec import SCENARIO

TITLE = "shardsim scenario"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """The schema of a scenario file: each field with its description, default, limits, and AWS's own limits."""
    definitions: dict[str, Any] = {}
    root = SCENARIO.schema(definitions)
    return {"$schema": DIALECT, "title": TITLE, **root, "$defs": dict(sorted(definitions.items()))}


def schema_text() -> str:
    """The schema as the file schema/scenario.schema.json has it."""
    text = json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
    return re.sub(r"[^\n -~…]", lambda found: json.dumps(found[0])[1:-1], text)  # unseen letters of patterns escaped
