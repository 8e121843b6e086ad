"""The first screen of a run: its title, verdict and tiles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from simulator.measures.verdict import KEEP_UP
from simulator.report.numbers import UNKNOWN, count, seconds, usd
from simulator.report.page.episodes import worst as worst_episode
from simulator.report.page.objectives import TONES, bound_text, seen_text
from simulator.report.page.run_view import RunView
from simulator.report.page.study_parts import sentence
from simulator.report.page.tiles import ages_tile, cost_tile, lost_tile, use_tile
from simulator.report.page.view import Tile, Verdict, plural
from simulator.report.page.words import told
from simulator.report.vocabulary import GROWING, STATES, cause_words, cautious, headroom_at_most, limit_words
from simulator.study.objectives import COST, KEEPS_UP, ORDER, Assessment, stated, worst

MOST: Final = 6  # mappings that are explained
AT_SEND: Final = "iterator_age_at_send_p99_s"


def title(run: RunView) -> str:
    """The run in a sentence."""
    return f"{run.result.name}: {_finding(run)}"


def _finding(run: RunView) -> str:
    if not run.produced:
        return "nothing arrived"
    if not run.mappings:
        return f"{run.shards_text} took in {plural(run.produced, 'record')}; nothing reads them"
    if nothing := _nothing_processed(run):
        return nothing
    lost = f"; {plural(run.lost, 'record is', 'records are')} lost" if run.lost else ""
    if stated(run.assessments):
        return f"{run.shards_text} {_against_objectives(run)}{lost}"
    return f"{_who(run)} {_how(run, run.mappings[run.worst])}{lost}"


def _against_objectives(run: RunView) -> str:
    """meet all 3 objectives; miss iterator age p99 (933 ms, at most 900 ms)."""
    many, state = run.shards > 1, worst(each.state for each in run.assessments)
    if state == "met":
        meets = "meet" if many else "meets"
        n = len({each.objective for each in stated(run.assessments)})
        return f"{meets} {'the objective' if n == 1 else f'all {n} objectives'}"
    which = sorted((each for each in run.assessments if each.state == state), key=lambda each: -each.excess)
    first = f"{told(which[0].objective)}{run.named(which[0].mapping)}: {seen_text(which[0])}, {bound_text(which[0])}"
    others = len({each.objective for each in which}) - 1
    more = f"; and {plural(others, 'other objective')}" if others else ""
    verb = ("miss" if many else "misses") if state == "missed" else "may miss"
    return f"{verb} {first}{more}"


def _nothing_processed(run: RunView) -> str:
    """What to say when no mapping processed anything; empty when one did."""
    each = run.mappings.values()
    if any(mapping["records"]["processed"] for mapping in each):
        return ""
    if all(mapping["records_lost"] == mapping["records"]["produced"] for mapping in each):
        return f"all {plural(run.produced, 'record')} are lost"
    attempts, throttles = (sum(mapping[name] for mapping in each) for name in ("attempts", "throttles"))
    if attempts:
        return f"nothing was processed: all {plural(attempts, 'attempt')} failed"
    if throttles:
        return f"nothing was processed: all {plural(throttles, 'attempt')} were throttled"
    return "nothing was processed: no batch was read"


def _who(run: RunView) -> str:
    if len(run.mappings) == 1:
        return run.shards_text
    alike = {mapping["verdict"] for mapping in run.mappings.values()}
    return f"all {len(run.mappings)} mappings" if alike == {"stable"} else run.worst


def _how(run: RunView, worst: dict[str, Any]) -> str:
    many = run.shards > 1 if len(run.mappings) == 1 else worst["verdict"] == "stable"
    age = seconds(worst["iterator_age"].get("max_s", float("nan")))
    left = worst["unprocessed"]
    and_left = f"; {plural(left, 'record is', 'records are')} unprocessed" if left else ""
    if worst["verdict"] == "blocked":
        lag = seconds(worst["lag"]["when_traffic_ends_s"])
        return f"{'are' if many else 'is'} stuck: the oldest record waits for {lag} when the traffic ends{and_left}"
    if worst["verdict"] == "overloaded":
        lag = seconds(worst["lag"]["when_traffic_ends_s"])
        return f"{'fall' if many else 'falls'} behind, by {lag} when the traffic ends{and_left}"
    if worst["verdict"] == "losing":
        return f"{'lose' if many else 'loses'} records"
    if worst["verdict"] == "backlogged":
        end = "and then catch" if many else "and then catches"
        after = f"with {plural(left, 'record')} left at the end" if left else f"{end} up"
        return f"{'fall' if many else 'falls'} up to {seconds(worst['lag']['peak_s'])} behind, {after}"
    keep = "keep" if many else "keeps"
    return f"{keep} up; the iterator age is at most {age}"


def verdict(run: RunView) -> Verdict:
    """How the mappings did that do not keep up, or else the one furthest behind, and what binds them."""
    if not run.mappings or not run.produced:
        return Verdict("no verdict", "plain", ("Without records that are read there is nothing to judge.",))
    room = _room(run)
    asked = [sentence(text) for text in [run.summary["headroom"]] if text]
    said = (*_explained(run), *asked)
    if judged := stated(run.assessments):
        state = worst(each.state for each in run.assessments)
        tone = cautious(TONES[state], room[0])
        return Verdict(state, tone, (*_judged([*judged, *_missed_besides(run)]), *said, *room[1]))
    word, tone = STATES[run.mappings[run.worst]["verdict"]]
    return Verdict(word, cautious(tone, room[0]), (*said, *room[1]))


def _explained(run: RunView) -> Iterator[str]:
    """Why each mapping does not keep up; if all do, how the one did that was the furthest behind."""
    failing = [name for name in run.worst_first if run.mappings[name]["verdict"] not in KEEP_UP]
    for name in failing[:MOST] or [run.worst]:
        who = (
            name
            if failing or len(run.mappings) == 1
            else f"{name}, the furthest behind of {len(run.mappings)} mappings,"
        )
        first = " (in the first such run)" if run.replications > 1 else ""
        yield f"{who} {_reason(run.mappings[name])}{first}."
        yield f"{_binding(run, name)}."
    if len(failing) > MOST:
        yield f"{plural(len(failing) - MOST, 'other mapping does', 'other mappings do')} not keep up either."


def _room(run: RunView) -> tuple[float, tuple[str, ...]]:
    """The headroom at most, by the limit most used, and where that is not enough a sentence."""
    used = [(limit, part) for limit, part in run.offered if limit in GROWING]
    limit, part = max(used, key=lambda each: each[1])
    told = headroom_at_most(limit, part)
    return 1 / part if part else math.inf, (told,) if told else ()


def _missed_besides(run: RunView) -> list[Assessment]:
    """That a mapping does not keep up, which no scenario needs to state."""
    return [each for each in run.assessments if each not in stated(run.assessments) and each.state != "met"]


def _judged(assessments: Sequence[Assessment]) -> list[str]:
    """A sentence for each objective that is missed or undecided, or one for all that are met."""
    told_of = [each for state in reversed(ORDER[1:]) for each in assessments if each.state == state]
    if not told_of:
        return [f"Every objective is met: {', '.join(dict.fromkeys(told(each.objective) for each in assessments))}."]
    return [_sentence(each) for each in told_of[:3]]


def _sentence(each: Assessment) -> str:
    if each.objective == KEEPS_UP:
        return f"{each.mapping} does not keep up{f' in {each.above} of {each.seen.n} runs' if each.seen.n > 1 else ''}."
    of = f" of {each.mapping}" if each.mapping else ""
    how = "is missed" if each.state == "missed" else "is undecided"
    return f"The objective for {told(each.objective)}{of} {how}: {seen_text(each)}, {bound_text(each)}."


def _reason(worst: dict[str, Any]) -> str:
    reason = _times(worst["verdict_reason"])
    if worst["verdict"] in ("blocked", "losing"):
        return f"{STATES[worst['verdict']][0]}: {reason}"
    return f"was {reason}" if reason.startswith("never") else reason.removeprefix("when the traffic ended it ")


def _times(reason: str) -> str:
    """A reason of the tables with its seconds in the units that suit them."""
    return re.sub(r"(\d+(?:\.\d+)?) s\b", lambda found: seconds(float(found[1])), reason)


def _binding(run: RunView, name: str) -> str:
    if nothing := _nothing_processed(run):
        return nothing[0].upper() + nothing[1:]
    cause, why = run.mappings[name]["binding_cause"], _times(run.mappings[name]["binding_reason"])
    if cause is None:
        return f"Nothing binds: {why}"
    what = f"What binds {name}" if len(run.mappings) > 1 else "What binds"
    return f"{what}: {cause_words(cause)}; {why}"


def tiles(run: RunView) -> tuple[Tile, ...]:
    """What is left and lost, the limit most used, the iterator age, when it had caught up, the cost."""
    return _left(run), _lost(run), _most_used(run), _ages(run), _caught_up(run), _cost(run)


def _cost(run: RunView) -> Tile:
    a_million = run.bill["usd_per_million_records"] if run.bill else None
    notes = [] if a_million is None else [f"{usd(a_million)} for a million records"]
    notes += ["at least: records are left that will cost, too"] * bool(run.bill and run.bill["usd_per_month_at_least"])
    return cost_tile(run.measure("", COST), notes, run.assessments)


def _ages(run: RunView) -> Tile:
    ages = {name: run.measure(name, AT_SEND) for name in run.mappings}
    known = [name for name in ages if ages[name].n]
    if not known:
        return Tile("age at send p99", UNKNOWN, "no attempt has ended" if ages else "no mapping")
    highest = max(known, key=lambda name: ages[name].mean)
    return ages_tile(ages[highest], run.measure(highest, "iterator_age_p99_s"), highest, run.assessments)


def _caught_up(run: RunView) -> Tile:
    """When the mapping that was the furthest behind had caught up."""
    if not run.episodes:
        return Tile("caught up", "never behind", "", "good")
    each = worst_episode(run)
    some = f"{each.not_over} of {each.of} runs" if each.of > 1 else ""
    if each.not_over == each.runs:
        since = f"behind from {seconds(each.start_s)} on"
        return Tile("caught up", "not in the run", f"{since}{f', in {some}' if some else ''}", "bad")
    back = f"after the end of {each.event}" if each.event else "after it fell behind"
    if each.of == 1:
        return Tile("caught up", seconds(each.recovery_time_s), f"{back}, {seconds(each.end_s)} into the run", "unsure")
    never = f"; not over in {some}" if each.not_over else ""
    note = f"{back}, on average; {each.share}{never}"
    return Tile("caught up", seconds(each.recovery_time_s), note, "bad" if each.not_over else "unsure")


def _most_used(run: RunView) -> Tile:
    limit, most = max(run.offered, key=lambda each: each[1])
    return use_tile(most, f"{limit_words(limit)}: offered, as a part of it")


def _left(run: RunView) -> Tile:
    left = sum(each["unprocessed"] for each in run.mappings.values())
    return Tile("unprocessed", count(left), "records left when the run ended", "unsure" if left else "good")


def _lost(run: RunView) -> Tile:
    ways = {
        "dropped at write": sum(each["records_dropped_at_write"] for each in run.streams.values()),
        "dropped": sum(each["records"]["dropped"] for each in run.mappings.values()),
        "expired": sum(each["records"]["expired"] for each in run.mappings.values()),
    }
    produced = f"{count(run.produced)} produced"
    return lost_tile(run.lost, "; ".join([*(f"{count(n)} {way}" for way, n in ways.items() if n), produced]))
