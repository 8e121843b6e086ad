"""The JSON Schema says of a scenario what the loader says, as far as a schema can."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from simulator.scenario.schema import scenario_schema, schema_text
from simulator.scenario.templates import TEMPLATES, template

from .conftest import VALID
from .test_loading import CASES

SHIPPED = Path(__file__).parents[2] / "schema" / "scenario.schema.json"
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a value is valid: the part of JSON Schema that is used here."""
    if "$ref" in schema and not fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root):
        return False
    kind = TYPES.get(schema.get("type", ""), object)
    return bool(
        isinstance(value, kind)
        and not (isinstance(value, bool) and kind not in (bool, object))
        and ("const" not in schema or value == schema["const"])
        and ("enum" not in schema or value in schema["enum"])
        and ("pattern" not in schema or re.search(schema["pattern"], value) is not None)
        and ("minimum" not in schema or value >= schema["minimum"])
        and ("maximum" not in schema or value <= schema["maximum"])
        and ("anyOf" not in schema or any(fits(value, each, root) for each in schema["anyOf"]))
        and ("oneOf" not in schema or sum(fits(value, each, root) for each in schema["oneOf"]) == 1)
        and (not isinstance(value, list) or all(fits(item, schema.get("items", {}), root) for item in value))
        and (not isinstance(value, dict) or group_fits(value, schema, root))
    )


def group_fits(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a group's fields are valid, and those that are required are there."""
    other = schema.get("additionalProperties", True)
    known = schema.get("properties", {})
    return all(name in value for name in schema.get("required", [])) and all(
        fits(item, known[name], root) if name in known else other is True or (bool(other) and fits(item, other, root))
        for name, item in value.items()
    )


def valid(text: str) -> bool:
    schema = scenario_schema()
    return fits(YAML(typ="safe", pure=True).load(text), schema, schema)


def test_the_schema_in_the_repository_is_not_stale() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_every_worked_case_fits_the_schema(path: Path) -> None:
    assert valid(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_fits_the_schema(name: str) -> None:
    assert valid(template(name))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("shards: 4", "shards: yes"),
        ("shards: 4", "shards: 0"),
        ("shards: 4", "shard: 4"),
        ("duration: 10m", "duration: 10"),
        ("duration: 10m", "name: x"),
        ("batch_size: 100", "consumer: pull"),
        ("batch_size: 100", "maximum_retry_attempts: -2"),
        ("{per_batch: 20ms}", "{}\n    failures: [{kind: poison}]"),
        ("{per_batch: 20ms}", "{}\n    failures: [{kind: outage, from: 1s}]"),
    ],
)
def test_a_fault_that_a_schema_can_see_does_not_fit_it(old: str, new: str) -> None:
    assert valid(VALID)
    assert not valid(VALID.replace(old, new))


def test_every_field_says_what_it_is_its_limits_and_its_default() -> None:
    definitions = scenario_schema()["$defs"]
    batch_size = definitions["EventSourceMapping"]["properties"]["batch_size"]
    assert batch_size["default"] == 100
    assert (batch_size["minimum"], batch_size["maximum"]) == (1, 10000)
    fields = [field for each in definitions.values() for name, field in each["properties"].items() if name != "kind"]
    assert all("Allowed: " in field["description"] and "Default: " in field["description"] for field in fields)


def test_the_schema_is_json() -> None:
    assert json.loads(schema_text())["$schema"] == "https://json-schema.org/draft/2020-12/schema"
