"""Both engines state the same facts, in every one of them, to the nanosecond."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.model import windows
from simulator.scenario.loading import load
from tests.kernel.recording import first_difference, record
from tests.model.rows import scenario, small

CASES = sorted(Path("tests/cases").glob("*/scenario.yaml"))
SHORT = ("quickstart", "polling-or-push", "batch-size-frontier", "poison-pill")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_worked_case_is_the_same_by_both(path: Path) -> None:
    case = load(path)
    assert first_difference(record(case, "simpy"), record(case, "kernel")) == ""


@pytest.mark.parametrize("name", SHORT)
def test_a_shipped_scenario_is_the_same_by_both(name: str) -> None:
    shipped = load(Path(f"scenarios/{name}.yaml"))
    assert first_difference(record(shipped, "simpy", 7), record(shipped, "kernel", 7)) == ""


@pytest.mark.parametrize("records", [10, 300])
@pytest.mark.parametrize("case", ["retention", "push_opens_and_disabled", "write_limits", "one_instant"])
def test_windows_of_any_size_are_the_same_by_both(case: str, records: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW_RECORDS", records)
    worked = load(Path(f"tests/cases/{case}/scenario.yaml"))
    assert first_difference(record(worked, "simpy"), record(worked, "kernel")) == ""


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
