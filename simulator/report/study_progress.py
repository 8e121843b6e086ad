"""How a study goes: a bar on a terminal, with the time left and the best setting so far."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulator.scenario.objectives import Objectives
from simulator.study.evaluate import Progress
from simulator.study.figures import Figures
from simulator.study.ranking import best
from simulator.study.settings import Setting


@contextmanager
def study_progress(title: str, objectives: Objectives | None, shown: bool) -> Iterator[Progress | None]:
    """A Progress that draws a bar on stderr, with the best setting by objectives; None where that is no terminal."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[runs]}"), TimeRemainingColumn(),
        TextColumn("{task.fields[best]}", markup=False),
    )  # fmt: skip
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Bar(bars, title, objectives)


class Bar:
    """A Progress on a terminal. The bar and the time left go by the predicted effort of runs, not by their number."""

    def __init__(self, bars: Any, title: str, objectives: Objectives | None) -> None:
        self._bars, self._objectives = bars, objectives
        self._expected, self._done, self._total_s = 0, 0, 0.0
        self._task = bars.add_task(title, total=0.0, runs="", best="")
        self._latest: dict[Setting, list[Figures]] = {}

    def expect(self, runs: int, predicted_s: float) -> None:
        """More runs are to come."""
        self._expected += runs
        self._total_s += predicted_s
        self._bars.update(self._task, total=self._total_s)

    def done(self, setting: Setting, outcome: object, predicted_s: float) -> None:
        """A run is over."""
        self._done += 1
        if isinstance(outcome, Figures):
            self._latest.setdefault(setting, []).append(outcome)
        self._bars.update(
            self._task,
            advance=predicted_s,
            runs=f"{self._done}/{self._expected}",
            best=_best_so_far(self._latest, self._objectives),
        )


def _best_so_far(runs: dict[Setting, list[Figures]], objectives: Objectives | None) -> str:
    if objectives is None:
        return ""
    setting = best(runs, objectives)
    return "" if setting is None else f"best so far: {setting}"
