"""Both engines state the same facts, in every one of them, to the nanosecond; and measure the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.kernel import whole
from simulator.kernel.machine import MOST_BYTES, Machine
from simulator.model import windows
from simulator.scenario.loading import load
from tests.kernel.recording import first_difference, record
from tests.kernel.results import results_differ, seen
from tests.model.rows import scenario, small

CASES = sorted(Path("tests/cases").glob("*/scenario.yaml"))
NEW = (
    "filters", "other_readers", "on_demand", "scaling", "resharding_held_back", "resharding_waiting_records",
    "resharding_positions",
)  # fmt: skip
SHORT = ("quickstart", "polling-or-push", "batch-size-frontier", "poison-pill", "poison-in-the-data")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_worked_case_is_the_same_by_both(path: Path) -> None:
    case = load(path)
    assert first_difference(record(case, "simpy"), record(case, "kernel")) == ""


@pytest.mark.parametrize("name", SHORT)
def test_a_shipped_scenario_is_the_same_by_both(name: str) -> None:
    shipped = load(Path(f"scenarios/{name}.yaml"))
    assert first_difference(record(shipped, "simpy", 7), record(shipped, "kernel", 7)) == ""


@pytest.mark.parametrize("records", [10, 300])
@pytest.mark.parametrize("case", ["retention", "push_opens_and_disabled", "write_limits", "one_instant", *NEW])
def test_windows_of_any_size_are_the_same_by_both(case: str, records: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW_RECORDS", records)
    worked = load(Path(f"tests/cases/{case}/scenario.yaml"))
    assert first_difference(record(worked, "simpy"), record(worked, "kernel")) == ""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_results_of_a_worked_case_are_the_same_by_both(path: Path) -> None:
    assert results_differ(load(path)) == ""


@pytest.mark.parametrize(
    "name", [*SHORT, "many-consumers", "cold-starts", "outage-and-recovery", "polling-versus-push"]
)
def test_the_results_of_a_shipped_scenario_are_the_same_by_both(name: str) -> None:
    assert results_differ(load(Path(f"scenarios/{name}.yaml")), 7) == ""


@pytest.mark.parametrize("interval_s", [0.05, 1.0, 7.3, 1e6])
@pytest.mark.parametrize(
    "case", ["retention", "push_opens_and_disabled", "write_limits", "one_instant", "throttles", *NEW]
)
def test_rows_of_any_length_are_the_same_by_both(case: str, interval_s: float) -> None:
    scenario = load(Path(f"tests/cases/{case}/scenario.yaml"))
    longest_s = (scenario.duration + scenario.drain) / 100_000
    assert results_differ(scenario, interval_s=max(interval_s, longest_s)) == ""


@pytest.mark.parametrize("first_ns", [1, 10_000_000, 3_600_000_000_000])
def test_the_steps_of_a_measured_run_change_nothing(first_ns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(Path("scenarios/quickstart.yaml"))
    usual = seen(scenario, "kernel")
    monkeypatch.setattr(whole, "FIRST_NS", first_ns)
    monkeypatch.setattr(whole, "SHORT_S", 0.001)
    assert seen(scenario, "kernel") == usual


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("consumer", ["polling", "push"])
def test_long_windows_that_fill_at_once_are_the_same_by_both(consumer: str, lanes: int) -> None:
    """Each batch leaves an alarm for the end of its window behind; the kernel has room for one a lane."""
    changes = {
        "consumer": consumer,
        "batch_size": 2,
        "maximum_batching_window": "300s",
        "parallelization_factor": lanes,
    }
    filled = scenario(small(run={"duration": "600s"}, producer={"rate": "1.9/s"}, mapping=changes))
    assert first_difference(record(filled, "simpy"), record(filled, "kernel")) == ""


def test_waits_that_grow_for_long_are_the_same_by_both() -> None:
    waits = {"initial": "1ms", "factor": 1.002, "maximum": "1s", "jitter": 0.5}
    fails = scenario(
        small(
            run={"drain": "600s"},
            function={"failures": [{"kind": "random", "probability": 1}]},
            mapping={"maximum_retry_attempts": 5000, "retry_backoff": waits},
        )
    )
    assert results_differ(fails) == ""


class BeyondTwoGiB(Machine):
    """A run whose memory begins after 2 GiB that something else has taken, and not touched."""

    def call(self, name: str, *arguments: int) -> int:
        if name == "new_run":
            assert super().call(name, 2**31 - 16, MOST_BYTES)
        return super().call(name, *arguments)


def test_a_run_that_takes_more_than_two_gib_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(Path("tests/cases/throttles/scenario.yaml"))
    usual = seen(scenario, "kernel")
    monkeypatch.setattr(whole, "Machine", BeyondTwoGiB)
    assert seen(scenario, "kernel") == usual
