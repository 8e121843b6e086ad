"""Both engines state the same facts, in every one of them, to the nanosecond."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.model import windows
from simulator.scenario.loading import load
from tests.kernel.recording import first_difference, record

CASES = sorted(Path("tests/cases").glob("*/scenario.yaml"))
SHORT = ("quickstart", "polling-or-push", "batch-size-frontier", "poison-pill")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_worked_case_is_the_same_by_both(path: Path) -> None:
    scenario = load(path)
    assert first_difference(record(scenario, "simpy"), record(scenario, "kernel")) == ""


@pytest.mark.parametrize("name", SHORT)
def test_a_shipped_scenario_is_the_same_by_both(name: str) -> None:
    scenario = load(Path(f"scenarios/{name}.yaml"))
    assert first_difference(record(scenario, "simpy", 7), record(scenario, "kernel", 7)) == ""


@pytest.mark.parametrize("records", [10, 300])
@pytest.mark.parametrize("case", ["retention", "push_opens_and_disabled", "write_limits", "one_instant"])
def test_windows_of_any_size_are_the_same_by_both(case: str, records: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW_RECORDS", records)
    scenario = load(Path(f"tests/cases/{case}/scenario.yaml"))
    assert first_difference(record(scenario, "simpy"), record(scenario, "kernel")) == ""
