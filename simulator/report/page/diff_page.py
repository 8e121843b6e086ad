"""What differs between two runs: the input, the verdicts, and the figures with their intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from simulator.report.numbers import count, estimate, interval, teller, unit_of
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Block, Page, Paragraph, Row, Section, Table, Tile, Verdict, listed, plural, some
from simulator.report.page.words import told
from simulator.report.results import RunResult
from simulator.report.vocabulary import STATES, cause_words
from simulator.study.objectives import COST
from simulator.study.statistics import Difference, Interval
from simulator.study.statistics import difference as paired

MEASURES: Final = (
    "latency_p50_s", "latency_p99_s", "latency_max_s", "iterator_age_p50_s", "iterator_age_p99_s", "iterator_age_max_s",
    "attempts", "errors", "throttles", "records_lost", "records_unprocessed",
)  # fmt: skip
MOST: Final = 200  # rows
HEADLINE: Final = "iterator_age_p99_s"
NEUTRAL: Final = ("attempts",)  # fewer are not better as such


def diff_page(a: RunResult, b: RunResult) -> Page:
    """The second result against the first. Where both have replications with one seed, differences are paired."""
    before, after = RunView(a), RunView(b)
    changed = list(_changes(_flat(a.resolved), _flat(b.resolved)))
    common = [name for name in before.mappings if name in after.mappings]
    return Page(
        kind="diff",
        name=b.name,
        title=_title(before, after, common, changed),
        description="",
        about=f"A is {a.folder.name} ({_runs(before)}), B is {b.folder.name} ({_runs(after)}).",
        verdict=_verdict(before, after, common),
        tiles=_tiles(before, after),
        sections=some(_input(changed), _verdicts(before, after), _figures(before, after, common)),
    )


def _runs(run: RunView) -> str:
    return f"{plural(run.replications, 'run')}, seed {run.summary['seed']}"


# --- the input ----------------------------------------------------------------------------------------------------


def _flat(data: Any, path: str = "") -> dict[str, str]:
    """Every value of a scenario by its path; what has a name is found by it."""
    if isinstance(data, dict) and data:
        items = [(str(key), value) for key, value in data.items()]
    elif isinstance(data, list) and data:
        items = [(str(v["name"]) if isinstance(v, dict) and "name" in v else str(i), v) for i, v in enumerate(data)]
    else:
        return {path: str(data)}
    return {at: text for key, value in items for at, text in _flat(value, f"{path}.{key}" if path else key).items()}


def _changes(a: dict[str, str], b: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for path in {**a, **b}:
        if a.get(path) != b.get(path):
            yield path, a.get(path, "not there"), b.get(path, "not there")


def _input(changed: list[tuple[str, str, str]]) -> Section:
    if not changed:
        return Section("input", "Input", (Paragraph("The scenarios are the same in every field."),))
    rest = () if len(changed) <= MOST else (Paragraph(f"And {len(changed) - MOST:,} more.", quiet=True),)
    rows = tuple(Row(each) for each in changed[:MOST])
    table = Table("Fields of the resolved scenarios that differ", ("field", "A", "B"), rows, frozenset({1, 2}))
    return Section("input", "Input", (table, *rest))


# --- verdicts and figures -----------------------------------------------------------------------------------------


def _verdicts(before: RunView, after: RunView) -> Section | None:
    names = list({**before.mappings, **after.mappings})
    if not names:
        return None
    rows = tuple(Row((name, *_judged(before, name), *_judged(after, name))) for name in names[:MOST])
    heads = ("mapping", "A", "what binds A", "B", "what binds B")
    return Section("verdicts", "Verdicts", (Table("By mapping", heads, rows, frozenset({1, 2, 3, 4})),))


def _judged(run: RunView, name: str) -> tuple[str, str]:
    if name not in run.mappings:
        return "not there", ""
    return STATES[run.mappings[name]["verdict"]][0], cause_words(run.mappings[name]["binding_cause"] or "")


def _measured(before: RunView, after: RunView, common: list[str]) -> list[tuple[str, str]]:
    """What is compared: a mapping, '' for the scenario as a whole, and a measure."""
    billed = [("", COST)] if before.measure("", COST).n and after.measure("", COST).n else []
    return [*((name, measure) for name in common for measure in MEASURES), *billed]


def _figures(before: RunView, after: RunView, common: list[str]) -> Section | None:
    rows = tuple(
        Row((f"{name}: {told(measure)}" if name else told(measure), *_figure(before, after, name, measure)))
        for name, measure in _measured(before, after, common)
    )
    if not rows:
        return None
    alone = min(before.replications, after.replications) < 2
    note = (
        "One run on a side has no interval: a difference may be chance. Use --replications to tell."
        if alone
        else "Differences are B less A with 95% intervals"
        + (", paired by replication." if _paired(before, after) else "; the runs are not paired.")
    )
    blocks: tuple[Block, ...] = (
        Table("By mapping and measure", ("measure", "A", "B", "B less A", ""), rows[:MOST], frozenset({4})),
        Paragraph(note, quiet=True),
    )
    return Section("figures", "Figures", blocks)


def _figure(before: RunView, after: RunView, name: str, measure: str) -> tuple[str, str, str, str]:
    unit = unit_of(measure)
    change = difference(before, after, name, measure)
    sides = [estimate(run.measure(name, measure), unit) for run in (before, after)]
    return sides[0], sides[1], _signed(change.interval, unit), _word(change, measure)


def difference(before: RunView, after: RunView, name: str, measure: str) -> Difference:
    """The second less the first with a 95 % interval: paired where replications share their traffic, else Welch's."""
    if _paired(before, after):
        return paired(measure, after.contributions(name, measure), before.contributions(name, measure))
    a, b = before.measure(name, measure), after.measure(name, measure)
    mean = b.mean - a.mean if b.mean != a.mean else 0.0
    sides = before.contributions(name, measure), after.contributions(name, measure)
    half_width = _welch(*sides) if min(a.n, b.n) > 1 else math.nan
    return Difference(Interval(mean, half_width, min(a.n, b.n)), one_way=False)


def _welch(a: list[float], b: list[float]) -> float:
    """Half of Welch's 95 % interval of the difference of two means."""
    from scipy.stats import ttest_ind

    low, high = ttest_ind(a, b, equal_var=False, nan_policy="omit").confidence_interval()
    return float(high - low) / 2


def _paired(before: RunView, after: RunView) -> bool:
    """Whether the replications of one number have the same traffic."""
    return before.replications == after.replications > 1 and before.summary["seed"] == after.summary["seed"]


def _word(change: Difference, measure: str) -> str:
    """better, worse, same or cannot tell; nothing where less is not better, or no interval tells."""
    return "" if measure in NEUTRAL or change.interval.n < 2 else change.word


def _signed(change: Interval, unit: str) -> str:
    if math.isfinite(change.half_width):
        return interval(change.mean, change.low, change.high, unit)
    if not math.isfinite(change.mean) or not change.mean:
        return teller(unit)(change.mean)
    return f"{'-' if change.mean < 0 else '+'}{teller(unit)(abs(change.mean))}"


# --- the first screen ---------------------------------------------------------------------------------------------


def _title(before: RunView, after: RunView, common: list[str], changed: list[tuple[str, str, str]]) -> str:
    fields = f"{plural(len(changed), 'field')} changed" if changed else "the same scenario"
    return f"{after.result.name}: {fields}; {_headline(before, after, common)}"


def _headline(before: RunView, after: RunView, common: list[str]) -> str:
    if not common:
        return "no mapping is in both"
    if turned := list(_turned(before, after, common)):
        return turned[0].words
    name = max(common, key=lambda each: _distance(difference(before, after, each, HEADLINE)))
    sides = [estimate(run.measure(name, HEADLINE), "s") for run in (before, after)]
    return f"iterator age p99{before.named(name)} from {sides[0]} to {sides[1]}"


@dataclass(frozen=True)
class _Turn:
    """A mapping that has another verdict in B; `kind`: better or worse if it keeps up in one of them alone."""

    words: str
    kind: str


def _turned(before: RunView, after: RunView, common: list[str]) -> Iterator[_Turn]:
    """The mappings whose verdict is another one, those first that keep up no more."""
    found = []
    for name in common:
        states = [run.mappings[name]["verdict"] for run in (before, after)]
        (was, was_tone), (now, tone) = (STATES[each] for each in states)
        if was != now:
            bad = was_tone == "bad", tone == "bad"
            kind = {(False, True): "worse", (True, False): "better"}.get(bad, "")
            found.append(_Turn(f"{name} {was} in A and {now} in B", kind))
    yield from sorted(found, key=lambda each: ("worse", "better", "").index(each.kind))


def _distance(change: Difference) -> float:
    return abs(change.interval.mean) if change.interval.mean == change.interval.mean else -1.0


def _verdict(before: RunView, after: RunView, common: list[str]) -> Verdict:
    words: dict[str, list[str]] = {"better": [], "worse": []}
    for name, measure in _measured(before, after, common):
        found = _word(difference(before, after, name, measure), measure)
        if found in words:
            words[found].append(told(measure) + (f" of {name}" if name and len(common) > 1 else ""))
    turned = list(_turned(before, after, common))
    if not words["better"] and not words["worse"] and not turned:
        return Verdict(
            "cannot tell",
            "unsure",
            ("No figure differs by more than chance would explain, or there is no interval to tell.",),
        )
    sentences = (
        *(f"{each}." for each in _few([turn.words for turn in turned])),
        *(f"B is {kind} in {listed(_few(found))}." for kind, found in words.items() if found),
    )
    kinds = {turn.kind for turn in turned if turn.kind} or {kind for kind, found in words.items() if found}
    if kinds == {"better"}:
        return Verdict("better", "good", sentences)
    return Verdict("worse", "bad", sentences) if kinds == {"worse"} else Verdict("mixed", "unsure", sentences)


def _few(words: list[str], most: int = 6) -> list[str]:
    return words if len(words) <= most else [*words[:most], f"{len(words) - most} more"]


def _tiles(before: RunView, after: RunView) -> tuple[Tile, ...]:
    costs = [estimate(run.measure("", COST), "USD") for run in (before, after)]
    return (
        Tile("shards", _from_to(before.shards_text, after.shards_text)),
        Tile("cost a month", _from_to(*costs)),
        Tile("records lost", _from_to(count(before.lost), count(after.lost))),
        Tile("records produced", _from_to(count(before.produced), count(after.produced))),
    )


def _from_to(a: str, b: str) -> str:
    return a if a == b else f"{a} → {b}"
