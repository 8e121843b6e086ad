"""When a scenario starts, by the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from simulator.scenario.dumping import dump
from simulator.scenario.loading import load
from simulator.study.jobs import scenario_digest

from .conftest import Told

Write = Callable[[str], Path]
FIRST = "duration: 10m\n"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("none", None),
        ("2026-11-27T14:00", datetime(2026, 11, 27, 14, 0)),
        ("2026-11-27T14:00:30", datetime(2026, 11, 27, 14, 0, 30)),
        ("2028-02-29T00:00Z", datetime(2028, 2, 29, tzinfo=UTC)),
        ("2026-11-27T14:00-05:30", datetime(2026, 11, 27, 14, 0, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
    ],
)
def test_a_start_time_is_a_date_and_time_with_a_zone_or_without(
    scenario_file: Write, valid: str, tmp_path: Path, text: str, start: datetime | None
) -> None:
    scenario = load(scenario_file(f"start_time: {text}\n{valid}"))
    assert scenario.start_time == start
    again = tmp_path / "again.yaml"
    again.write_text(dump(scenario, tmp_path), encoding="utf-8")
    assert f"start_time: {text}\n" in again.read_text(encoding="utf-8").replace("'", "")
    assert load(again).start_time == start


ALLOWED = (
    "allowed: none or a date and time such as 2026-11-27T14:00, with Z or +01:00 after it if the zone is to be told"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-02-30T14:00", f"2026-02-30T14:00 is no day of the calendar; {ALLOWED}"),
        ("2026-11-27", f"2026-11-27 is not a date and time; {ALLOWED}; did you mean '2026-11-27T00:00'?"),
        (
            "2026-11-27 14:00 Z",
            f"2026-11-27 14:00 Z is not a date and time; {ALLOWED}; did you mean '2026-11-27T14:00Z'?",
        ),
        ("2026-11-27T25:00", f"2026-11-27T25:00 is not a date and time; {ALLOWED}"),
        ("2026-11-27T14:00+25:00", f"2026-11-27T14:00+25:00 is not a date and time; {ALLOWED}"),
        ("1969-11-27T14:00", f"1969-11-27T14:00 is not a date and time; {ALLOWED}"),
        ("tomorrow", f"tomorrow is not a date and time; {ALLOWED}"),
        ("5", f"5 is not a date and time; {ALLOWED}"),
        ("[]", "a list is given; " + ALLOWED),
    ],
)
def test_what_is_no_date_is_refused_with_what_is_allowed(told: Told, text: str, said: str) -> None:
    assert told({FIRST: f"{FIRST}start_time: {text}\n"}) == [f"2: start_time: {said}"]


def test_runs_that_are_kept_do_not_depend_on_the_start(scenario_file: Write, valid: str) -> None:
    before = scenario_digest(load(scenario_file(valid)))
    assert scenario_digest(load(scenario_file(f"start_time: 2026-11-27T14:00\n{valid}"))) == before
