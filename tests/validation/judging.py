"""From the figures of replications to a verdict: tolerances come from the interval, not from taste."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scipy.special import stdtrit
from scipy.stats import binom

from simulator.study.statistics import interval
from tests.validation.studies import Expected, Figures, Study

FALSE_ALARM: Final = 0.05  # the probability that a right program has any row of the page failing by chance
WIDEST: Final = 0.10  # an interval of more than this part of the expected value decides nothing
PASS, FAIL, TOO_WIDE, SHOWN = "pass", "FAIL", "TOO WIDE", "shown"


@dataclass(frozen=True)
class Verdict:
    """One row of the table. The half width is that of the 95 % interval, NaN for a study without randomness."""

    study: Study
    expected: Expected
    mean: float
    half_width: float
    verdict: str

    @property
    def counts(self) -> bool:
        """Whether the row has an interval that should hold its expected value 95 times in 100."""
        sampled = not math.isnan(self.half_width) and self.verdict != SHOWN
        return sampled and self.expected.high is None and not self.expected.resolution

    @property
    def within_its_interval(self) -> bool:
        """Whether the expected value lies in the 95 % interval."""
        return _distance(self.expected, self.mean) <= self.half_width


def judge(runs: Sequence[tuple[Study, Sequence[Figures]]]) -> list[Verdict]:
    """The verdict on every expectation, given the figures of every replication of each study.

    A row fails when it is missed at the level that is Bonferroni's for all rows with an interval, or when its 95 %
    interval is so wide that it could not have told.
    """
    sampled = sum(len(study.expected) for study, _ in runs if study.replications > 1)
    alpha = FALSE_ALARM / max(1, sampled)
    return [
        _judged(study, expected, [figures[expected.figure] for figures in of_study], alpha)
        for study, of_study in runs
        for expected in study.expected
    ]


def _judged(study: Study, expected: Expected, values: Sequence[float], alpha: float) -> Verdict:
    if len(values) != study.replications or not all(map(math.isfinite, values)):
        raise ValueError(f"{expected.case}: {expected.figure} is not a number in every replication: {values}")
    found = interval(values)
    half_width = found.half_width * (math.sqrt(found.n + 1) if expected.one_draw else 1)
    allowed, verdict = expected.resolution, PASS
    if study.replications > 1:
        allowed += half_width * float(stdtrit(found.n - 1, 1 - alpha / 2) / stdtrit(found.n - 1, 0.975))
        if _too_wide(expected, found.mean, half_width):
            verdict = TOO_WIDE
    if math.isnan(expected.value):
        verdict = SHOWN
    elif _distance(expected, found.mean) > allowed:
        verdict = FAIL
    return Verdict(study, expected, found.mean, half_width, verdict)


def _too_wide(expected: Expected, mean: float, half_width: float) -> bool:
    """A measurement's size is as it is, and of a difference that should be 0 there is no part."""
    scale = max(abs(expected.value), abs(mean)) if expected.value else math.inf
    return not expected.one_draw and half_width > WIDEST * scale


def _distance(expected: Expected, value: float) -> float:
    return max(0.0, expected.value - value, value - expected.upper)


def most_outside(rows: int) -> int:
    """How many of so many 95 % intervals may miss their value, but for one page in a thousand."""
    return int(binom.ppf(0.999, rows, 0.05))
