"""Whether a setting meets the scenario's objectives, as far as its replications can tell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal

from simulator.measures.verdict import KEEP_UP
from simulator.scenario.objectives import Objectives
from simulator.study.exceeding import batches_needed
from simulator.study.figures import Figures, batches_of, exceeding_of, seen, values_of
from simulator.study.quantiles import is_quantile, percent_of
from simulator.study.statistics import CONFIDENCE, Interval, wilson

State = Literal["met", "undecided", "missed"]
ORDER: Final[tuple[State, ...]] = ("met", "undecided", "missed")  # the best first

COST: Final = "usd_per_month"
MEASURES: Final = {
    "latency_p50": "latency_p50_s",
    "latency_p95": "latency_p95_s",
    "latency_p99": "latency_p99_s",
    "latency_max": "latency_max_s",
    "iterator_age_p99": "iterator_age_p99_s",
    "iterator_age_max": "iterator_age_max_s",
    "iterator_age_at_send_p99": "iterator_age_at_send_p99_s",
    "iterator_age_at_send_max": "iterator_age_at_send_max_s",
    "recovery_time": "recovery_s",
    "records_lost": "records_lost",
    "records_to_destination": "records_to_destination",
    "cost_per_month": COST,
}  # by the objective's field

NEAR: Final = 0.01  # of a percentile: what it may yet be more is not told
KEEPS_UP: Final = "keeps up"
OBJECTIVES_MET: Final = 0
NOT_MET: Final = 4


@dataclass(frozen=True)
class Assessment:
    """What the replications say of one objective for one mapping ('': the scenario as a whole).

    `met`: the interval of what is `seen` lies at or below the bound; `missed`: above it; `undecided`: the bound lies
    in it. What is seen of a quantile is that of all replications together, of what else there is the mean. Of a
    quantile decides what part of the records exceeds the bound (see exceeding).
    One replication has no interval: then the state is that of this run alone.
    """

    objective: str
    mapping: str
    bound: float
    seen: Interval
    above: int  # replications above the bound
    met: int  # replications that surely keep it: where records are left they may yet exceed it
    state: State
    load: float = 1.0  # times the scenario's traffic
    batches: int = 0  # of a quantile: all that there were, and how many it takes to say that it is met
    batches_needed: int = 0
    at_least: bool = False  # what is seen is the least that it can be: records are left that may yet take longer

    @property
    def chance(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the probability that a run keeps the bound."""
        return wilson(self.met, self.seen.n)

    @property
    def too_short(self) -> bool:
        """Whether the runs are too short for a quantile to be surely met."""
        return self.batches < self.batches_needed

    @property
    def excess(self) -> float:
        """What is seen as a multiple of the bound; of a bound of 0, where it is above, that plus 1."""
        if math.isnan(self.seen.mean) or self.seen.mean == 0:
            return 0.0
        return self.seen.mean / self.bound if self.bound > 0 else self.seen.mean + 1.0


def assess(objectives: Objectives, runs: Sequence[Figures], confidence: float = CONFIDENCE) -> list[Assessment]:
    """Each objective, for each mapping: in the order of their fields, then of the mappings.

    confidence: of the interval that decides; what is looked at again and again needs more to be right in the end.
    """
    stated = [_assessment(*each, runs, confidence) for each in _asked(objectives, runs[0])]
    return [*stated, *(_keeps_up(runs) if objectives.keeps_up else [])]


def stated(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Those that the scenario states: all but the one that holds unless it says otherwise."""
    return [each for each in assessments if each.objective != KEEPS_UP]


def _keeps_up(runs: Sequence[Figures]) -> list[Assessment]:
    """Whether each mapping was stable or backlogged; the value is the part of the replications in which it was not."""
    found = []
    for mapping in runs[0].verdicts:
        fails = sum(run.verdicts[mapping] not in KEEP_UP for run in runs)
        state: State = "met" if not fails else "missed" if fails == len(runs) else "undecided"
        seen = Interval(fails / len(runs), math.nan, len(runs))
        found.append(Assessment(KEEPS_UP, mapping, 0.0, seen, fails, len(runs) - fails, state))
    return found


def worst(states: Iterable[State]) -> State:
    """missed if one is, else undecided if one is, else met."""
    return max(states, key=ORDER.index, default="met")


def given(objectives: Objectives) -> dict[str, float]:
    """The bounds that a scenario sets, by field."""
    bounds = {each.name: getattr(objectives, each.name) for each in fields(objectives) if each.name in MEASURES}
    return {name: float(bound) for name, bound in bounds.items() if bound is not None}


def _asked(objectives: Objectives, run: Figures) -> Iterator[tuple[str, str, float]]:
    for name, bound in given(objectives).items():
        for mapping in [""] if MEASURES[name] == COST else run.values:
            yield name, mapping, bound


def _assessment(objective: str, mapping: str, bound: float, runs: Sequence[Figures], confidence: float) -> Assessment:
    measure = MEASURES[objective]
    beyond = at_most(measure)
    found = seen(runs, mapping, measure)
    return Assessment(
        objective,
        mapping,
        bound,
        seen=found,
        above=sum(value > bound for value in values_of(runs, mapping, measure)),
        met=sum(_keeps(objective, bound, value) for value in values_of(runs, mapping, beyond)),
        state=_state(objective, mapping, bound, runs, confidence),
        batches=batches_of(runs, mapping) if is_quantile(measure) else 0,
        batches_needed=batches_needed(1 - percent_of(measure) / 100, confidence) if is_quantile(measure) else 0,
        at_least=seen(runs, mapping, beyond).mean > found.mean * (1 + NEAR),
    )


def at_most(measure: str) -> str:
    """The measure of what a measure may come to when the records that are left have ended."""
    return measure.replace("_s", "_most_s") if measure.startswith("latency") else measure


def _keeps(objective: str, bound: float, value: float) -> bool:
    return value <= bound or _nothing_to_recover_from(objective, value)


def _nothing_to_recover_from(objective: str, value: float) -> bool:
    """Without an episode a recovery time is not a number."""
    return objective == "recovery_time" and math.isnan(value)


def _state(objective: str, mapping: str, bound: float, runs: Sequence[Figures], confidence: float) -> State:
    measure = MEASURES[objective]
    least, most = (seen(runs, mapping, each, confidence) for each in (measure, at_most(measure)))
    if len(runs) > 1 and is_quantile(measure):
        found = exceeding_of(runs, mapping, measure, bound, confidence)
        return "met" if found.kept else "missed" if found.exceeded else "undecided"
    return _of_mean(objective, bound, least, most)


def _of_mean(objective: str, bound: float, least: Interval, most: Interval) -> State:
    """`least`, `most`: what it has been already, and what it may come to be when records that are left have ended."""
    if least.n == 0:  # without a record no latency is known
        return "met" if _nothing_to_recover_from(objective, least.mean) else "undecided"
    if bound == 0 < least.mean:
        return "missed"  # of what is never negative a single run is proof
    if most.mean + _half(most) <= bound:
        return "met"
    return "missed" if least.mean - _half(least) > bound else "undecided"


def _half(interval: Interval) -> float:
    return 0.0 if math.isnan(interval.half_width) else interval.half_width
