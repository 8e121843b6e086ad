"""Fitting fields that nobody knows to what was observed before the part that is judged.

All trials have the same random numbers, so that they differ by the fields alone. A profile gives the interval: the
values of a field at which the misfit, with the other fields fitted anew, is no worse than by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from simulator.twin.backtest.misfit import Values, misfit, worse_by_chance
from simulator.twin.backtest.running import Runs
from simulator.twin.backtest.unknowns import Fitted, Unknown

RUNS: Final = 12  # replications of a trial
GRID: Final = 13  # places of a single field at first
COARSE: Final = 7  # of each of several
STEPS: Final = (0.05, 0.15, 0.4)  # of a profile, to both sides
NEAR: Final = 0.04  # of the range: far enough for a slope
CLOSE: Final = 0.01  # of the range: places closer than that are one
NARROWING: Final = 10  # trials of a single field after the first
OF_EACH: Final = 30  # trials of several fields, for each of them
INNER: Final = 10  # trials of the other fields at a place of a profile, for each of them

Place = tuple[float, ...]  # of each field from 0 to 1
Setting = tuple[str, ...]  # the value of each field, as a scenario has it
Simulate = Callable[[Sequence[Setting]], Sequence[Runs]]


class CannotTellError(ValueError):
    """The data cannot tell a field; the message is one line that names it and says why."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A place that was tried, with its replications and how far these are from what was seen."""

    place: Place
    values: Setting
    runs: Values
    misfit: float


class Trials:
    """Tries places, each once."""

    def __init__(self, fields: Sequence[Unknown], seen: Values, simulate: Simulate) -> None:
        self._fields, self._seen, self._simulate = fields, seen, simulate
        self.made: dict[Setting, Trial] = {}

    def values(self, place: Sequence[float]) -> Setting:
        """The values of the fields at a place."""
        return tuple(each.value(min(max(at, 0.0), 1.0)) for each, at in zip(self._fields, place, strict=True))

    def at(self, places: Sequence[Place]) -> list[Trial]:
        """The trials at places; those that are new are simulated together. Raises CannotTellError if none can be."""
        new = {self.values(each): each for each in places}
        new = {values: place for values, place in new.items() if values not in self.made}
        for (values, place), runs in zip(new.items(), self._simulate(list(new)) if new else (), strict=True):
            if runs.failures:
                raise CannotTellError(f"a run with {', '.join(values)} failed: {runs.failures[0].why}")
            some = {key: runs.values[key] for key in self._seen}
            self.made[values] = Trial(place, values, some, misfit(self._seen, some))
        return [self.made[self.values(each)] for each in places]

    def misfit(self, place: Sequence[float]) -> float:
        """How far it is from what was seen at a place."""
        return self.at([tuple(float(each) for each in place)])[0].misfit

    @property
    def best(self) -> Trial:
        """The best place so far."""
        return min(self.made.values(), key=lambda each: each.misfit)


def most_trials(fields: int) -> int:
    """About how many trials a fit of so many fields takes."""
    if fields == 1:
        return GRID + NARROWING + 2
    profile = fields * (2 * len(STEPS) + 2) * (INNER * (fields - 1) + 3)
    return COARSE * fields + OF_EACH * fields + profile


def fitted(fields: Sequence[Unknown], seen: Values, simulate: Simulate) -> list[Fitted]:
    """The values of fields with which replications are closest to what was seen. Raises CannotTellError."""
    trials = Trials(fields, seen, simulate)
    _search(fields, trials)
    profiles = [_profile(i, len(fields), trials) for i in range(len(fields))]
    worse = worse_by_chance(seen, trials.best.runs, [_around(i, trials) for i in range(len(fields))])
    return [_interval(i, fields, profiles[i], trials, worse[i]) for i in range(len(fields))]


def _around(i: int, trials: Trials) -> tuple[Values, Values, float]:
    """Replications a bit above and below the best place, in the direction of a field."""
    place = trials.best.place
    up, down = (min(max(place[i] + step, 0.0), 1.0) for step in (NEAR, -NEAR))
    above, below = trials.at([(*place[:i], each, *place[i + 1 :]) for each in (up, down)])
    return above.runs, below.runs, up - down


def _search(fields: Sequence[Unknown], trials: Trials) -> None:
    if len(fields) == 1:
        first = trials.at([(float(at),) for at in np.linspace(0, 1, GRID)])
        at = trials.best.place[0]
        bounds = (max(at - 1 / (GRID - 1), 0.0), min(at + 1 / (GRID - 1), 1.0))
        if len({each.misfit for each in first}) > 1:
            options: Any = {"xatol": CLOSE, "maxiter": NARROWING}
            minimize_scalar(lambda x: trials.misfit((x,)), bounds=bounds, method="bounded", options=options)
        return
    middle = [0.5] * len(fields)
    lines = [
        [(*middle[:i], float(at), *middle[i + 1 :]) for at in np.linspace(0, 1, COARSE)] for i in range(len(fields))
    ]
    trials.at([place for line in lines for place in line])
    start = [min(trials.at(line), key=lambda each: each.misfit).place[i] for i, line in enumerate(lines)]
    trials.at([tuple(start)])
    _nelder_mead(trials.misfit, trials.best.place, OF_EACH * len(fields))


def _nelder_mead(function: Callable[[Sequence[float]], float], start: Sequence[float], most: int) -> None:
    """Minimise within the ranges; who is asked remembers what was best."""
    first = np.array(start, float)
    moved = first + np.eye(len(first)) * np.where(first > 0.5, -0.12, 0.12)
    asked: Any = function
    options: Any = {"initial_simplex": np.vstack([first, moved]), "maxfev": most, "xatol": CLOSE, "fatol": 0.5}
    minimize(asked, first, method="Nelder-Mead", bounds=[(0.0, 1.0)] * len(first), options=options)


def _profile(i: int, n: int, trials: Trials) -> dict[float, float]:
    """The least misfit at places of one field, the others fitted anew at each."""
    if n == 1:
        return {each.place[0]: each.misfit for each in trials.made.values()}
    best = trials.best
    at = best.place[i]
    places = sorted({0.0, 1.0, *(min(max(at + side * step, 0.0), 1.0) for step in STEPS for side in (-1, 1))})
    found = {at: best.misfit}
    for each in places:
        values: list[float] = []

        def of_others(rest: Sequence[float], fixed: float = each, values: list[float] = values) -> float:
            value = trials.misfit((*rest[:i], fixed, *rest[i:]))
            values.append(value)
            return value

        _nelder_mead(of_others, [*best.place[:i], *best.place[i + 1 :]], INNER * (n - 1))
        found[each] = min(values)
    return found


def _interval(i: int, fields: Sequence[Unknown], profile: dict[float, float], trials: Trials, worse: float) -> Fitted:
    """The values around the best one at which it is not worse than by chance. Raises CannotTellError."""
    field, best = fields[i], trials.best
    limit = best.misfit + worse
    if all(value <= limit for value in profile.values()):
        raise CannotTellError(f"{field.field}: the data cannot tell it: {_why(field, trials, profile)}")
    low, high = (_end(best.place[i], side, profile, limit) for side in (-1, 1))
    return Fitted(field.field, best.values[i], field.value(low), field.value(high), field.before)


def _why(field: Unknown, trials: Trials, profile: Mapping[float, float]) -> str:
    ends = f"from {field.value(0)} to {field.value(1)}"
    if len(set(profile.values())) == 1:
        means = field.means.removesuffix(".")
        return f"no metric that was observed changes with it {ends}: what it is of does not happen then ('{means}')"
    return f"{ends} the metrics change less than from one run to the next"


def _end(best: float, side: int, profile: Mapping[float, float], limit: float) -> float:
    """Where the profile crosses a limit, on one side of the best place; the end of the range where it does not.

    Between two places its root is taken for a line, as that of a parabola is.
    """
    least, inside = min(profile.values()), best
    for at in sorted((at for at in profile if (at - best) * side > 0), key=lambda at: at * side):
        if profile[at] > limit:
            heights = [np.sqrt(max(each - least, 0.0)) for each in (profile[inside], limit, profile[at])]
            return float(np.interp(heights[1], [heights[0], heights[2]], [inside, at]))
        inside = at
    return max(side, 0.0)
