"""Streams that change, other readers, filters and the invocation rate, as a file gives them, and what is wrong there."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.loading import load
from simulator.scenario.spec import Constant, Filter, OnDemand, Reader, Resharding, ScaleDown, ScaleUp, Uniform

from .conftest import Told

SHARDS = "    shards: 4"
BATCH = "batch_size: 100"
MAPPING = "event_source_mappings:"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, split: 0}, {at: 1m, split: 1}]",
            "5: streams.clicks.resharding[1].at: 1m is before the 2m of the request before; requests stand in order of time",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, shards: 10001}]",
            "5: streams.clicks.resharding[0].shards: 10001 is out of range; allowed: a whole number from 1 to 10000",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, split: 0, point: 1}]",
            "5: streams.clicks.resharding[0].point: 1 leaves a child nothing; allowed: between 0 and 1",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, shards: 5, point: 0.3}]",
            "5: streams.clicks.resharding[0].point: is of no use without split",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, merge: [3, 3]}]",
            "5: streams.clicks.resharding[0].merge: shard 3 cannot be merged with itself",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, merge: [3, 4, 5]}]",
            "5: streams.clicks.resharding[0].merge: 3 items are given; allowed: a list of 2",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m, shards: 5, split: 1}]",
            "5: streams.clicks.resharding[0]: shards and split given; allowed: just one of shards, split, merge",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding: [{at: 2m}]",
            "5: streams.clicks.resharding[0]: nothing given; allowed: just one of shards, split, merge",
        ),
        (
            SHARDS,
            SHARDS + "\n    resharding_time: {each: {uniform: {low: 3s, high: 2s}}}",
            "5: streams.clicks.resharding_time.each.uniform.low: is above high",
        ),
        (
            SHARDS,
            SHARDS + "\n    scaling: {minimum: 5, maximum: 4, up: {}}",
            "5: streams.clicks.scaling.minimum: 5 is above the maximum of 4",
        ),
        (
            SHARDS,
            SHARDS + "\n    scaling: {maximum: 8}",
            "5: streams.clicks.scaling: asks for nothing; allowed: up, down or both",
        ),
        (
            SHARDS,
            SHARDS + "\n    scaling: {up: {above: 0.3}, down: {below: 0.4}}",
            "5: streams.clicks.scaling.down.below: 0.4 is above up.above of 0.3: the same period could ask for both",
        ),
        (
            SHARDS,
            SHARDS + "\n    scaling: {up: {points: 3, of: 2}}",
            "5: streams.clicks.scaling.up.points: 3 is more than the 2 periods it looks at",
        ),
        (
            SHARDS,
            SHARDS + "\n    scaling: {up: {factor: 2, add: 1}}",
            "5: streams.clicks.scaling.up.add: is given beside factor; give one of the two",
        ),
        (
            SHARDS,
            SHARDS + "\n    scaling: {down: {period: 90s}}",
            "5: streams.clicks.scaling.down.period: 90s is not in whole minutes; allowed: a duration from 1m to 1h in whole minutes; nearest: 1m and 2m",
        ),
        (
            SHARDS,
            SHARDS + "\n    mode: on_demand\n    resharding: [{at: 2m, shards: 8}]",
            "6: streams.clicks.resharding: is not allowed with mode: on_demand, in which AWS alone changes the shards; leave one of the two out",
        ),
        (
            SHARDS,
            SHARDS + "\n    mode: on_demand\n    scaling: {up: {}}",
            "6: streams.clicks.scaling: is not allowed with mode: on_demand, in which AWS alone changes the shards; leave one of the two out",
        ),
        (
            SHARDS,
            SHARDS + "\n    on_demand: {delay: {lognormal: {median: 3m, p99: 2m}}}\n    mode: on_demand",
            "5: streams.clicks.on_demand.delay.lognormal.median: is above p99",
        ),
        (
            SHARDS,
            "    retention: 24h",
            "4: streams.clicks.shards: is missing; it is required: a whole number from 1 to 10000",
        ),
        (
            BATCH,
            "filter: {passes: 1.2}",
            "15: event_source_mappings[0].filter.passes: 1.2 is out of range; allowed: a number from 0 to 1",
        ),
        (
            BATCH,
            "filter: {by: key}",
            "15: event_source_mappings[0].filter.passes: is missing; it is required: a number from 0 to 1",
        ),
        (
            MAPPING,
            "account: {requests_per_concurrency: 0.5/s}\n" + MAPPING,
            "12: account.requests_per_concurrency: 0.5/s is out of range; allowed: 0 or a rate from 1/s to 1000000/s",
        ),
        (
            MAPPING,
            "readers: [{stream: click}]\n" + MAPPING,
            "12: readers[0].stream: there is no stream 'click'; did you mean 'clicks'?",
        ),
        (
            MAPPING,
            "readers: [{name: a, stream: clicks}, {name: a, stream: clicks}]\n" + MAPPING,
            "12: readers[1].name: 'a' is also the name of readers[0]; names are unique; give each a name of its own",
        ),
        (
            MAPPING,
            "readers: [{stream: clicks, interval: 1s, phase: 1s}]\n" + MAPPING,
            "12: readers[0].phase: 1s is not below the interval of 1s",
        ),
        (
            MAPPING,
            "readers: [{stream: clicks, disabled: [{from: 2s, to: 1s}]}]\n" + MAPPING,
            "12: readers[0].disabled[0].to: 1s is not later than from 2s",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(told: Told, old: str, new: str, expected: str) -> None:
    assert told({old: new}) == [expected]


def test_what_only_a_run_can_know_is_no_error(told: Told) -> None:
    asked = "{at: 0s, shards: 10000}, {at: 0s, split: 99}, {at: 1m, merge: [7, 0]}, {at: 1000h, shards: 1}"
    assert told({SHARDS: f"{SHARDS}\n    resharding: [{asked}]"}) == []


def test_the_defaults_are_those_of_the_page(scenario_file: Callable[[str], Path], valid: str) -> None:
    changed = valid.replace(SHARDS, "    resharding: [{at: 1m, split: 2}]\n    scaling: {up: {}, down: {}}\n" + SHARDS)
    scenario = load(scenario_file(changed + "    filter: {passes: 0.2}\nreaders: [{stream: clicks}]\n"))
    stream = scenario.streams["clicks"]
    assert stream.resharding == (Resharding(at=60.0, split=2, point=0.5),)
    assert (stream.resharding_time.begin, stream.resharding_time.each) == (Constant(value=10.0), Constant(value=6.0))
    assert stream.scaling is not None
    assert (stream.scaling.metric, stream.scaling.minimum, stream.scaling.maximum) == ("use", 1, 100)
    assert stream.scaling.delay == 120.0
    assert stream.scaling.up == ScaleUp(above=0.75, period=300.0, points=5, of=5, factor=None, add=0, cooldown=0.0)
    assert stream.scaling.down == ScaleDown(below=0.25, period=300.0, points=57, of=60, factor=None, subtract=0)
    assert (ScaleUp().part, ScaleDown().part) == (2.0, 0.5)
    assert scenario.event_source_mappings[0].filter == Filter(passes=0.2, by="record")
    assert scenario.event_source_mappings[0].shard_discovery == 2.0
    assert scenario.readers == (Reader(name="reader-1", stream="clicks", interval=1.0, jitter=0.05),)


def test_a_stream_in_on_demand_mode_begins_with_four_shards(scenario_file: Callable[[str], Path], valid: str) -> None:
    stream = load(scenario_file(valid.replace(SHARDS, "    mode: on_demand"))).streams["clicks"]
    assert stream.shards == 4
    assert stream.on_demand == OnDemand(split_above=0.5, delay=Uniform(low=120.0, high=900.0), maximum=10_000)
    more = load(scenario_file(valid.replace(SHARDS, "    mode: on_demand\n    shards: 7"))).streams["clicks"]
    assert more.shards == 7


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("streams.clicks.scaling.up.above", "0.6"),
        ("scaling.up.above", "0.6"),
        ("streams.clicks.on_demand.maximum", "8"),
        ("streams.clicks.resharding.0.at", "2m"),
        ("shards", "8"),
        ("filter.passes", "0.5"),
        ("readers.archive.interval", "2s"),
    ],
)
def test_a_path_sets_a_field_of_them(scenario_file: Callable[[str], Path], valid: str, path: str, value: str) -> None:
    changed = valid.replace(SHARDS, SHARDS + "\n    resharding: [{at: 1m, shards: 5}]\n    scaling: {up: {above: 0.8}}")
    text = changed + "    filter: {passes: 0.2}\nreaders: [{name: archive, stream: clicks}]\n"
    before, after = load(scenario_file(text)), load(scenario_file(text), {path: value})
    assert before != after
    assert {
        name
        for name in ("streams", "readers", "event_source_mappings")
        if getattr(before, name) != getattr(after, name)
    } == {{"readers.archive.interval": "readers", "filter.passes": "event_source_mappings"}.get(path, "streams")}
    if path == "shards":
        assert after.streams["clicks"].shards == 8
        assert after.streams["clicks"].resharding[0].shards == 5
