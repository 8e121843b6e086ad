"""Both engines agree in the corners of streams that change, of filters and of other readers (sections 14 to 17)."""

from __future__ import annotations

from math import ceil

import pytest

from simulator.model import windows
from tests.kernel.recording import first_difference, record
from tests.kernel.results import results_differ
from tests.model.rows import Section, scenario, small

EACH_SECOND: Section = {"rate": "1/s", "arrivals": "constant", "record_size": "3B"}  # at 0.5 s, 1.5 s, ...
AT_ONCE = {"begin": "0s", "each": "0s"}
HALF = {"passes": 0.5}
KEYS = {"count": 60, "order": "round_robin"}
ONE_KEY = {"count": 1, "order": "round_robin"}
TOO_MUCH = {"rate": "1900/s", "arrivals": "constant", "record_size": "1100B", "stop": "4s"}  # for one shard, of either
AROUND = [
    {"at": "1.7s", "shards": 2},
    {"at": "1.7s", "shards": 4},
    {"at": "2.6s", "shards": 2},
    {"at": "2.6s", "shards": 1},
]


def changing(requests: list[Section], time: Section | None = None, **changes: Section) -> Section:
    """A small scenario with a stream whose shards change by requests of the file."""
    stream = {"resharding": requests, "resharding_time": time or {"begin": "0.4s", "each": "0.3s"}}
    return small(stream={**stream, **changes.pop("stream", {})}, **changes)


EDGES: dict[str, Section] = {
    "a record that its shard would accept after the starting position, and a child accepts before": changing(
        [{"at": "900ms", "split": 0}],
        AT_ONCE,
        run={"drain": "10s"},
        producer={"rate": "2/s", "start": "-4s", "stop": "0s", "record_size": "1MiB", "partition_keys": ONE_KEY},
        mapping={"starting_position": "latest", "starts_after": "2s"},
    ),
    "halves of batches that begin with records that are filtered out": small(
        producer={"rate": "40/s"},
        function={"failures": [{"kind": "poison", "probability": 0.2}]},
        mapping={
            "filter": HALF,
            "batch_size": 10,
            "bisect_batch_on_function_error": True,
            "maximum_retry_attempts": 1,
            "on_failure_destination": True,
        },
    ),
    "nothing but records that wait at their producers when the traffic ends": changing(
        [{"at": "60s", "shards": 2}],
        run={"duration": "5s", "drain": "30s"},
        producer={"rate": "2/s", "record_size": "1MiB"},
        function={"duration": {"per_batch": "10ms"}},
    ),
    "records set aside that are on their way when the run ends": small(
        run={"drain": "1s"},
        producer={"rate": "9/s"},
        mapping={"filter": HALF, "polling": {"phase": "370ms", "latency": "2.5s"}},
    ),
    "records set aside that no poll has come to": small(
        run={"drain": "1s"}, mapping={"filter": HALF, "starts_after": "10.5s", "disabled": [{"from": "4s", "to": "5s"}]}
    ),
    "records set aside that come just as a poll is made": small(
        run={"duration": "50s", "drain": "5s"},
        producer={"rate": "2/s", "arrivals": "constant"},
        mapping={
            "filter": HALF,
            "disabled": [{"from": "8s", "to": "70s"}],
            "polling": {"phase": "250ms", "get_records_limit": 1, "repoll": "base_rate", "jitter": 0},
        },
    ),
    "records set aside that answers leave behind": small(
        run={"drain": "2s"},
        producer={"rate": "50/s"},
        mapping={"filter": HALF, "polling": {"phase": "370ms", "get_records_limit": 3, "repoll": "base_rate"}},
    ),
    "records set aside behind a lane that is busy": small(
        run={"drain": "9s"},
        producer={"rate": "20/s"},
        function={"duration": {"per_batch": "730ms"}},
        mapping={
            "filter": HALF,
            "batch_size": 1,
            "parallelization_factor": 3,
            "polling": {"phase": "370ms", "get_records_limit": 5},
        },
    ),
    "records set aside that expire one after the other": small(
        run={"drain": "27h"},
        producer={"rate": "3/s"},
        mapping={
            "filter": HALF,
            "polling": {"phase": "7s", "interval": "100s"},
            "disabled": [{"from": "0s", "to": "86405.2s"}],
        },
    ),
    "records set aside that are pushed when the run ends": small(
        run={"drain": "1s"},
        mapping={"filter": HALF, "consumer": "push", "push": {"propagation": "3s"}},
    ),
    "records set aside that wait at their producers": small(
        run={"drain": "300ms"},
        producer={**TOO_MUCH, "stop": "10s"},
        mapping={"filter": {"passes": 0.2}, "disabled": [{"from": "3s", "to": "20s"}]},
    ),
    "another reader from whom records expire": {
        **small(
            run={"drain": "25h"},
            producer=EACH_SECOND,
            function={"reserved_concurrency": 0},
            mapping={"throttle_backoff": {"initial": "5m", "maximum": "5m", "jitter": 0}},
        ),
        "readers": [
            {"name": "r", "stream": "s", "interval": "100s", "disabled": [{"from": "3s", "to": "86407s"}], "jitter": 0}
        ],
    },
    "another reader that polls just when the run ends": {
        **small(run={"drain": "0s"}),
        "readers": [{"name": "r", "stream": "s", "phase": "0s", "jitter": 0}],
    },
    "a shard that closes just when the run ends": changing(
        [{"at": "11s", "split": 0}], {"begin": "0.5s", "each": "0.5s"}, run={"drain": "2s"}, producer={"rate": "1900/s"}
    ),
    "a request that is made just when the run ends": changing([{"at": "12s", "split": 0}], run={"drain": "2s"}),
    "several changes at one instant, with records that wait": changing(
        AROUND, AT_ONCE, producer=TOO_MUCH, mapping={"parallelization_factor": 3}
    ),
    "records with keys that wait for one shard after the other": changing(
        AROUND, producer={**TOO_MUCH, "partition_keys": KEYS}, mapping={"parallelization_factor": 3, "filter": HALF}
    ),
    "records that wait for children when the run ends": changing(
        [{"at": "3.6s", "split": 0}, {"at": "3.7s", "split": 1}],
        run={"duration": "4s", "drain": "300ms"},
        producer={**TOO_MUCH, "rate": "5000/s"},
        mapping={"filter": {"passes": 0.7}},
    ),
    "records that wait for shards, and are skipped": changing(
        AROUND, producer=TOO_MUCH, mapping={"starting_position": {"at_timestamp": "30s"}}
    ),
    "children that are pushed, and the end of a shard while the mapping is disabled": changing(
        [*AROUND, {"at": "5s", "shards": 2}],
        producer={"rate": "40/s", "partition_keys": KEYS, "record_size": "20001B"},
        mapping={
            "consumer": "push",
            "push": {"propagation": "0s"},
            "parallelization_factor": 2,
            "disabled": [{"from": "1.9s", "to": "4.1s"}],
            "shard_discovery": "0.7s",
        },
    ),
    "children that expire before their parents are finished": changing(
        [{"at": "2s", "split": 0}],
        run={"drain": "26h"},
        producer=EACH_SECOND,
        function={"reserved_concurrency": 0},
        mapping={"throttle_backoff": {"initial": "5m", "maximum": "5m", "jitter": 0}},
    ),
    "pushed children that expire before their parents are finished": changing(
        [{"at": "2s", "split": 0}],
        run={"drain": "26h"},
        producer=EACH_SECOND,
        function={"reserved_concurrency": 0},
        mapping={"consumer": "push", "throttle_backoff": {"initial": "5m", "maximum": "5m", "jitter": 0}},
    ),
    "parts of a range that are nothing, and nearly all": changing(
        [
            {"at": "1s", "split": 0, "point": 1e-300},
            {"at": "2s", "split": 0, "point": 0.9999999999999999},
            {"at": "3s", "split": 1, "point": 1e-9},
            {"at": "4s", "merge": [2, 4]},
        ],
        producer={"rate": "90/s"},
        mapping={"parallelization_factor": 10},
    ),
    "a request just a day after the first of ten": changing(
        [{"at": f"{5 + 10 * n}s", "shards": 1 + (n + 1) % 2} for n in range(10)]
        + [{"at": "86400s", "shards": 2}, {"at": "86405s", "shards": 2}, {"at": "86414s", "shards": 1}],
        AT_ONCE,
        run={"duration": "86420s"},
        producer={"rate": "1/m"},
        mapping={"polling": {"phase": "7s", "interval": "300s"}, "shard_discovery": "0s"},
    ),
    "poison that is the first in a child": changing(
        [{"at": "2s", "shards": 2}, {"at": "5s", "shards": 4}],
        producer={"rate": "40/s", "partition_keys": KEYS},
        function={"failures": [{"kind": "poison", "at": ["1s", "2.7s", "3s", "6s", "9.9s"]}]},
        mapping={"maximum_retry_attempts": 1, "report_batch_item_failures": True},
    ),
    "a rule that decides just when a minute ends": small(
        run={"duration": "600s"},
        stream={
            "scaling": {
                "metric": "bytes",
                "delay": "0s",
                "up": {"above": 0.001, "period": "1m", "points": 1, "of": 1, "add": 1},
                "down": {"below": 0.0005, "period": "2m", "points": 1, "of": 2, "factor": 0.5},
            },
            "resharding": [{"at": "120s", "shards": 2}],
            "resharding_time": AT_ONCE,
        },
        producer={
            "rate": {"steps": [{"at": "0s", "rate": "5/s"}, {"at": "250s", "rate": "0.1/s"}]},
            "record_size": "1KiB",
        },
    ),
    "a use that is just the bound": small(
        run={"duration": "200s"},
        stream={"scaling": {"delay": "0s", "up": {"above": 0.001, "period": "1m", "points": 1, "of": 1}}},
        producer=EACH_SECOND,
    ),
    "hot shards that are marked again and again": small(
        run={"duration": "400s"},
        stream={
            "mode": "on_demand",
            "shards": 2,
            "on_demand": {"split_above": 0.0002, "delay": {"uniform": {"low": "5s", "high": "50s"}}, "maximum": 2},
        },
        producer={"rate": "2/s", "partition_keys": "unique"},
    ),
    "a shard that closes just when a mapping begins": changing(
        [{"at": "2s", "split": 0}], AT_ONCE, mapping={"starting_position": "latest", "starts_after": "2s"}
    ),
    "a record that would be accepted just when its shard closes": changing(
        [{"at": "1.50025s", "split": 0}],
        AT_ONCE,
        producer={"rate": "2000/s", "record_size": "100B", "stop": "4s"},
    ),
    "hot shards that are split at once": small(
        run={"duration": "400s"},
        stream={"mode": "on_demand", "shards": 2, "on_demand": {"split_above": 0.0005, "delay": "0s", "maximum": 5}},
        producer={"start": "-5s", "rate": "2/s", "partition_keys": {"count": 3, "order": "round_robin"}},
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_both_engines_state_the_same(name: str) -> None:
    edge = scenario(EDGES[name])
    assert first_difference(record(edge, "simpy"), record(edge, "kernel")) == ""


@pytest.mark.parametrize("name", EDGES)
def test_both_engines_measure_the_same(name: str) -> None:
    edge = scenario(EDGES[name])
    rows_s = ceil((edge.duration + edge.drain) / 100)  # few, for they are written as text
    assert results_differ(edge, interval_s=rows_s) == ""


@pytest.mark.parametrize("name", [name for name in EDGES if "wait" in name])
def test_windows_of_few_records_are_the_same_by_both(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW_RECORDS", 100)
    edge = scenario(EDGES[name])
    assert first_difference(record(edge, "simpy"), record(edge, "kernel")) == ""


@pytest.mark.parametrize(("shards", "lanes"), [(2, 1), (1, 2)])
def test_what_was_kept_of_a_parents_records_says_nothing_of_those_that_are_on_their_way_to_a_child(
    shards: int, lanes: int
) -> None:
    """Their places in memory are those of records that were filtered out: which is the oldest, second by second."""
    doubled = {"shards": shards, "resharding": [{"at": "8s", "shards": 2 * shards}], "resharding_time": AT_ONCE}
    mapping = {"filter": {"passes": 0.3}, "batch_size": 10, "parallelization_factor": lanes}
    of = small(
        run={"duration": "20s", "drain": "20s"},
        stream=doubled,
        producer={"rate": "100/s"},
        mapping={**mapping, "polling": {"latency": "2.5s"}},
    )
    assert results_differ(scenario(of), interval_s=0.02) == ""
