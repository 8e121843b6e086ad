"""Advice in sentences: why a mapping is as late as it is, and which knobs do something about it."""

from __future__ import annotations

import math
from typing import Final

from simulator.measures.verdict import KEEP_UP
from simulator.report.numbers import count, same_cost, seconds, usd
from simulator.report.objective_words import among, amount
from simulator.report.vocabulary import cause_words
from simulator.study import consensus
from simulator.study.advice import Advice, Advised, Effect
from simulator.study.figures import values_of
from simulator.study.objectives import COST
from simulator.study.too_short import beware

PARTS: Final = {
    "write_wait": "at the producers, for the shard to accept them",
    "parent_wait": "for the shards before their own to be finished",
    "pickup": "to be read",
    "queueing": "for earlier batches of their lane",
    "batching": "for the batching window",
    "throttled": "for concurrency",
    "retrying": "for failed attempts and their backoff",
    "cold_start": "for cold starts",
    "processing": "in the function",
}
MEASURES: Final = {
    "latency_p99_s": "latency p99", "iterator_age_p99_s": "age p99", "iterator_age_max_s": "age max",
    "recovery_s": "recovery", "records_unprocessed": "unprocessed", "records_lost": "lost", COST: "cost a month",
}  # fmt: skip
SMALL: Final = 0.1  # of the latency: a part that is not told
MOST_TOLD: Final = 3
USELESS: Final = {"no gain": "no gain", "cannot tell": "cannot tell from these runs", "worse": "worse"}


def headline(advice: Advice) -> str:
    """How the mapping fares today."""
    latency, age, most = (
        amount(m, advice.mean(m)) for m in ("latency_p99_s", "iterator_age_p99_s", "iterator_age_max_s")
    )
    return (
        f"{advice.name}: {advice.mapping.name} is {advice.verdict}: latency p99 {latency}, "
        f"iterator age p99 {age}, at most {most}"
    )


def reason(advice: Advice) -> str:
    """Where the time goes, and which limit binds."""
    parts = {part: value for part, value in advice.parts_s.items() if value > 0}
    total = sum(parts.values())
    binds = consensus.binding(advice.runs, advice.mapping.name)
    bound = f"; what binds: {cause_words(binds.word)}, {binds.reason}" if binds.word else "; nothing binds"
    if not total:
        return f"{_nothing(advice)}{bound}"
    largest = sorted(parts, key=lambda part: -parts[part])[:MOST_TOLD]
    told = [f"{seconds(parts[p])} {PARTS[p]} ({parts[p] / total:.0%})" for p in largest if parts[p] > SMALL * total]
    text = f"a record takes {seconds(total)} on average: {among(told)}"
    if parts.get("write_wait", 0.0) > SMALL * total:
        text += "; the iterator age does not see the wait at the producers"
    return f"{text}{bound}"


def _nothing(advice: Advice) -> str:
    """Why no record was processed."""
    attempts, errors = (sum(values_of(advice.runs, advice.mapping.name, each)) for each in ("attempts", "errors"))
    if attempts and attempts == errors:
        return "no record was processed, as every attempt failed: no knob mends that, the function does"
    return "no record was processed"


def runs(advice: Advice) -> str:
    """How many runs of each change there are."""
    most = len(advice.runs)
    least = min((len(each.runs) for each in advice.advised), default=most)
    return f"{most} runs each" if least == most else f"{most} runs each, {least} of what surely does not do"


def conclusion(advice: Advice) -> list[str]:
    """The best knob, and those that are of no use; and whether the runs are too short."""
    return [*_best_and_useless(advice), *filter(None, [_undivided(advice), beware(advice.runs)])]


def _undivided(advice: Advice) -> str:
    if advice.undivided is None:
        return ""
    shard, key, part = advice.undivided
    return f"no split divides shard {shard}: {part:.0%} of its records have the key {key}"


def _best_and_useless(advice: Advice) -> list[str]:
    what, best = MEASURES[advice.ranked_by], advice.best
    said = [f"the most gain: {_gained(best, what)}"] if best else [f"no knob lowers the {what}"]
    if advice.verdict not in KEEP_UP:
        said = [*_keeps_up(advice), *said]
    said = [*(f"no number of shards is enough for the {each.limit}: {each.why}" for each in advice.hopeless), *said]
    others = [each for each in advice.advised if each is not best]
    losing = [each for each in others if each.gain.word == "better" and each.verdict == "losing" != advice.verdict]
    told = {
        "lowers it by losing records": losing,
        **{text: [each for each in others if each.gain.word == word] for word, text in USELESS.items()},
    }
    said += [f"{text}: {'; '.join(str(each.change) for each in some)}" for text, some in told.items() if some]
    said += [f"no run has finished with {change}" for change in advice.failed]
    return [*said, advice.warmup] if advice.warmup else said


def effect(advice: Advice) -> str:
    """What the best change comes to, as a sentence; nothing without one."""
    best = advice.best
    if best is None:
        return ""
    does = f"with it {advice.mapping.name} keeps up"
    if best.verdict not in KEEP_UP:
        does = f"this gains the most, and is not enough: with it {advice.mapping.name} is {best.verdict}"
    before, after = (amount(best.gain.measure, value.mean) for value in (best.gain.today, best.gain.then))
    what, n = MEASURES[advice.ranked_by], len(best.runs)
    costs = f"{money(best.effects[COST])} a month{_lost(best)}"
    return f"{does}; {what} from {before} to {after}, {costs} (simulated, {n} runs)"


def _keeps_up(advice: Advice) -> list[str]:
    """What it takes that the mapping keeps up."""
    if not advice.keeping_up:
        return [f"nothing that was tried makes {advice.mapping.name} keep up, alone or together"]
    first = advice.keeping_up[0]
    alone = any(len(each.change.turns) == 1 for each in advice.keeping_up)
    return [f"{'' if alone else 'no single knob is enough; '}{advice.mapping.name} keeps up with {first.change}"]


def _gained(each: Advised, what: str) -> str:
    before, after = (amount(each.gain.measure, value.mean) for value in (each.gain.today, each.gain.then))
    return f"{each.change}: {what} from {before} to {after} for {money(each.effects[COST])} a month{_lost(each)}"


def _lost(each: Advised) -> str:
    """What a change loses, if it loses more than today."""
    lost = each.effects["records_lost"]
    if not lost.then.mean > lost.today.mean:
        return ""
    n = count(lost.then.mean)
    return f", but {n} {'record is' if n == '1' else 'records are'} lost (today {count(lost.today.mean)})"


def money(effect: Effect) -> str:
    """A difference of cost, such as USD 12.30 more."""
    value = effect.then.mean - effect.today.mean
    if same_cost(effect.today.mean, effect.then.mean):
        return "the same cost"
    return f"{usd(abs(value))} {'more' if value > 0 else 'less'}"


def cell(effect: Effect) -> str:
    """An effect in a table: what it comes to, and by how much that is more or less; =: no gain, ?: cannot tell."""
    if math.isnan(effect.then.mean):
        return "-"
    signs = {"no gain": "   =", "cannot tell": "   ?"}
    by = f"{effect.relative:+.0%}" if math.isfinite(effect.relative) else effect.word
    return f"{amount(effect.measure, effect.then.mean)} {signs.get(effect.word, by):>4}"
