"""What the pages of all studies have in common."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from simulator.measures.verdict import KEEP_UP
from simulator.report.numbers import count, estimate
from simulator.report.page import aws, fine_print
from simulator.report.page.fields import changes
from simulator.report.page.objectives import bound_text, seen_text
from simulator.report.page.tiles import age_tile, cost_tile, lost_tile, shards_tile, use_tile
from simulator.report.page.view import Block, Code, Facts, Paragraph, Section, Tile, plural
from simulator.report.page.wide import Option
from simulator.report.page.words import HERE, safe, told
from simulator.report.results import StudyResult
from simulator.report.vocabulary import limit_words
from simulator.study.objectives import KEEPS_UP, Assessment


def sentence(text: str, names: Collection[str] = ()) -> str:
    """Text as a sentence of its own; a name that it begins with stays as it is."""
    first = text[:1] if text.startswith(tuple(names)) else text[:1].upper()
    return f"{first}{text[1:]}".replace(" -> ", " → ") + ("" if text.endswith((".", "!", "?")) else ".")


def unnamed(result: StudyResult, text: str) -> str:
    """What a study says without the scenario's name, which the page's title begins with."""
    return text.removeprefix(f"{result.name}: ")


def breaks(option: Option, hours: float) -> str:
    """What is wrong with a setting: would lose 12,000 records an hour; nothing if all is well."""
    missed = [each for each in option.assessments if each.state == option.state != "met"]
    lost = sum(option.measure(mapping, "records_lost").mean for mapping in option.rows)
    if lost > 0 and (not missed or any(each.objective == "records_lost" for each in missed)):
        return f"would lose {plural(lost / hours, 'record')} an hour"
    if missed:
        return wrong(max(missed, key=lambda each: each.excess))
    return "" if option.verdict in KEEP_UP else "would not keep up"


def wrong(each: Assessment) -> str:
    """An objective that is not met: would miss max iterator age: 41 s (38 to 45), at most 10 s."""
    load = "" if each.load == 1 else f" at {each.load:g} times the traffic"
    if each.objective == KEEPS_UP:
        return f"{'would' if each.state == 'missed' else 'might'} not keep up{load}"
    verb = "would miss" if each.state == "missed" else "is not sure to meet"
    return f"{verb} {told(each.objective)}{load}: {seen_text(each)}, {bound_text(each)}"


def what_to_do(result: StudyResult, overrides: Mapping[str, str], unchanged: str, effect: str = "") -> Section:
    """The fields that a setting changes, what that does, and the commands that change them."""
    found = changes(overrides, result.resolved)
    if not found:
        return Section("actions", "What to do", (Paragraph(unchanged),))
    then = {path: value for path, (_, value) in found.items()}
    facts = Facts(tuple((path, f"{now} → {value}") for path, (now, value) in found.items()))
    sets = " ".join(f"--set {shlex.quote(f'{path}={value}')}" for path, value in then.items())
    on_aws = [Code("On AWS", text) for text in aws.commands(then, result.resolved)]
    told = [Paragraph(effect)] if effect else []
    return Section("actions", "What to do", (facts, *told, Code("For the commands of shardsim", sets), *on_aws))


def to_try(result: StudyResult, why: str, command: str) -> Section:
    """What to do where nothing that was simulated will do: the command that tries more."""
    line = shlex.join(["shardsim", command, "scenario.yaml", "--out", f"../{safe(result.name)}-{command}"])
    return Section("actions", "What to do", (Paragraph(why), Code(HERE, line)))


def fine_prints(result: StudyResult, command: str) -> Iterator[Section]:
    """What is folded away; `command` gives the same result again."""
    yield fine_print.limits()
    yield fine_print.assumptions(result.resolved)
    yield fine_print.scenario(result.scenario_text)
    yield fine_print.reproduce(command, result.name, result.version)
    yield fine_print.definitions()


def option_tiles(option: Option, today: Option | None, shards: int, shards_today: int) -> tuple[Tile, ...]:
    """The five tiles of a setting; `today`: the scenario as it is, if it was simulated."""
    mapping, (limit, use) = option.furthest, option.most_used
    age = option.measure(mapping, "iterator_age_p99_s") if mapping else use
    held_to = [each for each in option.assessments if each.load == 1]
    before = [f"{estimate(today.cost, 'USD')} today"] if today and today is not option else []
    return (
        shards_tile(shards, today_text(shards, shards_today)),
        cost_tile(option.cost, before, held_to),
        age_tile(age, mapping, [mapping], held_to),
        use_tile(use.mean, limit_words(limit) if limit else ""),
        lost_tile(sum(option.measure(name, "records_lost").mean for name in option.rows), "a run, on average"),
    )


def today_text(value: int, today: int) -> str:
    """What a number of today is beside a new one."""
    return "as today" if value == today else f"{count(today)} today"


def failures(found: list[dict[str, Any]]) -> tuple[Block, ...]:
    """Runs that failed."""
    if not found:
        return ()
    lines = "\n".join(f"{each['setting']}, replication {each['replication']}: {each['why']}" for each in found[:20])
    return Paragraph(f"{plural(len(found), 'run')} failed and are left out:"), Code("Failures", lines)
