"""Which knob fixes it: each change by itself against the scenario as it is, with the same traffic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from simulator.measures.parts import PARTS
from simulator.measures.verdict import STATES
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.study.changes import Change, changes
from simulator.study.evaluate import Evaluate
from simulator.study.executors import ExecutorError
from simulator.study.figures import Figures, values_of
from simulator.study.objectives import COST
from simulator.study.settings import AS_IT_IS
from simulator.study.statistics import Difference, Interval, difference, measure_interval

MEASURES: Final = (
    "latency_p99_s", "iterator_age_p99_s", "iterator_age_max_s", "recovery_s", "records_lost", COST,
)  # fmt: skip
RANKED_BY: Final = "latency_p99_s"
NEGLIGIBLE: Final = 0.02  # part of today's value: a change that is surely smaller is no gain

Word = Literal["better", "worse", "no gain", "cannot tell"]


@dataclass(frozen=True)
class Effect:
    """What a change does to one measure, of which less is better."""

    measure: str
    today: Interval
    then: Interval
    difference: Difference

    @property
    def relative(self) -> float:
        """The difference as a part of today's value; infinite for what was 0, 0 where nothing was measured."""
        found, today = self.difference.interval.mean, abs(self.today.mean)
        if math.isnan(found) or found == 0:
            return 0.0
        return found / today if today else math.copysign(math.inf, found)

    @property
    def word(self) -> Word:
        """better or worse, where all of the interval is; no gain, where all of it is next to nothing."""
        found, slack = self.difference.interval, NEGLIGIBLE * abs(self.today.mean)
        if found.n == 0 or self.difference.word == "same" or abs(found.mean) + found.half_width <= slack:
            return "no gain"
        word = self.difference.word
        return "cannot tell" if word == "cannot tell" else "better" if word == "better" else "worse"


@dataclass(frozen=True)
class Advised:
    """A change and its effects, by measure."""

    change: Change
    effects: dict[str, Effect]
    verdict: str  # with the change: the worst of the replications

    @property
    def gain(self) -> Effect:
        """The effect that changes are ranked by."""
        return self.effects[RANKED_BY]


@dataclass(frozen=True)
class Advice:
    """Why a mapping is as late as it is, and what each knob would do about it, the best first."""

    mapping: EventSourceMapping
    runs: tuple[Figures, ...]  # of the scenario as it is
    advised: tuple[Advised, ...]
    failed: tuple[Change, ...]  # of which no run has finished

    @property
    def parts_s(self) -> dict[str, float]:
        """The mean parts of a record's latency."""
        return {part: self.mean(f"{part}_mean_s") for part in PARTS}

    @property
    def verdict(self) -> str:
        """The worst of the replications."""
        return worst_verdict(self.runs, self.mapping.name)

    @property
    def binding(self) -> str:
        """The limit that binds in most replications."""
        found = [run.binding[self.mapping.name] for run in self.runs]
        return max(sorted(set(found)), key=found.count)

    def mean(self, measure: str) -> float:
        """The mean of a measure of the mapping as it is."""
        return measure_interval(measure, values_of(self.runs, self.mapping.name, measure)).mean


def advise(scenario: Scenario, evaluate: Evaluate, replications: int, mapping: str = "") -> Advice:
    """Try each change of a mapping by itself: of the named one, else of the one that is worst off.

    At least two replications are needed to tell a difference from chance. Raises KeyError for an unknown mapping, and
    ExecutorError when no run of the scenario as it is has finished.
    """
    runs = evaluate([AS_IT_IS], replications)[AS_IT_IS]
    if not runs:
        raise ExecutorError("no run of the scenario as it is has finished")
    names = {each.name: each for each in scenario.event_source_mappings}
    chosen = names[mapping or worst_mapping(runs)]
    tried = changes(scenario, chosen)
    outcomes = evaluate([each.setting for each in tried], replications)
    done = [_advised(each, runs, outcomes[each.setting], chosen.name) for each in tried if outcomes[each.setting]]
    failed = tuple(each for each in tried if not outcomes[each.setting])
    return Advice(chosen, tuple(runs), tuple(sorted(done, key=_rank)), failed)


def worst_mapping(runs: Sequence[Figures]) -> str:
    """The mapping with the worst verdict, and of those the one with the highest latency."""

    def badness(mapping: str) -> tuple[int, float]:
        latency = measure_interval(RANKED_BY, values_of(runs, mapping, RANKED_BY)).mean
        return STATES.index(worst_verdict(runs, mapping)), -1.0 if math.isnan(latency) else latency

    return max(runs[0].values, key=badness)


def worst_verdict(runs: Iterable[Figures], mapping: str) -> str:
    """stable, backlogged or overloaded: the worst of the replications."""
    return max((run.verdicts[mapping] for run in runs), key=STATES.index)


def _advised(change: Change, base: Sequence[Figures], runs: Sequence[Figures], mapping: str) -> Advised:
    """By the replications that both have."""
    both = {run.replication for run in base} & {run.replication for run in runs}
    mine, theirs = ([run for run in some if run.replication in both] for some in (runs, base))
    return Advised(
        change,
        {measure: _effect(measure, mine, theirs, "" if measure == COST else mapping) for measure in MEASURES},
        worst_verdict(runs, mapping),
    )


def _effect(measure: str, runs: Sequence[Figures], base: Sequence[Figures], mapping: str) -> Effect:
    then, today = values_of(runs, mapping, measure), values_of(base, mapping, measure)
    return Effect(
        measure, measure_interval(measure, today), measure_interval(measure, then), difference(measure, then, today)
    )


def _rank(advised: Advised) -> tuple[int, float, float]:
    """Gains first, the largest first; then by what a change saves."""
    order = ("better", "no gain", "cannot tell", "worse")
    gain, cost = advised.gain, advised.effects[COST].relative
    return order.index(gain.word), gain.relative if gain.word in ("better", "worse") else 0.0, cost
