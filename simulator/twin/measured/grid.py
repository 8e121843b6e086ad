"""All series on one axis of time: where it begins, its step, and what a time without a value means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.twin.found import Remark, warning
from simulator.twin.measured.series import COUNTS, Series

MOST_STEPS: Final = 1_000_000
LONGEST_S: Final = 366 * 86_400
USUAL_STEP_S: Final = 60
DENSE: Final = ("IncomingRecords", "IncomingBytes", "Invocations", "Duration")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: series by metric and thing, on `steps` intervals of `step_s` from `start_s` (since 1970)."""

    series: Sequence[Series]
    start_s: int
    step_s: int
    steps: int

    @property
    def start(self) -> datetime:
        """When it begins."""
        return datetime.fromtimestamp(self.start_s, UTC)

    @property
    def duration_s(self) -> int:
        """How long it lasts."""
        return self.steps * self.step_s

    def without_the_last(self, holdout: float) -> Measured:
        """The same without the last part of the intervals, such as 0.5."""
        steps = first_held_out(self.steps, holdout)
        end_s = self.start_s + steps * self.step_s
        series = [replace(each, points={at: v for at, v in each.points.items() if at < end_s}) for each in self.series]
        return Measured(series, self.start_s, self.step_s, steps)

    def find(self, name: str, thing: str, statistic: str = "Sum") -> Series | None:
        """The series of a metric of a thing."""
        wanted = (name, thing, statistic)
        metrics = ((each, each.metric) for each in self.series)
        return next((each for each, of in metrics if (of.name, of.thing, of.statistic) == wanted), None)

    def column(self, found: Series) -> Floats:
        """The values of each interval: counts without one are 0, levels NaN."""
        counted = found.metric.name in COUNTS or found.metric.statistic == "Sum"
        values = np.full(self.steps, 0.0 if counted else np.nan)
        for time, value in found.points.items():
            index = (time - self.start_s) // self.step_s
            values[index] = values[index] + value if counted else value
        return values


def first_held_out(steps: int, holdout: float) -> int:
    """The first of so many intervals that is held out, where the last part of them is; import and backtest ask here.

    One at least is on each side.
    """
    return max(1, min(round(steps * (1 - holdout)), steps - 1))


def measured(series: Iterable[Series]) -> tuple[Measured | None, list[Remark]]:
    """All series together, None if there are none; and a remark about intervals of which nothing is known."""
    every = _merged(series)
    times = sorted({time for each in every for time in each.points})
    if not times:
        return None, []
    step_s = _step_s(every)
    start_s = times[0]
    steps = (times[-1] - start_s) // step_s + 1
    if steps > MOST_STEPS or steps * step_s > LONGEST_S:
        days = (times[-1] - start_s) / 86_400
        return None, [warning(f"metrics span {days:,.0f} days in steps of {step_s} s, and are not used")]
    found = Measured(every, start_s, step_s, steps)
    return found, list(_gaps(found, times))


def _step_s(series: Iterable[Series]) -> int:
    """The longest period that a series has: of those with a value in most intervals the shortest time between two."""
    shortest = {each.metric: min((b - a for a, b in pairwise(sorted(each.points))), default=0) for each in series}
    dense = [step for metric, step in shortest.items() if metric.name in DENSE and step]
    return max(dense, default=min((step for step in shortest.values() if step), default=USUAL_STEP_S))


def _merged(series: Iterable[Series]) -> list[Series]:
    """Each series once: pages and files are put together, and of a time that two have the first counts."""
    found: dict[object, Series] = {}
    for each in series:
        before = found.get(each.metric)
        points = {**each.points, **before.points} if before else each.points
        found[each.metric] = Series(each.metric, points, before.place if before else each.place)
    return list(found.values())


def _gaps(of: Measured, times: Sequence[int]) -> Iterable[Remark]:
    known = np.zeros(of.steps, bool)
    known[[(time - of.start_s) // of.step_s for time in times]] = True
    missing = int((~known).sum())
    if missing:
        first = datetime.fromtimestamp(of.start_s + int(np.argmin(known)) * of.step_s, UTC)
        what = f"{missing} of {of.steps} intervals of {of.step_s} s, the first at {first:%Y-%m-%d %H:%M} UTC"
        yield warning(f"no metric has a value in {what}: a gap; nothing is written then in the trace")
