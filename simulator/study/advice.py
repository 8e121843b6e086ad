"""Which knob fixes it: each change by itself against the scenario as it is, with the same traffic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from simulator.measures.parts import PARTS
from simulator.measures.verdict import KEEP_UP, STATES
from simulator.scenario.overrides import Overrides
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.study import consensus
from simulator.study.change import Change
from simulator.study.changes import changes, growing
from simulator.study.demand import demand
from simulator.study.estimate import WRITING, Need, estimates
from simulator.study.evaluate import Evaluator, evaluator
from simulator.study.executors import ExecutorError
from simulator.study.figures import Figures, contributions, seen, values_of
from simulator.study.hot_shard import undivided_key
from simulator.study.objectives import COST
from simulator.study.quantiles import is_quantile
from simulator.study.settings import AS_IT_IS, require_mapping
from simulator.study.statistics import QUANTILE_ERROR, Interval, difference, interval
from simulator.study.suggestion import suggestion

MEASURES: Final = (
    "latency_p99_s", "iterator_age_p99_s", "iterator_age_max_s", "recovery_s", "records_unprocessed", "records_lost",
    COST,
)  # fmt: skip
LATENCY: Final = "latency_p99_s"
RECOVERY: Final = "recovery_s"
LEFT: Final = "records_unprocessed"
FIRST: Final = 2  # replications of a change: more of what they do not tell, or what is worth it
MOST_TOGETHER: Final = 4  # steps on top of a single change
NEGLIGIBLE: Final = 0.02  # of today's value: what is surely less is no gain

Word = Literal["better", "worse", "no gain", "cannot tell"]
WORDS: Final[tuple[Word, ...]] = ("better", "no gain", "cannot tell", "worse")  # the order of ranking


@dataclass(frozen=True)
class Effect:
    """What a change does to one measure, of which less is better.

    `relative`, `low` and `high`: the difference as a part of today's value with its 95 % interval, from the ratios in
    the replications; -0.6 is 60 % less. Infinite: from 0, or to or from what does not happen within the run.
    """

    measure: str
    today: Interval
    then: Interval
    relative: float
    low: float
    high: float

    @property
    def word(self) -> Word:
        """better or worse, where all of the interval is; no gain, where all of it is next to nothing."""
        if max(abs(self.low), abs(self.high)) <= NEGLIGIBLE:
            return "no gain"
        return "better" if self.high < 0 else "worse" if self.low > 0 else "cannot tell"


@dataclass(frozen=True)
class Advised:
    """A change and its effects, by measure."""

    change: Change
    effects: dict[str, Effect]
    verdict: str  # with the change: the worst of the replications
    runs: tuple[Figures, ...]  # with the change
    gain: Effect  # the effect that changes are ranked by

    @property
    def is_open(self) -> bool:
        """Whether more replications may say more: it keeps up, or its effect is not known."""
        return self.verdict in KEEP_UP or self.gain.word == "cannot tell"


@dataclass(frozen=True)
class Advice:
    """Why a mapping is as late as it is, and what each knob would do about it, the best first."""

    name: str  # the scenario's
    mapping: EventSourceMapping
    runs: tuple[Figures, ...]  # of the scenario as it is
    ranked_by: str  # a measure
    advised: tuple[Advised, ...]
    failed: tuple[Change, ...]  # of which no run has finished
    warmup: str = ""  # how it was found, if it was
    hopeless: tuple[Need, ...] = ()  # limits of its stream for which no number of shards is enough, as of a hot key
    undivided: tuple[int, str, float] | None = None  # a hot shard that no split divides, its key and that one's part

    @property
    def parts_s(self) -> dict[str, float]:
        """The mean parts of a record's latency."""
        return {part: self.mean(f"{part}_mean_s") for part in PARTS}

    @property
    def verdict(self) -> str:
        """The worst of the replications."""
        return consensus.verdict(self.runs, self.mapping.name).word

    @property
    def binding(self) -> str:
        """The limit that binds in most replications."""
        return consensus.binding(self.runs, self.mapping.name).word

    @property
    def best(self) -> Advised | None:
        """The change with which the mapping keeps up, or else that gains the most; None if none does.

        None that gains by losing records.
        """
        if self.verdict not in KEEP_UP and (keep := self.keeping_up):
            return keep[0]
        better = (each for each in self.advised if each.gain.word == "better")
        return next((each for each in better if each.verdict != "losing" or self.verdict == "losing"), None)

    @property
    def keeping_up(self) -> list[Advised]:
        """The changes with which the mapping keeps up, the best first."""
        return [each for each in self.advised if each.verdict in KEEP_UP]

    def mean(self, measure: str) -> float:
        """The mean of a measure of the mapping as it is."""
        return seen(self.runs, self.mapping.name, measure).mean


def advise(
    scenario: str | Path | Scenario,
    mapping: str | None = None,
    replications: int = 5,
    seed: int | None = None,
    overrides: Overrides = (),
    jobs: int = 1,
    executor: str | None = None,
    folder: str | Path | None = None,
) -> Advice:
    """Say why a mapping is as late as it is, and what each knob would do about it; one knob is turned at a time.

    mapping: its name; without one, the mapping that is worst off. At least two replications are needed to tell a
    difference from chance. The other arguments are those of `compare`, and so is what it raises.
    """
    with evaluator(scenario, overrides, seed, jobs, executor, folder) as evaluate:
        return advised(evaluate, replications, mapping)


def advised(evaluate: Evaluator, replications: int, mapping: str | None = None) -> Advice:
    """Try each change of a mapping by itself. Raises as `advise`, and ExecutorError when no run has finished."""
    scenario = evaluate.scenario(AS_IT_IS)
    require_mapping(scenario, mapping)
    runs = evaluate([AS_IT_IS], replications)[AS_IT_IS]
    if not runs:
        raise ExecutorError("no run of the scenario as it is has finished")
    names = {each.name: each for each in scenario.event_source_mappings}
    chosen = names[mapping or worst_mapping(runs)]
    trying = _Trying(evaluate, replications, runs, chosen.name, ranked_by(runs, chosen.name))
    asked = changes(scenario, chosen)
    done = trying.all(asked)
    failed = tuple(each for each in asked if each not in [found.change for found in done])
    if done and consensus.verdict(runs, chosen.name).word not in KEEP_UP:
        done += _together(evaluate, trying, chosen, min(done, key=_rank))
    ranked = tuple(sorted(done, key=_rank))
    of = next(each for each in estimates(scenario) if each.mapping == chosen.name)
    hopeless = tuple(need for need in of.needs if need.limit in WRITING and math.isinf(need.at_mean))
    undivided = undivided_key(demand(scenario, chosen.stream), scenario.streams[chosen.stream].shards)
    warmup = evaluate.warmup or ""
    return Advice(scenario.name, chosen, tuple(runs), trying.by, ranked, failed, warmup, hopeless, undivided)


@dataclass(frozen=True)
class _Trying:
    """Tries changes with as few replications as it takes: a second one for what surely changes something and still does
    not keep up; all for what keeps up, what no two runs tell, and what is best."""

    evaluate: Evaluator
    replications: int
    runs: Sequence[Figures]  # of the scenario as it is
    mapping: str
    by: str

    def all(self, changes: Iterable[Change]) -> list[Advised]:
        """The effects of changes of which a run has finished."""
        some = list(changes)
        first = {each.change: each for each in self._tried(some, min(FIRST, self.replications))}
        best = min(first.values(), key=_rank, default=None)
        again = [each for each in some if each in first and (first[each] is best or first[each].is_open)]
        found = first | {each.change: each for each in self._tried(again, self.replications)}
        return [found[each] for each in some if each in found]

    def _tried(self, changes: Sequence[Change], replications: int) -> list[Advised]:
        outcomes = self.evaluate([each.setting for each in changes], replications)
        return [
            _advised(each, self.runs, outcomes[each.setting], self.mapping, self.by)
            for each in changes
            if outcomes[each.setting]
        ]


def _together(evaluate: Evaluator, trying: _Trying, mapping: EventSourceMapping, best: Advised) -> list[Advised]:
    """Changes of several knobs until the mapping keeps up or nothing is left: what the closed form suggests, then what
    is best on top of the best, one after the other."""
    suggested = suggestion(evaluate, evaluate.scenario(AS_IT_IS), mapping)
    found = trying.all([suggested] if suggested and len(suggested.turns) > 1 else [])
    best = min([best, *found], key=_rank)
    while best.verdict not in KEEP_UP and len(found) < MOST_TOGETHER:
        scenario = evaluate.scenario(best.change.setting)
        spec = next(each for each in scenario.event_source_mappings if each.name == mapping.name)
        further = trying.all(best.change.with_(each) for each in growing(scenario, spec))
        if not further:
            break
        best = min(further, key=_rank)
        found.append(best)
    return found


def ranked_by(runs: Sequence[Figures], mapping: str) -> str:
    """The recovery time of a mapping that was behind and caught up, else the 99th percentile of the latency.

    While an outage lasts no knob helps, so that after one the highest latencies say little. Where it is still catching
    up when the run ends, what is left tells how soon it will have.
    """
    times = [value for value in values_of(runs, mapping, RECOVERY) if not math.isnan(value)]
    if consensus.verdict(runs, mapping).word != "backlogged" or not times:
        return LATENCY
    return LEFT if all(map(math.isinf, times)) else RECOVERY


def worst_mapping(runs: Sequence[Figures]) -> str:
    """The mapping with the worst verdict, and of those the one with the highest latency."""

    def badness(mapping: str) -> tuple[int, float]:
        latency = seen(runs, mapping, LATENCY).mean
        return STATES.index(consensus.verdict(runs, mapping).word), -1.0 if math.isnan(latency) else latency

    return max(runs[0].values, key=badness)


def effect(measure: str, then: Sequence[float], today: Sequence[float]) -> Effect:
    """The effect on a measure, from what the same replications have in it (see `figures.contributions`)."""
    intervals = interval(today), interval(then)
    pairs = [(a, b) for a, b in zip(then, today, strict=True) if not (math.isnan(a) or math.isnan(b))]
    if pairs and all(math.isinf(a) and math.isinf(b) for a, b in pairs):
        return Effect(measure, *intervals, 0.0, -math.inf, math.inf)  # neither came to pass: nothing is known
    if all(a == b for a, b in pairs):
        return Effect(measure, *intervals, 0.0, 0.0, 0.0)
    if all(a > 0 and b > 0 and math.isfinite(a) and math.isfinite(b) for a, b in pairs):
        error = 2 * QUANTILE_ERROR if is_quantile(measure) else 0.0
        logs = [_logs(measure, values) for values in zip(*pairs, strict=True)]
        ratio = interval([a - b for a, b in zip(*logs, strict=True)], error)
        return Effect(measure, *intervals, *(math.expm1(x) for x in (ratio.mean, *_ends(ratio))))
    found = difference(measure, then, today).interval  # something is 0 or infinite: there is no ratio
    size = abs(intervals[0].mean)
    return Effect(measure, *intervals, *(_part(x, size) for x in (found.mean, *_ends(found))))


def _logs(measure: str, values: Sequence[float]) -> list[float]:
    """The logarithms of values; of pseudo-values those of the logarithm of the quantile, which is their mean."""
    if not is_quantile(measure):
        return [math.log(value) for value in values]
    quantile = sum(values) / len(values)
    return [math.log(quantile) + (value - quantile) / quantile for value in values]


def _ends(of: Interval) -> tuple[float, float]:
    """The ends of an interval; of a single value they are unknown, of an infinite one they are that."""
    if math.isinf(of.mean):
        return of.mean, of.mean
    return (-math.inf, math.inf) if math.isnan(of.half_width) else (of.low, of.high)


def _part(value: float, today: float) -> float:
    """A value as a part of today's, without which any is infinitely much."""
    if value == 0 or math.isinf(value):
        return value
    return value / today if today and math.isfinite(today) else math.copysign(math.inf, value)


def _advised(change: Change, base: Sequence[Figures], runs: Sequence[Figures], mapping: str, by: str) -> Advised:
    """By the replications that both have."""
    both = {run.replication for run in base} & {run.replication for run in runs}
    mine, theirs = ([run for run in some if run.replication in both] for some in (runs, base))

    def of(measure: str) -> Effect:
        whose = "" if measure == COST else mapping
        found = effect(measure, *(_values(runs, whose, measure) for runs in (mine, theirs)))
        if measure == RECOVERY:
            return found
        return replace(found, today=seen(theirs, whose, measure), then=seen(mine, whose, measure))

    effects = {measure: of(measure) for measure in MEASURES}
    return Advised(change, effects, consensus.verdict(runs, mapping).word, tuple(mine), effects[by])


def _values(runs: Sequence[Figures], whose: str, measure: str) -> Sequence[float]:
    """What runs have in a measure; one that was never behind had nothing to recover from."""
    values = contributions(runs, whose, measure)
    return [0.0 if math.isnan(each) else each for each in values] if measure == RECOVERY else values


def _rank(advised: Advised) -> tuple[bool, int, float, float, float]:
    """What keeps up first; then gains, those with the fewest losses first, and the largest; then what saves most."""
    gain, lost = advised.gain, advised.effects["records_lost"]
    size = gain.relative if gain.word in ("better", "worse") else 0.0
    return (
        advised.verdict not in KEEP_UP, WORDS.index(gain.word), max(0.0, lost.then.mean - lost.today.mean), size,
        advised.effects[COST].relative,
    )  # fmt: skip
