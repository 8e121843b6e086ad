"""How much traffic a scenario takes: where its mappings stop keeping up, and where waiting begins before that.

Both are looked for from today's traffic on, so neither depends on the loads that somebody asked to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulator.measures.verdict import KEEP_UP, STATES
from simulator.study.bisection import edge
from simulator.study.consensus import binding
from simulator.study.figures import Figures, seen
from simulator.study.statistics import Interval

LATENESS: Final = ("iterator_age_p99_s", "latency_p99_s")
TIMES_LATER: Final = 3.0  # than at the easy load: past the knee
EASY: Final = 0.25  # of the saturation load: what is late there is not late for want of capacity
PRECISION: Final = 0.02
MOST: Final = 64.0  # times today's traffic; no more is tried, nor less than the reciprocal


@dataclass(frozen=True)
class Loaded:
    """The scenario with so many times its traffic."""

    factor: float
    runs: tuple[Figures, ...]

    def seen(self, mapping: str, measure: str) -> Interval:
        """A measure of a mapping by all replications."""
        return seen(self.runs, mapping, measure)

    def usual_verdict(self, mapping: str) -> str:
        """The verdict of the middle replication, by badness."""
        found = sorted((run.verdicts[mapping] for run in self.runs), key=STATES.index)
        return found[len(found) // 2]

    def usual_binding(self, mapping: str) -> str:
        """The limit that binds in most replications."""
        return binding(self.runs, mapping).word


Load = Callable[[float], Loaded | None]  # None: no run with so many times the traffic has finished
Broken = tuple[str, str]  # the mapping that breaks, and how


@dataclass(frozen=True)
class Break:
    """Between the last load that holds and the first that does not; which mapping breaks first, and how.

    `holds` is 0 where not even the least load that was tried holds.
    """

    holds: float
    breaks: float
    mapping: str
    why: str


def saturation(load: Load) -> Break | None:
    """The least load at which a mapping no longer keeps up, in most replications; None if it does up to MOST."""
    last, first = _bracket(lambda factor: saturated(load(factor)) is None)
    how = saturated(load(first))
    return None if how is None else Break(last, first, *how)


def knee(load: Load, saturated_at: Break | None) -> Break | None:
    """Where the lateness begins that ends in saturation: the first load with a worse verdict than at the easy load, in
    most replications, or three times as late: the 99th percentile of the iterator age or of latency, in the mean.

    None where nothing breaks before the last load that keeps up, or where not even the easy load has finished.
    """
    last = MOST if saturated_at is None else saturated_at.holds
    easy = load(float(f"{EASY * last:.4g}")) if last else None
    if easy is None or broken(easy, load(last)) is None:
        return None
    holds, breaks = edge(lambda factor: broken(easy, load(factor)) is None, easy.factor, last, PRECISION)
    how = broken(easy, load(breaks))
    return None if how is None or breaks == last else Break(holds, breaks, *how)


def saturated(at: Loaded | None) -> Broken | None:
    """The mapping that does not keep up at a load, and how; None when all do. A load without a run does not hold."""
    if at is None:
        return "", "no run has finished"
    verdicts = {mapping: at.usual_verdict(mapping) for mapping in at.runs[0].values}
    worst = max(verdicts, key=lambda mapping: STATES.index(verdicts[mapping]))
    return None if verdicts[worst] in KEEP_UP else (worst, f"is {verdicts[worst]}")


def broken(easy: Loaded, at: Loaded | None) -> Broken | None:
    """The mapping that does worse at a load than at the easy one, and how; None when none does."""
    if at is None:
        return "", "no run has finished"
    for mapping in easy.runs[0].values:
        before, after = easy.usual_verdict(mapping), at.usual_verdict(mapping)
        if STATES.index(after) > STATES.index(before):
            return mapping, f"is {after}, and is {before} at {easy.factor:.3g} times the traffic"
        for measure in LATENESS:
            times = at.seen(mapping, measure).mean / max(easy.seen(mapping, measure).mean, 1e-9)
            if times > TIMES_LATER:
                name = measure.removesuffix("_s").replace("_", " ")
                return mapping, f"has {times:.2g} times the {name} of {easy.factor:.3g} times the traffic"
    return None


def _bracket(holds: Callable[[float], bool]) -> tuple[float, float]:
    """The last load that holds, or 0, and the first that does not, or MOST if that holds."""
    if holds(1.0):
        low, high = 1.0, 2.0
        while holds(high):
            if high == MOST:
                return MOST, MOST
            low, high = high, 2 * high
    else:
        low, high = 0.5, 1.0
        while not holds(low):
            if low == 1 / MOST:
                return 0.0, low
            low, high = low / 2, low
    return edge(holds, low, high, PRECISION)
