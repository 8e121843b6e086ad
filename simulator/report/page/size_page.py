"""The page of a size search: the cheapest setting that meets the objectives, and how far it carries."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simulator.report.numbers import UNKNOWN, count, estimate, number, percent, same_cost, unit_of, usd
from simulator.report.page.fields import changes, setting_words, shards_with
from simulator.report.page.objectives import TONES, objectives
from simulator.report.page.study_parts import fine_prints, option_tiles, sentence, to_try, what_to_do, wrong
from simulator.report.page.view import SIGNS, Figure, Page, Paragraph, Row, Section, Table, Verdict, named, plural, some
from simulator.report.page.wide import Cells, Option, assessment_of, assessments_of
from simulator.report.page.words import told
from simulator.report.results import StudyResult
from simulator.report.vocabulary import cautious, sampled
from simulator.study.objectives import MEASURES
from simulator.study.statistics import Interval

NAN: Final = math.nan
MOST: Final = 60  # rows


def size_page(result: StudyResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of a size search."""
    study, resolved = result.study, result.resolved
    answer = study["answer"]
    overrides = answer["overrides"] if answer else {}
    option = _option(result)
    tried = f"{study['settings_tried']} of {plural(study['settings'], 'setting')} tried"
    return Page(
        kind="size",
        name=result.name,
        title=f"{result.name}: {_finding(result)}",
        description=str(resolved["description"]),
        about=f"{tried}, each with up to {plural(study['replications_at_most'], 'run')} of the same traffic. "
        f"{sampled(study.get('sample'))}".strip(),
        verdict=_verdict(result),
        tiles=option_tiles(option, None, shards_with(overrides, resolved), shards_with({}, resolved)) if answer else (),
        actions=_actions(result, overrides),
        sections=some(
            Section("plots", "What they cost, and what they do", named(figures, "settings", "setting_lags")),
            Section("settings", "Settings tried", (_search(result),)),
            objectives(assessments_of(study["objectives"])),
            _headroom(result),
            Section("quantiles", "How long records take", named(figures, "setting_quantiles")),
            _estimate(result),
            *fine_prints(result, _command(result)),
        ),
    )


def _option(result: StudyResult) -> Option:
    """The answer, with the measures that are kept of it."""
    answer = result.study["answer"] or {}
    measures = answer.get("measures", {})
    whole = measures.get("", {})
    rows: dict[str, Cells] = {mapping: _row({**of, **whole}) for mapping, of in measures.items() if mapping}
    return Option(_words(result, answer.get("overrides", {})), rows, assessments_of(result.study["objectives"]))


def _row(measures: Mapping[str, Any]) -> Cells:
    """The measures as a wide table would have them."""
    row: dict[str, Any] = {
        "verdict": "stable",
        "replications": max((each["n"] for each in measures.values()), default=0),
    }
    for name, each in measures.items():
        row |= {name: NAN if each["mean"] is None else each["mean"], f"{name}_high": _high(each)}
    return row


def _high(each: Mapping[str, Any]) -> float:
    return NAN if each["mean"] is None or each["half_width"] is None else each["mean"] + each["half_width"]


def _words(result: StudyResult, overrides: Mapping[str, str]) -> str:
    """A setting by what it changes."""
    return setting_words({path: then for path, (_, then) in changes(overrides, result.resolved).items()})


# --- the first screen ---------------------------------------------------------------------------------------------


def _finding(result: StudyResult) -> str:
    answer, cheaper, nearest = (result.study[name] for name in ("answer", "one_step_cheaper", "nearest"))
    if answer is None:
        near = f"; the nearest, {_words(result, nearest['overrides'])}, {_wrong(nearest)}" if nearest else ""
        return f"no setting meets the objectives{near}"
    text = f"run {_words(result, answer['overrides'])}"
    return f"{text}; {_less(answer, cheaper)} {_wrong(cheaper)}" if cheaper and cheaper["worst"] else text


def _less(answer: Mapping[str, Any], cheaper: Mapping[str, Any]) -> str:
    """The cheaper setting by what it has otherwise than the answer."""
    before = answer["overrides"]
    return setting_words({path: value for path, value in cheaper["overrides"].items() if before.get(path) != value})


def _wrong(trial: Mapping[str, Any]) -> str:
    return wrong(assessment_of(trial["worst"])) if trial["worst"] else "would not do"


def _verdict(result: StudyResult) -> Verdict:
    study = result.study
    state = study["objectives_state"]
    said = [sentence(text) for text in study["says"][1:]]
    answer = study["answer"]
    if answer is None:
        return Verdict(state, TONES[state], (sentence(_finding(result)), *said))
    setting, cost = _words(result, answer["overrides"]), answer["usd_per_month"]
    first = f"The cheapest of {plural(study['settings'], 'setting')} that meets every objective: {setting}"
    if cost is not None:
        first += f", for {usd(cost)} a month{_against_today(result, cost)}"
    found = study["headroom"]
    return Verdict(state, cautious(TONES[state], found["holds"] if found else NAN), (f"{first}.", *said))


def _against_today(result: StudyResult, cost: float) -> str:
    """How much that is more or less than today's setting, if that was tried."""
    paths = _paths(result)
    for row in result.table("search").to_dict("records"):
        if not changes({path: str(row[name]) for name, path in paths.items()}, result.resolved):
            today = float(row["usd_per_month"])
            more = cost - today
            if same_cost(today, cost):
                return ", as today's setting"
            if more == more:
                return f", {usd(abs(more))} {'more' if more > 0 else 'less'} than today's setting"
    return ""


def _paths(result: StudyResult) -> dict[str, str]:
    """The columns of search.csv that name settings, and the field of each."""
    columns = list(result.table("search").columns)
    names = columns[: columns.index("replications")]
    return dict(zip(names, (path for each in result.study["searched"] for path in each["paths"]), strict=False))


def _actions(result: StudyResult, overrides: Mapping[str, str]) -> Section:
    if result.study["answer"] is None:
        return to_try(result, "Nothing that was searched will do. This tries other fields, too:", "advise")
    return what_to_do(result, overrides, "Nothing: the scenario is the answer.")


# --- the tables ---------------------------------------------------------------------------------------------------


def _search(result: StudyResult) -> Table:
    """What was tried; a field that had one value only is told once."""
    found = sorted(result.table("search").to_dict("records"), key=lambda row: float(row["usd_per_month"]))
    names = list(_paths(result))
    tried = [{name: str(row[name]) for name in names} for row in found]
    varied = [name for name in names if len({each[name] for each in tried}) > 1]
    fixed = {name: value for each in tried[:1] for name, value in each.items() if name not in varied}
    rows = [
        Row(
            (
                setting_words({name: mine[name] for name in varied}) + (f" ({', '.join(marks)})" if marks else ""),
                usd(float(row["usd_per_month"])),
                *_tightest(row),
                str(row["replications"]),
            ),
            "chosen" if "chosen" in marks else "",
        )
        for mine, row in zip(tried, found, strict=True)
        for marks in [_marks(result, mine)]
    ]
    heads = ("setting", "a month", "tightest objective", "bound", "seen", "verdict", "runs")
    same = f", all with {setting_words(fixed)}" if fixed else ""
    caption = f"The cheapest first{same}. A clear case takes five runs, the answer all that are allowed"
    return Table(caption, heads, tuple(rows[:MOST]), frozenset({2, 5}))


def _marks(result: StudyResult, values: Mapping[str, str]) -> list[str]:
    """What a setting that was tried is, by its values."""
    named = {"chosen": "answer", "nearest": "nearest", "one step cheaper": "one_step_cheaper"}
    trials = {word: result.study[name] for word, name in named.items()}
    mine = dict(zip(_paths(result).values(), values.values(), strict=True))
    marks = [word for word, trial in trials.items() if trial and trial["overrides"] == mine]
    return marks if changes(mine, result.resolved) else [*marks, "today"]


def _tightest(row: Mapping[Any, Any]) -> tuple[str, str, str, str]:
    """The objective that a setting comes closest to, or is the furthest beyond."""
    state = str(row["state"])
    verdict = f"{SIGNS[TONES[state]]} {state}"  # type: ignore[index]
    objective = str(row["tightest_objective"])
    if objective not in MEASURES:
        return objective, "", "", verdict
    unit = unit_of(MEASURES[objective])
    n, mean = int(row["replications"]), float(row["mean"])
    seen = Interval(mean, float(row["half_width_95"]), n if mean == mean else 0)
    bound = estimate(Interval(float(row["bound"]), NAN, 1), unit)
    load = float(row["tightest_load"])
    name = told(objective) if load == 1 else f"{told(objective)} at {load:g} times the traffic"
    return name, bound, estimate(seen, unit) if seen.n else UNKNOWN, verdict


def _headroom(result: StudyResult) -> Section | None:
    table = result.table("headroom")
    if table.empty:
        return None
    rows = tuple(Row((f"{number(float(row['load']))} times", *_tightest(row))) for row in table.to_dict("records"))
    heads = ("traffic", "tightest objective", "bound", "seen", "verdict")
    caption = "The answer under more traffic: every producer's rate times a factor"
    return Section("headroom", "How much more traffic it takes", (Table(caption, heads, rows, frozenset({1, 4})),))


def _estimate(result: StudyResult) -> Section | None:
    table = result.table("estimate")
    if table.empty:
        return None
    rows = tuple(
        Row(
            (
                f"{row['mapping']}: {row['limit']}",
                _shards(row["shards_at_mean"]),
                _shards(row["shards_at_peak"]),
                percent(float(row["hottest_use_at_mean"])),
                str(row["why"]),
            )
        )
        for row in table.to_dict("records")
    )
    heads = ("limit", "shards at the mean", "at the peak", "use today", "why")
    blocks = (
        Paragraph(
            "What a spreadsheet would say: shards by each limit on its own. It knows nothing of waiting.", quiet=True
        ),
        Table("The closed-form estimate", heads, rows, frozenset({4})),
    )
    return Section("estimate", "The estimate beside it", blocks)


def _shards(value: Any) -> str:
    return count(float(value)) if float(value) == float(value) else "none is enough"


def _command(result: StudyResult) -> str:
    searched = " ".join(_option_of(each["paths"], ",".join(each["values"])) for each in result.study["searched"])
    runs, factor = result.study["replications_at_most"], result.study["factor"]
    more = "" if factor == 1 else f" --factor {factor:g}"
    return f"shardsim size scenario.yaml {searched} --replications {runs}{more}"


def _option_of(paths: Sequence[str], values: str) -> str:
    """What searches a field: the shards of all streams together, or a field of all mappings by its short name."""
    if paths[0].startswith("streams."):
        stream = paths[0].removeprefix("streams.").removesuffix(".shards")
        return f"--shards {shlex.quote(values if len(paths) > 1 else f'{stream}={values}')}"
    field = paths[0].rpartition(".")[2] if len(paths) > 1 else paths[0]
    return f"--vary {shlex.quote(f'{field}={values}')}"
