"""The reference gives the rows and totals of the worked cases."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from . import NotDeterministic, run, undecided
from .compare import differences, read_rows
from .inputs import SECOND, UNDECIDED, Backoff, near_half
from .traffic import exact_times
from .waves import Wave

CASES = Path(__file__).parents[1] / "cases"


NOT_KNOWN = (
    "resharding",
    "scaling",
    "mode",
    "readers",
    "filter",
)  # sections 14 to 17: no reference has been written yet


def known(path: Path) -> bool:
    """Whether the reference has the rules for a case."""
    scenario = YAML(typ="safe").load(path)
    parts = [scenario, *scenario["streams"].values(), *scenario.get("event_source_mappings", [])]
    return not any(name in part for name in NOT_KNOWN for part in parts)


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/scenario.yaml") if known(path)))
def test_case(case: str) -> None:
    """The rows and the totals of a case."""
    folder = CASES / case
    result = run(YAML(typ="safe").load(folder / "scenario.yaml"), folder)
    rows = read_rows(folder / "invocations.csv")
    totals = json.loads((folder / "totals.json").read_text(encoding="utf-8"))
    assert differences(result.invocations, rows, result.totals, totals) == []


def test_cases_are_there() -> None:
    """The cases have been found."""
    assert len(list(CASES.glob("*/scenario.yaml"))) >= 22


@pytest.mark.parametrize("random", ["arrivals", "phase", "jitter of polls", "jitter of retries", "jitter of throttles"])
def test_randomness_is_refused(random: str) -> None:
    """Poisson arrivals, phases and jitters, the defaults, are random."""
    with pytest.raises(NotDeterministic):
        run(minimal(random), Path())


def test_a_scenario_without_randomness_is_not_refused() -> None:
    """The same with a value for each."""
    assert run(minimal("nothing"), Path()).totals["f-s"]["produced"] == 1


def minimal(random: str) -> dict[str, Any]:
    """A scenario in which only one thing is random."""
    fixed = {"jitter": 0}
    polling: dict[str, Any] = {} if random == "phase" else {"phase": "0s"}
    return {
        "duration": "1s",
        "streams": {"s": {"shards": 1}},
        "producers": [{"stream": "s", "rate": "1/s", **({} if random == "arrivals" else {"arrivals": "constant"})}],
        "functions": {"f": {"duration": {}}},
        "event_source_mappings": [
            {
                "stream": "s",
                "function": "f",
                "starting_position": "trim_horizon",
                "polling": polling | ({} if random == "jitter of polls" else fixed),
                "retry_backoff": {} if random == "jitter of retries" else fixed,
                "throttle_backoff": {} if random == "jitter of throttles" else fixed,
            }
        ],
    }


@pytest.mark.parametrize(("off", "undecided"), [("0", True), ("1e-6", True), ("1e-3", False), ("-1e-3", False)])
@pytest.mark.parametrize("start", [0, -6])
def test_a_time_that_doubles_may_round_to_either_side_is_told(start: int, off: str, undecided: bool) -> None:
    """The second of some records at (k + 0.5) / rate is produced about half a nanosecond after 26 s."""
    time = (26 - start) * SECOND + Fraction(1, 2) + Fraction(off)
    steps = [(start * SECOND, 60 * SECOND, Fraction(3, 2) / time)]
    found = [near_half(at, abs(at) + long) for at, long in exact_times(steps, start * SECOND, 27 * SECOND)]
    assert found == [False, undecided]


@pytest.mark.parametrize(("off", "undecided"), [("0", True), ("1e-6", True), ("1e-3", False), ("-1e-3", False)])
def test_so_is_one_of_a_sine(off: str, undecided: bool) -> None:
    time = 25 * SECOND + Fraction(1, 2) + Fraction(off)
    assert Wave(Fraction(3, 2) / time, Fraction(0), 60 * SECOND, 0).undecided(0, 26 * SECOND) == undecided


def test_so_is_a_product() -> None:
    """0.366 * 1.65^4 is 2.7127942875 exactly, and 0.366 * 1.65^3 is far from half a nanosecond."""
    backoff = Backoff(initial=366_000_000, factor=1.65, maximum=60 * SECOND)
    UNDECIDED.clear()
    assert backoff.wait(4) == 1_644_117_750
    assert UNDECIDED == []
    assert backoff.wait(5) in (2_712_794_287, 2_712_794_288)
    assert len(UNDECIDED) == 1


def test_producers_that_write_in_one_nanosecond_are_left_to_doubles() -> None:
    """23.7/s is three times 7.9/s; of two equal rates the doubles are equal, too."""
    scenario = minimal("nothing")
    (producer,) = scenario["producers"]
    for others, left in (("7.9/s", True), ("23.7/s", False)):
        scenario["producers"] = [{**producer, "name": rate, "rate": rate} for rate in ("23.7/s",)]
        scenario["producers"].append({**producer, "name": "other", "rate": others})
        assert undecided(scenario, Path()) == left
