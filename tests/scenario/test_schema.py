"""The JSON Schema says of a scenario what the loader says, as far as a schema can."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from simulator.scenario.schema import scenario_schema, schema_text
from simulator.scenario.templates import TEMPLATES, template

from .agreement import LOADER_ONLY, disagreement, schema
from .conftest import VALID, Told
from .documents import damaged, document
from .json_schema import fits
from .test_loading import CASES

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "schema" / "scenario.schema.json"


def parsed(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def valid(text: str) -> bool:
    return fits(parsed(text), schema(), schema())


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


# Where the two differed once: what both refuse, and what both take.
REFUSED = {
    "duration: 10m": ("duration: 0", "duration: 0s", "duration: ' 10m'", "duration: '10m '", "duration: -1m"),
    "{per_batch: 20ms}": ("{}\n    duration_by_memory: {128MiB: 0}\n    duration_measured_at: 128MiB",),
    "shards: 4": ("shards: '4'", "shards: 4.5", "shards: -4"),
    "name: web": (
        "name: ' web'",
        "name: web ship\u200bped",
        'name: "a\\tb"',
        "name: 1",
        "name: true",
        "name: ''",
        "'': web",
    ),
    "batch_size: 100": ("report_batch_item_failures: 'true'", "maximum_record_age: '-1'", "starts_after: '0'"),
    "  enrich:": ("  e.nrich:", "  -enrich:", "  enr ich:"),
}
TAKEN = {
    "shards: 4": ("shards: 4.0", "shards: 1e3", "shards: +4"),
    "batch_size: 100": (
        "batch_size: 100\nsearch: {shards: 16-1}",
        "batch_size: 100\nsearch: {shards: 7.0}",
        "report_batch_item_failures: TRUE",
        "maximum_record_age: -1.0",
        "starts_after: -0s",
        "starts_after: -0.0",
    ),
    "name: web": ("name: '1'", "name: Café 言語 🙂", 'name: "\\ud83d\\ude42"'),
    "duration: 10m": ("duration: 10 m", "duration: +10.m", "duration: .1h"),
}


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, some in REFUSED.items() for new in some])
def test_the_schema_and_the_loader_refuse_the_same(old: str, new: str, told: Told) -> None:
    changes = {old: new} if old != "  enrich:" else {old: new, "function: enrich": f"function: {new.strip()[:-1]}"}
    assert told(changes)
    text = VALID
    for before, after in changes.items():
        text = text.replace(before, after)
    assert not valid(text)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, some in TAKEN.items() for new in some])
def test_the_schema_and_the_loader_take_the_same(old: str, new: str, told: Told) -> None:
    assert told({old: new}) == []
    assert valid(VALID.replace(old, new).replace("\\ud83d\\ude42", "🙂"))  # the parser of this test joins no halves


@pytest.mark.parametrize("seed", range(60))
def test_the_loader_takes_any_document_of_the_schema_but_for_what_a_schema_cannot_say(
    seed: int, tmp_path: Path
) -> None:
    made = document(Random(seed), schema())
    assert fits(made, schema(), schema())
    assert disagreement(made, tmp_path) == ""


@pytest.mark.parametrize("seed", range(200))
def test_the_schema_takes_any_document_of_the_loader(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    sound = [parsed(path.read_text(encoding="utf-8")) for path in rng.sample(CASES, 3)]
    assert disagreement(damaged(rng, rng.choice(sound), sound), tmp_path) == ""


def test_what_a_schema_cannot_say_is_told_in_the_documentation() -> None:
    told = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8").partition("What the schema cannot say")[2]
    assert [words for words in LOADER_ONLY if words.lower() not in told.lower()] == []
