"""The resolved scenario: every field with its unit, so that a report says what was simulated."""

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from simulator.scenario.spec import SCENARIO, Scenario


def dump(scenario: Scenario, folder: str | Path) -> str:
    """The scenario as YAML with every field, its files relative to `folder`; loaded from there it is the same again."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # the fields keep their order
    yaml.width = 10_000
    stream = io.StringIO()
    yaml.dump(SCENARIO.write(scenario, Path(folder)), stream)
    return stream.getvalue()
