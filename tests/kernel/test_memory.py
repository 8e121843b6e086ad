"""What is said when a run takes more memory than it may."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kernel import engine, whole
from simulator.kernel.machine import Machine
from simulator.kernel.plan import plan
from simulator.measures.run import measuring, simulate
from simulator.measures.run_times import run_times
from simulator.model import windows
from simulator.model.memory import BacklogTooLargeError
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NEVER
from tests.kernel.recording import record
from tests.kernel.results import results_differ
from tests.model.rows import scenario, small

NEVER_SERVED = small(producer={"rate": "100/s"}, function={"reserved_concurrency": 0})


BY_BOTH_WAYS = pytest.mark.parametrize(
    ("module", "run"), [(whole, simulate), (engine, lambda of: record(of, "kernel"))], ids=["measured", "stated"]
)


@BY_BOTH_WAYS
def test_records_are_not_blamed_where_the_scenario_itself_does_not_fit(
    module: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "most_bytes", lambda: 1 << 18)
    said = r"the kernel needs more memory than it may have, 0\.0 GiB, for 1 producer, 1 stream, 1 shard, 1 function"
    with pytest.raises(BacklogTooLargeError, match=said) as told:
        run(scenario(NEVER_SERVED))
    assert "wait for a mapping" not in str(told.value)


@BY_BOTH_WAYS
def test_records_are_named_where_they_take_the_memory(module: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "most_bytes", lambda: 32 << 20)
    monkeypatch.setattr(engine, "check_backlog", lambda *_: None)
    monkeypatch.setattr(windows, "WINDOW_RECORDS", 10_000)
    many = scenario(
        small(
            run={"duration": "1h"},
            stream={"shards": 20},
            producer={"rate": "200/s"},
            function={"reserved_concurrency": 0},
        )
    )
    with pytest.raises(BacklogTooLargeError, match=r"records of stream 's' wait for a mapping; the kernel needs more"):
        run(many)


def many_producers(n: int) -> Scenario:
    """So many producers, of one record in 10 s each, of sizes that are drawn."""
    content = small(run={"duration": "20s", "drain": "10s"})
    size = {"lognormal": {"median": "1KiB", "p99": "9KiB"}}
    each = {"stream": "s", "rate": "0.1/s", "record_size": size, "partition_keys": "unique"}
    content["producers"] = [{"name": f"p{i}", **each} for i in range(n)]
    return scenario(content)


def test_many_producers_take_little_memory_each() -> None:
    """No table, and no buffer of many records, is theirs alone."""
    many = many_producers(200)
    words = plan(many, 1, 0, measuring(many, run_times(many)))
    assert len(words) < 1 << 20
    machine = Machine(words, 16 << 20)
    while machine.go_on(NEVER) != Machine.OVER:
        pass


def test_many_streams_take_little_memory_each() -> None:
    content = small(run={"drain": "10s"})
    content["streams"] = {f"s{i}": {"shards": 1} for i in range(200)} | content["streams"]
    many = scenario(content)
    for words in (plan(many, 1, 0), plan(many, 1, 0, measuring(many, run_times(many)))):
        machine = Machine(words, 32 << 20)
        while machine.go_on(NEVER) != Machine.OVER:
            pass


def test_the_results_of_many_producers_are_the_same_by_both() -> None:
    assert results_differ(many_producers(60)) == ""


def test_a_million_records_that_wait_take_less_than_100_mib_with_all_else() -> None:
    """So that a backlog can be shown in a browser's tab."""
    waits = scenario(
        small(run={"duration": "1000s"}, producer={"rate": "1000/s"}, function={"reserved_concurrency": 0})
    )
    machine = Machine(plan(waits, 1, 0, measuring(waits, run_times(waits))), 100 << 20)
    while machine.go_on(NEVER) != Machine.OVER:
        pass
    assert machine.records_kept(0) > 990_000
