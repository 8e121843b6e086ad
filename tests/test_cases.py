"""The simulator gives the rows and the totals of the worked cases in tests/cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.scenario.loading import load
from tests.model.differences import differences, read_rows
from tests.model.rows import run_rows, totals

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/scenario.yaml")))
def test_rows_and_totals_are_those_of_the_case(case: str) -> None:
    folder = CASES / case
    result, rows = run_rows(load(folder / "scenario.yaml"))
    expected = json.loads((folder / "totals.json").read_text(encoding="utf-8"))
    assert differences(rows, read_rows(folder / "invocations.csv"), totals(result), expected) == []
