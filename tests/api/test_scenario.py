"""Scenarios in Python: from a file, a text, a mapping; changed ones."""

from __future__ import annotations

import pickle
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import Scenario, ScenarioError, load
from simulator.scenario.loading import load as loaded

FIELDS: dict[str, Any] = {
    "duration": "20s",
    "streams": {"clicks": {"shards": 2}},
    "producers": [{"stream": "clicks", "rate": "50/s"}],
    "functions": {"f": {"duration": {"per_batch": "50ms"}, "reserved_concurrency": None}},
    "event_source_mappings": [{"stream": "clicks", "function": "f"}],
}
TEXT = """\
duration: 20s
streams: {clicks: {shards: 2}}
producers: [{stream: clicks, rate: 50/s}]
functions: {f: {duration: {per_batch: 50ms}}}
event_source_mappings: [{stream: clicks, function: f}]
"""


def told(scenario: Any, overrides: Any = ()) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(scenario, overrides)
    return str(caught.value)


def test_a_file_a_text_a_mapping_and_a_scenario_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(TEXT, encoding="utf-8")
    scenario = load(path)
    assert scenario == load(str(path)) == load(TEXT) == load(FIELDS) == load(loaded(path)) == loaded(path)
    assert loaded(path) == scenario
    assert load("{" + TEXT.strip().replace("\n", ", ") + "}") == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert repr(scenario) == "<Scenario scenario: clicks with 2 shards; read by f-clicks>"


def test_overrides_are_of_any_type() -> None:
    changes = {
        "batch_size": 500,
        "retention": "48h",
        "bisect_batch_on_function_error": True,
        "event_source_mappings.0.disabled": [{"from": "1s", "to": "2s"}],
        "functions.f.duration.per_batch": {"uniform": {"low": "1ms", "high": "2ms"}},
        "polling.jitter": 0.25,
        "reserved_concurrency": None,
        "shards": np.int64(3),
        "start_time": datetime(2026, 11, 27, 14, 0),
        "search.vary": {"batch_size": (1, 2)},
    }
    texts = {
        "batch_size": "500",
        "retention": "48h",
        "bisect_batch_on_function_error": "true",
        "event_source_mappings.0.disabled": "[{from: 1s, to: 2s}]",
        "functions.f.duration.per_batch": "{uniform: {low: 1ms, high: 2ms}}",
        "polling.jitter": "0.25",
        "reserved_concurrency": "none",
        "shards": "3",
        "start_time": "2026-11-27T14:00",
        "search.vary": "{batch_size: [1, 2]}",
    }
    assert load(FIELDS, changes) == load(FIELDS, texts)
    assert load(FIELDS, list(changes.items())) == load(FIELDS, texts)


def test_with_gives_a_changed_scenario_and_leaves_the_first_as_it_was() -> None:
    scenario = load(FIELDS)
    changed = scenario.with_({"streams.clicks.retention": "48h"}, batch_size=500, **{"streams.clicks.shards": 4})
    assert isinstance(changed, Scenario)
    assert (changed.streams["clicks"].shards, changed.streams["clicks"].retention) == (4, 172_800.0)
    assert changed.event_source_mappings[0].batch_size == 500
    assert scenario == load(FIELDS)
    assert changed.with_(shards=2, batch_size=100, retention="24h") == scenario


def test_with_tells_faults_as_set_does() -> None:
    scenario = load(FIELDS)
    with pytest.raises(ScenarioError) as caught:
        scenario.with_(batch_size=0, shard=4)
    assert sorted(str(caught.value).splitlines()) == [
        "--set batch_size: error: 0 is out of range; allowed: a whole number from 1 to 10000",
        "--set shard: error: unknown field; did you mean 'shards'?",
    ]


@pytest.mark.parametrize("value", [object(), b"1", {1, 2}, [object()], float("nan")])
def test_a_value_that_no_scenario_has_is_a_fault_of_its_field(value: Any) -> None:
    assert told(FIELDS, {"batch_size": value}).startswith("--set batch_size: error: ")
    assert "error: " in told({**FIELDS, "seed": value})


def test_a_mapping_that_holds_itself_is_a_fault() -> None:
    own: dict[str, Any] = dict(FIELDS)
    own["streams"] = own
    assert told(own) == "scenario: error: is nested too deep, or holds itself"


def test_a_fault_of_a_mapping_or_text_is_told_by_its_field_and_line() -> None:
    wrong = {**FIELDS, "streams": {"clicks": {"shards": "2"}}}
    assert "streams.clicks.shards: '2' is text; allowed: a whole number" in told(wrong)
    assert told(TEXT.replace("shards", "shard")).startswith("scenario:2:20: error: streams.clicks.shard: unknown field")
    assert told({}).count("is missing") == 2
    assert "cannot be read" in told("duration.yaml")
