"""The page of a comparison: which setting to run, what is wrong with the next cheaper one, and all side by side."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.report.numbers import UNKNOWN, estimate, interval, same_cost, unit_of, usd
from simulator.report.page.fields import changes, setting_words, shards_with
from simulator.report.page.objectives import TONES, objectives
from simulator.report.page.study_parts import breaks, failures, fine_prints, option_tiles, sentence, to_try, what_to_do
from simulator.report.page.view import (
    SIGNS,
    Figure,
    Page,
    Row,
    Section,
    Table,
    Verdict,
    named,
    plural,
    some,
)
from simulator.report.page.wide import NAN, Option, assessments_of, cell, told_measures
from simulator.report.page.words import told
from simulator.report.results import StudyResult
from simulator.report.study_files import rows_by_setting
from simulator.report.vocabulary import STATES, cause_words, cautious, headroom_at_most
from simulator.scenario.units import parse_duration
from simulator.study.objectives import COST, stated

MEASURES = (
    "iterator_age_p99_s",
    "iterator_age_max_s",
    "latency_p99_s",
    "drain_s",
    "records_lost",
    "throttles",
    "errors",
)
DIFFERENCES = ("iterator_age_p99_s", "iterator_age_max_s", "latency_p99_s", "drain_s", "records_lost", COST)
MOST = 40  # settings


@dataclass(frozen=True)
class Comparison:
    """A comparison as its page sees it."""

    result: StudyResult

    @cached_property
    def options(self) -> list[Option]:
        """The settings in their order."""
        found = rows_by_setting(self.result.table("comparison"))
        return [
            Option(
                setting_words(setting["overrides"]),
                {str(row["mapping"]): row for row in rows},
                assessments_of(setting["objectives"]),
            )
            for setting, rows in zip(self.result.study["settings"], found, strict=True)
        ]

    def overrides(self, option: Option) -> dict[str, str]:
        found: dict[str, str] = self.result.study["settings"][self.options.index(option)]["overrides"]
        return found

    @cached_property
    def chosen(self) -> Option:
        """What to run."""
        return self._of(self.result.study["chosen"])

    @cached_property
    def baseline(self) -> Option:
        """What the others are compared with."""
        return self._of(self.result.study["baseline"])

    def _of(self, overrides: dict[str, str]) -> Option:
        return next(option for option in self.options if self.overrides(option) == overrides)

    @property
    def today(self) -> Option | None:
        """The scenario as it is, if it is among the settings."""
        return next((each for each in self.options if not changes(self.overrides(each), self.result.resolved)), None)

    @cached_property
    def cheaper(self) -> Option | None:
        """The nearest that is cheaper than what is chosen."""
        overrides = self.result.study["one_step_cheaper"]
        return None if overrides is None else self._of(overrides)

    @property
    def shown(self) -> list[Option]:
        """The settings that have a row: all, or if they are many the best and the baseline."""
        if len(self.options) <= MOST:
            return self.options
        settings = self.result.study["settings"]
        best = [option for option, setting in zip(self.options, settings, strict=True) if setting["rank"] <= MOST]
        return best if self.baseline in best else [*best, self.baseline]

    @cached_property
    def differences(self) -> dict[tuple[str, str, str], str]:
        """By setting, mapping and measure the difference from the baseline, and its word."""
        found = rows_by_setting(self.result.table("differences"))
        others = (option for option in self.options if option is not self.baseline)
        return {
            (option.label, str(row["mapping"]), str(row["measure"])): f"{_change(row)} {row['word']}"
            for option, rows in zip(others, found, strict=True)
            for row in rows
        }

    @property
    def hours(self) -> float:
        """How long the traffic lasts."""
        return parse_duration(str(self.result.resolved["duration"])) / 3600


def compare_page(result: StudyResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of a comparison."""
    it = Comparison(result)
    runs = result.study["replications"]
    traffic = f"{plural(len(it.options), 'setting')}, each with {plural(runs, 'run')} of the same traffic"
    if not it.options:
        return _nothing(result)
    chosen, today = (shards_with(overrides, result.resolved) for overrides in (it.overrides(it.chosen), {}))
    return Page(
        kind="compare",
        name=result.name,
        title=f"{result.name}: {_finding(it)}",
        description=str(result.resolved["description"]),
        about=" ".join(
            [
                f"{traffic}; compared with {it.baseline.label}.",
                *(sentence(result.study[each]) for each in ("warmup", "stopped") if result.study[each]),
            ]
        ),
        verdict=_verdict(it),
        tiles=option_tiles(it.chosen, it.today, chosen, today),
        actions=_actions(it),
        sections=some(
            Section("plots", "What the settings do", named(figures, "settings", "setting_lags")),
            Section("settings", "Settings compared", (_settings(it), *failures(result.study["failures"]))),
            _differences(it),
            Section("quantiles", "How long records take", named(figures, "setting_quantiles")),
            objectives(it.chosen.assessments),
            *fine_prints(result, _command(it)),
        ),
    )


def _nothing(result: StudyResult) -> Page:
    return Page(
        "compare", result.name, f"{result.name}: every run failed", str(result.resolved["description"]), "",
        Verdict("no verdict", "plain", ("No setting could be simulated.",)), (),
        some(Section("failures", "Failures", failures(result.study["failures"]))),
    )  # fmt: skip


# --- the first screen ---------------------------------------------------------------------------------------------


def _finding(it: Comparison) -> str:
    if it.chosen.state == "missed":
        wrong = breaks(it.chosen, it.hours)
        return f"none of {plural(len(it.options), 'setting')} will do; the nearest, {it.chosen.label}, {wrong}"
    cheaper = it.cheaper
    wrong = breaks(cheaper, it.hours) if cheaper else ""
    return f"run {it.chosen.label}" + (f"; {cheaper.label} {wrong}" if cheaper and wrong else "")


def _verdict(it: Comparison) -> Verdict:
    state = it.chosen.state
    judged = bool(stated(it.chosen.assessments))
    does = {"met": "meets every objective", "undecided": "may meet every objective", "missed": "comes nearest"}[state]
    if not judged:
        does = "keeps up" if state == "met" else "is the least behind"
    cheapest = "the cheapest" if it.chosen.cost.n else "the first"
    settings = plural(len(it.options), "setting")
    sentences = [f"{sentence(cheapest)[:-1]} of {settings} that {does}: {it.chosen.label}."]
    if state == "missed":
        sentences = [f"No setting {'meets every objective' if judged else 'keeps up'}; {it.chosen.label} {does}."]
    sentences += [text for text in (_cost(it), _below(it)) if text]
    sentences += map(sentence, filter(None, [it.result.study["headroom"], it.result.study["beware"]]))
    if not judged:
        sentences.append("The scenario states no objectives; with some, each setting would be judged by them.")
    word = state if judged else STATES[it.chosen.verdict][0]
    limit, used = it.chosen.most_growing
    sentences += filter(None, [headroom_at_most(limit, used)])
    return Verdict(word, cautious(TONES[state], 1 / used if used else NAN), tuple(sentences))


def _cost(it: Comparison) -> str:
    cost, today = it.chosen.cost, it.baseline.cost
    if not cost.n:
        return ""
    text = f"It costs {estimate(cost, 'USD')} a month"
    if it.chosen is it.baseline:
        return f"{text}, as {'today' if it.baseline is it.today else 'the baseline'}."
    difference = cost.mean - today.mean
    if same_cost(today.mean, cost.mean):
        return f"{text}, as {it.baseline.label}."
    how = "more" if difference > 0 else "less"
    return f"{text}, {usd(abs(difference))} {how} than {it.baseline.label}."


def _below(it: Comparison) -> str:
    if it.cheaper is None:
        return "Nothing cheaper was compared." if it.chosen.cost.n else ""
    wrong = breaks(it.cheaper, it.hours)
    return sentence(f"one step cheaper, {it.cheaper.label} {wrong}") if wrong else ""


def _actions(it: Comparison) -> Section:
    judged, state = bool(stated(it.chosen.assessments)), it.chosen.state
    if state == "missed":
        why = f"None of these settings will do; {it.chosen.label} comes nearest. This tries more:"
        return to_try(it.result, why, "size" if judged else "advise")
    unsure = "Not every objective is met for certain: more runs tell, with -n." if state == "undecided" else ""
    unchanged = sentence(f"nothing: of these settings today's is the one to run. {unsure}".strip())
    return what_to_do(it.result, it.overrides(it.chosen), unchanged, unsure)


# --- the tables ---------------------------------------------------------------------------------------------------


def _settings(it: Comparison) -> Table:
    several = len(it.chosen.rows) > 1
    judged, billed = bool(stated(it.chosen.assessments)), bool(it.chosen.cost.n)
    measures, none = told_measures([row for option in it.shown for row in option.rows.values()], MEASURES)
    rows = [_row(it, option, mapping, measures) for option in it.shown for mapping in option.rows]
    heads = (
        "setting", *(("mapping",) if several else ()), "objectives" if judged else "verdict",
        *(("a month",) if billed else ()), *map(told, measures), "what binds",
    )  # fmt: skip
    texts = frozenset({1, 2 if several else 1, len(heads) - 1})
    best = "" if len(it.shown) == len(it.options) else f"; the best of {len(it.options):,}, all are in comparison.csv"
    return Table(
        f"Percentiles of all runs together, the rest in the mean, with 95% intervals{none}{best}",
        heads,
        tuple(rows),
        texts,
    )


def _row(it: Comparison, option: Option, mapping: str, measures: Sequence[str]) -> Row:
    baseline = None if it.baseline is it.today else it.baseline
    standing_out = {"chosen": it.chosen, "today": it.today, "baseline": baseline, "one step cheaper": it.cheaper}
    marks = [word for word, each in standing_out.items() if each is option]
    row = option.rows[mapping]
    verdict = (
        f"{SIGNS[TONES[option.state]]} {option.state if stated(option.assessments) else STATES[str(row['verdict'])][0]}"
    )
    return Row(
        (
            option.label + (f" ({', '.join(marks)})" if marks else ""),
            *((mapping,) if len(option.rows) > 1 else ()),
            verdict,
            *((estimate(option.cost, "USD"),) if option.cost.n else ()),
            *(cell(row, measure) for measure in measures),
            cause_words(str(row["binding_cause"])),
        ),
        "chosen" if option is it.chosen else "",
    )


def _differences(it: Comparison) -> Section | None:
    """The paired differences from the baseline, each with its word."""
    found = it.differences
    if not found:
        return None
    several = len(it.chosen.rows) > 1
    rows = tuple(
        Row(
            (
                option.label,
                *((mapping,) if several else ()),
                *(found.get((option.label, "" if m == COST else mapping, m), UNKNOWN) for m in DIFFERENCES),
            )
        )
        for option in it.shown
        if option is not it.baseline
        for mapping in option.rows
    )
    heads = ("setting", *(("mapping",) if several else ()), *map(told, DIFFERENCES))
    caption = f"How much more than with {it.baseline.label}, run by run, with 95% intervals; less is better throughout"
    return Section("differences", "What changes", (Table(caption, heads, rows, frozenset({1} if several else ())),))


def _change(row: dict[Any, Any]) -> str:
    mean, low, high = (float(row[name]) for name in ("difference", "low", "high"))
    return interval(mean, low, high, unit_of(str(row["measure"])))


def _command(it: Comparison) -> str:
    values: dict[str, list[str]] = {}
    for setting in it.result.study["settings"]:
        for path, value in setting["overrides"].items():
            if value not in values.setdefault(path, []):
                values[path].append(value)
    varied = " ".join(f"--vary {shlex.quote(path + '=' + ','.join(some))}" for path, some in values.items())
    return f"shardsim compare scenario.yaml {varied} --replications {it.result.study['replications']}"
