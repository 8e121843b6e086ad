"""Times of a run by the clock: in sentences, on axes, in files."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli import cli
from simulator.report.clock import Clock
from simulator.report.plots.axes import time_unit

HOUR_S, DAY_S = 3600.0, 86_400.0


def clock(start: str | None, end_s: float) -> Clock:
    return Clock.of(start, end_s)


@pytest.mark.parametrize(
    ("start", "end_s", "time_s", "told"),
    [
        ("2026-11-27T14:00", 2 * HOUR_S, 3000.0, "14:50"),
        ("2026-11-27T14:00Z", 2 * HOUR_S, 3000.0, "14:50 UTC"),
        ("2026-11-27T14:00+01:00", 2 * HOUR_S, 3000.0, "14:50 +01:00"),
        ("2026-11-27T14:00-05:30", 2 * HOUR_S, 3000.0, "14:50 -05:30"),
        ("2026-11-27T14:00", HOUR_S, 7.4, "14:00:07"),
        ("2026-11-27T14:00", HOUR_S, 59.6, "14:01:00"),
        ("2026-11-27T14:00", 2 * HOUR_S, 89.0, "14:01"),
        ("2026-11-27T14:00:30", 2 * HOUR_S, 0.0, "14:00:30"),
        ("2026-11-27T23:00", 2 * HOUR_S, 0.0, "27 Nov 23:00"),
        ("2026-11-27T23:00", 2 * HOUR_S, 3600.0, "28 Nov 00:00"),
        ("2026-12-31T23:00", 2 * DAY_S, DAY_S, "1 Jan 23:00"),
        ("2028-02-28T12:00", 3 * DAY_S, DAY_S, "29 Feb 12:00"),
        ("2026-11-27T14:00", 2 * HOUR_S, float("nan"), "-"),
        (None, 2 * HOUR_S, 3000.0, "50 min"),
        (None, 2 * HOUR_S, float("nan"), "-"),
    ],
)
def test_a_moment_is_told_by_the_clock_where_the_start_is_known(
    start: str | None, end_s: float, time_s: float, told: str
) -> None:
    assert clock(start, end_s).at(time_s) == told


def test_a_sentence_tells_the_clock_and_how_long_into_the_run() -> None:
    assert clock("2026-11-27T14:00", 3 * HOUR_S).into(9120.0) == "at 16:32, 2 h 32 min into the run"
    assert clock(None, 3 * HOUR_S).into(9120.0) == "2 h 32 min into the run"


@pytest.mark.parametrize(
    ("start", "step_s", "first_s"),
    [
        ("2026-11-27T14:07", 300.0, 180.0),
        ("2026-11-27T14:00", 300.0, 0.0),
        ("2026-11-27T14:07:30+01:00", 3600.0, 3150.0),
        (None, 300.0, 0.0),
    ],
)
def test_the_ticks_of_an_axis_are_round_times_of_the_clock(start: str | None, step_s: float, first_s: float) -> None:
    assert clock(start, DAY_S).first_tick_s(step_s) == first_s


def test_the_axis_names_the_day_where_it_begins_and_at_midnight() -> None:
    of = clock("2026-11-27T18:00Z", 12 * HOUR_S)
    assert (of.axis, [of.tick(hour * HOUR_S) for hour in (3, 6, 9)]) == (
        "time from 27 Nov 2026 (UTC)",
        ["21:00", "28 Nov", "03:00"],
    )
    assert clock("2026-11-27T18:00", HOUR_S).axis == "time on 27 Nov 2026"


def test_an_axis_without_a_start_or_of_a_few_seconds_counts_from_the_start_of_the_run() -> None:
    assert time_unit(600.0, clock(None, 600.0)) == time_unit(600.0)
    assert time_unit(5.0, clock("2026-11-27T14:00", 5.0)) == time_unit(5.0)
    assert time_unit(600.0, clock("2026-11-27T14:00", 600.0)).clock == Clock(datetime(2026, 11, 27, 14, 0), 600.0)


SCENARIO = """\
start_time: 2026-11-27T14:07Z
duration: 3m
streams: {s: {shards: 1}}
producers: [{stream: s, rate: 20/s, arrivals: constant}]
functions: {f: {duration: {per_batch: 20ms}, failures: [{kind: outage, from: 60s, to: 90s}]}}
event_source_mappings: [{name: m, stream: s, function: f}]
"""


def test_terminal_page_and_summary_tell_the_clock_and_csv_files_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(SCENARIO, encoding="utf-8")
    done = CliRunner().invoke(cli, ["run", "shop.yaml"])
    assert done.exit_code == 0, done.output
    folder = Path("reports/shop")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["start_time"] == "2026-11-27T14:07Z"
    [episode] = summary["event_source_mappings"]["m"]["episodes"]
    caught_up = Clock.of("2026-11-27T14:07Z", summary["end_s"]).at(episode["end_s"])
    page = (folder / "report.html").read_text(encoding="utf-8")
    for text in (done.stdout, page):
        assert "behind from 14:08:0" in text
        assert f"at {caught_up}, " in text
    assert "Times are by the clock" in page
    assert "time on 27 Nov 2026 (UTC)" in (folder / "plots" / "backlog.svg").read_text(encoding="utf-8")
    assert (folder / "incidents.csv").read_text(encoding="utf-8").count("14:0") == 0
