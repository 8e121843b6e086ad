"""The reference gives the rows and totals of the worked cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from . import NotDeterministic, run
from .compare import differences, read_rows

CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/scenario.yaml")))
def test_case(case: str) -> None:
    """The rows and the totals of a case."""
    folder = CASES / case
    result = run(YAML(typ="safe").load(folder / "scenario.yaml"), folder)
    rows = read_rows(folder / "invocations.csv")
    totals = json.loads((folder / "totals.json").read_text(encoding="utf-8"))
    assert differences(result.invocations, rows, result.totals, totals) == []
    reverse = run(YAML(typ="safe").load(folder / "scenario.yaml"), folder, reverse=True)
    assert differences(reverse.invocations, rows, reverse.totals, totals) == []


def test_cases_are_there() -> None:
    """The cases have been found."""
    assert len(list(CASES.glob("*/scenario.yaml"))) >= 21


def test_randomness_is_refused() -> None:
    """Poisson arrivals, the default, are random."""
    scenario = {
        "duration": "1s",
        "streams": {"s": {"shards": 1}},
        "producers": [{"stream": "s", "rate": "1/s"}],
        "functions": {"f": {"duration": {}}},
        "event_source_mappings": [{"stream": "s", "function": "f", "polling": {"phase": "0s"}}],
    }
    with pytest.raises(NotDeterministic):
        run(scenario, Path())
