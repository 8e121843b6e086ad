"""Running a scenario into a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import simulate
from simulator.report.runs import RunOptions, run_into
from tests.model.rows import scenario, small


@pytest.fixture(autouse=True)
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take two seconds a run."""
    monkeypatch.setattr("simulator.report.plots.drawing.draw", lambda *_: None)
    monkeypatch.setattr("simulator.report.page.build.write_page", lambda *_: None)  # it shows them


def test_progress_rises_from_run_to_run_and_ends_at_1(tmp_path: Path) -> None:
    shown: list[float] = []
    run_into(scenario(small()), tmp_path / "out", RunOptions(replications=3), shown.append)
    assert shown == sorted(shown)
    assert shown[-1] == 1
    assert {1 / 3, 2 / 3} <= set(shown)


def test_the_result_is_the_first_replications_and_the_others_give_figures_only(tmp_path: Path) -> None:
    what = scenario(small())
    first, runs = run_into(what, tmp_path / "out", RunOptions(seed=5, replications=3), lambda _: None)
    assert first.summary() == simulate(what, seed=5).summary()
    assert [run.replication for run in runs] == [0, 1, 2]


def test_invocations_are_those_of_the_first_replication(tmp_path: Path) -> None:
    for n in (1, 3):
        run_into(scenario(small()), tmp_path / str(n), RunOptions(replications=n, invocations=True), lambda _: None)
    one, three = ((tmp_path / str(n) / "invocations.csv").read_bytes() for n in (1, 3))
    assert one == three
    assert one.count(b"\n") == 12  # the heading and 11 attempts
