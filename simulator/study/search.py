"""The cheapest setting that meets the objectives, without trying all.

Settings that differ in the number of shards alone are a column. More shards cost more and, as a rule, serve no worse:
so a column has an edge, which is found from the closed-form estimate on by doubling steps and then by halving them.
The column that can be cheapest takes the next step; what cannot be cheaper than the best answer so far is not tried.
At the end the rule is checked around the answer: with skewed keys, windows or too little concurrency it may not hold.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from simulator.study.objectives import ORDER
from simulator.study.racing import Trial
from simulator.study.settings import Setting

Judge = Callable[[Sequence[Setting]], list[Trial]]
Floor = Callable[[Setting], float]  # USD a month that a setting costs at least; it grows with the shards


@dataclass
class Column:
    """Settings that differ in the number of shards alone, in ascending order of it, and what is known of them."""

    settings: tuple[Setting, ...]
    guess: int  # where to begin: an index into the settings
    hopeless: int = 0  # so many of the first settings surely do not meet the objectives, and are not tried
    endless: str = ""  # why a full batch never ends, if that is so: then nothing is tried while there are other columns
    trials: dict[int, Trial] = field(default_factory=dict)

    @property
    def met(self) -> int:
        """The first setting that is known to meet the objectives, or their number."""
        return min((i for i, each in self.trials.items() if each.state == "met"), default=len(self.settings))

    @property
    def missed(self) -> int:
        """The last setting before it that is known not to, or -1."""
        known = (i for i, each in self.trials.items() if each.state != "met" and i < self.met)
        return max(known, default=self.hopeless - 1)

    def next(self, end: int) -> int | None:
        """The setting to try next, before `end`; None when the edge is found, or is not before `end`."""
        end, step, first = min(end, self.met), 1 << max(0, len(self.trials) - 1), self.hopeless
        if end <= first:
            return None
        if self.worsens:
            return max(first, min(min(self.trials) - step, end - 1))
        if self.missed + 1 >= end:
            return None
        if not self.trials:
            return min(max(self.guess, first), end - 1)
        if self.missed < first:
            return max(first, min(self.met - step, end - 1))
        if self.met == len(self.settings):
            return min(self.missed + step, end - 1)
        return (self.missed + end) // 2

    @property
    def worsens(self) -> bool:
        """Whether more shards have only made it worse so far, so that the edge may be a last setting, not a first."""
        if len(self.trials) < 2 or self.met < len(self.settings):
            return False
        first, last = self.trials[min(self.trials)].worst, self.trials[max(self.trials)].worst
        return first is not None and last is not None and last.excess > first.excess


@dataclass(frozen=True)
class Search:
    """How a search went. `answer` is None when no setting that was tried meets the objectives."""

    answer: Trial | None
    trials: tuple[Trial, ...]  # in the order in which they were tried
    settings: int  # that there are
    below: Trial | None  # the same with one step fewer shards
    surprises: tuple[Trial, ...]  # with more shards than the answer, and yet they do not meet the objectives
    left_out: tuple[str, ...] = ()  # why columns were not tried

    @property
    def cheaper(self) -> Trial | None:
        """The nearest that is cheaper: one step fewer shards, else the dearest of what is cheaper and was tried."""
        if self.answer is None or self.below is not None:
            return self.below
        cheaper = [each for each in self.trials if each.usd_per_month < self.answer.usd_per_month]
        return max(cheaper, key=lambda each: each.usd_per_month, default=None)

    @property
    def nearest(self) -> Trial | None:
        """The setting that was tried and is nearest to meeting the objectives."""
        return min(self.trials, key=_distance, default=None)


def _distance(trial: Trial) -> tuple[int, float]:
    return (0, 0.0) if trial.worst is None else (ORDER.index(trial.state), trial.worst.excess)


def search(columns: Sequence[Column], judge: Judge, confirm: Judge, floor: Floor) -> Search:
    """Find the cheapest setting that meets the objectives.

    `judge` says of settings whether they do, `confirm` says so for good: an answer is the cheapest that it confirms,
    and so is one step cheaper that it does not do.
    """
    sound = [column for column in columns if not column.endless]
    left_out = tuple(dict.fromkeys(column.endless for column in columns if column.endless)) if sound else ()
    return replace(_found(_Hunt(sound or columns, judge, floor), confirm), left_out=left_out)


def _found(hunt: _Hunt, confirm: Judge) -> Search:
    while True:
        hunt.settle()
        best = hunt.best
        if best is None:
            return hunt.result(None)
        column, i = best
        column.trials[i] = confirm([column.settings[i]])[0]
        if column.trials[i].state != "met" or hunt.try_around(column, i):
            continue
        if i:
            column.trials[i - 1] = confirm([column.settings[i - 1]])[0]
        if hunt.best == best:
            return hunt.result(best)


class _Hunt:
    """A search that is going on."""

    def __init__(self, columns: Sequence[Column], judge: Judge, floor: Floor) -> None:
        self.columns, self.judge, self.floor = columns, judge, floor
        self.order: list[tuple[Column, int]] = []

    @property
    def best(self) -> tuple[Column, int] | None:
        """The cheapest setting that is known to meet the objectives."""
        met = [(column, i) for column, i in self.order if column.trials[i].state == "met"]
        return min(met, key=lambda each: each[0].trials[each[1]].usd_per_month, default=None)

    def settle(self) -> None:
        """Try settings until none is left that can be cheaper than the best and is not ruled out."""
        while step := self._step():
            self._try([step])

    def try_around(self, column: Column, i: int) -> bool:
        """Try the neighbours of an answer that the search has stepped over; whether one of them is a better answer."""
        near = range(max(i - 2, column.hopeless), min(i + 2, len(column.settings)))
        around = [j for j in near if j not in column.trials]
        if around:
            self._try([(column, j) for j in around])
        return self.best != (column, i)

    def result(self, best: tuple[Column, int] | None) -> Search:
        """What came of it."""
        trials = tuple(column.trials[i] for column, i in self.order)
        total = sum(len(column.settings) for column in self.columns)
        if best is None:
            return Search(None, trials, total, None, ())
        column, i = best
        surprises = tuple(t for j, t in sorted(column.trials.items()) if j > i and t.state == "missed")
        return Search(column.trials[i], trials, total, column.trials.get(i - 1), surprises)

    def _step(self) -> tuple[Column, int] | None:
        """The next step of the column that can be cheapest."""
        best = self.best
        usd = float("inf") if best is None else best[0].trials[best[1]].usd_per_month
        steps = [(column, column.next(self._end(column, usd))) for column in self.columns]
        open_ = [(column, i) for column, i in steps if i is not None and i not in column.trials]
        return min(open_, key=lambda step: self.floor(step[0].settings[step[1]]), default=None)

    def _end(self, column: Column, usd: float) -> int:
        """The first setting of a column that costs at least as much as the best, or their number."""
        return bisect_left(column.settings, usd, key=self.floor)

    def _try(self, steps: Sequence[tuple[Column, int]]) -> None:
        for (column, i), trial in zip(steps, self.judge([c.settings[i] for c, i in steps]), strict=True):
            column.trials[i] = trial
            self.order.append((column, i))
