"""What `run` says on the terminal: progress on stderr, a verdict and a short table on stdout."""

from __future__ import annotations

import math
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from simulator.measures.finished import MappingResult
from simulator.measures.limits import Offered
from simulator.measures.result import Result
from simulator.measures.unserved import Percentile
from simulator.measures.verdict import KEEP_UP
from simulator.report.change_words import changes, filtered, readers
from simulator.report.clock import Clock
from simulator.report.figures_table import ANY_WIDTH, Figures, Heading, fitting
from simulator.report.latencies import percentile
from simulator.report.numbers import count, month, percent, rough, seconds
from simulator.report.objective_words import headroom_not_judged, told
from simulator.report.run_summary import run_summary
from simulator.report.tables import plain
from simulator.report.vocabulary import LIMITS, STATES, cause_words, limit_words, state_colour
from simulator.study import consensus
from simulator.study.episodes import common
from simulator.study.figures import Figures as RunFigures
from simulator.study.figures import intervals
from simulator.study.next_step import next_step
from simulator.study.objectives import KEEPS_UP, Assessment, State, assess
from simulator.study.objectives import worst as worst_state
from simulator.study.statistics import Interval
from simulator.study.too_short import beware

MOST_EXPLAINED: Final = 3  # mappings beside the worst
PATIENCE_S: Final = 1.0  # a run that is over by then needs no progress bar
NEXT: Final = {
    "advise": "to see what helps",
    "run": "to be surer",
    "size": "to see whether less would do",
}
OBJECTIVE_COLOURS: Final[dict[State, str]] = {"met": "green", "undecided": "yellow", "missed": "red"}
PERCENTS: Final = {"p50": 50.0, "p99": 99.0}
OVER_REPLICATIONS: Final[dict[Heading, tuple[str, Callable[[float], str]]]] = {
    ("unprocessed", ""): ("records_unprocessed", count),
    ("lost", ""): ("records_lost", count),
    ("latency", "p50"): ("latency_p50_s", seconds),
    ("latency", "p99"): ("latency_p99_s", seconds),
    ("iterator age", "p99"): ("iterator_age_p99_s", seconds),
    ("iterator age", "max"): ("iterator_age_max_s", seconds),
    ("attempts", ""): ("attempts", count),
}


@contextmanager
def progress(title: str, shown: bool) -> Iterator[Callable[[float], None]]:
    """A function that takes the part that is done; a bar with the time left, on a terminal only."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.markup import escape
    from rich.progress import Progress

    began = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(title), total=1.0, visible=False)
        yield lambda done: bar.update(task, completed=done, visible=time.monotonic() - began > PATIENCE_S)


def tell(result: Result, runs: Sequence[RunFigures], folder: Path, given: Sequence[str] = ()) -> None:
    """Say how a run, or its replications, went: in at most 20 lines.

    given: the scenario's file and its `--set`, as a command takes them; without it no next command is named.
    """
    width = None if sys.stdout.isatty() else ANY_WIDTH
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)
    worst = worst_of(result, runs)
    if worst is None:
        console.print(f"{result.scenario.name}: no event source mapping reads its streams")
    else:
        figures = _figures(result) if len(runs) == 1 else _interval_figures(runs)
        console.print(_headline(result, runs, worst))
        others = _others(result, runs, worst)
        for other in others[:MOST_EXPLAINED]:
            console.print(f"{other.name}: {_explained(runs, other)}")
        if left := len(others[MOST_EXPLAINED:]):
            console.print(f"{left} more {'does' if left == 1 else 'do'} not keep up either")
        console.print(fitting(figures, console), soft_wrap=False)
        if len(runs) > 1:
            console.print(of_all(len(runs)))
        if short := beware(runs):
            console.print(short)
        console.print(_throttled(result, worst))
        console.print(_limits(worst))
        for line in (*changes(result), *readers(result), *filtered(result)):
            console.print(line)
        if story := _episode(runs, worst, Clock(result.scenario.start_time, result.end_s)):
            console.print(story)
        if assessments := assess(result.scenario.objectives, runs):
            console.print(_objectives(assessments))
        if room := result.scenario.objectives.headroom:
            console.print(headroom_not_judged(room))
        if given and (step := next_step(runs, assessments)):
            console.print(f"{NEXT[step[0]]}: {shlex.join(['shardsim', step[0], *given, *step[1:]])}")
    console.print(f"written to {folder}/ (pictures in {folder / 'plots'}/)")


def summary(result: Result, runs: Sequence[RunFigures], folder: Path) -> dict[str, Any]:
    """The figures of summary.json, and the folder; what is not known is null."""
    return dict(plain(run_summary(result, runs) | {"output": str(folder)}))


def worst_of(result: Result, runs: Sequence[RunFigures]) -> MappingResult | None:
    """The mapping with the worst verdict in any run, and of those the one that was the furthest behind."""
    states = list(STATES)
    return max(
        result.mappings,
        key=lambda m: (states.index(consensus.verdict(runs, m.name).word), m.measures.lags.peak_ns),
        default=None,
    )


def _headline(result: Result, runs: Sequence[RunFigures], worst: MappingResult) -> Text:
    """The verdict of all runs, the reason, and what binds."""
    judged, binding = consensus.verdict(runs, worst.name), consensus.binding(runs, worst.name)
    text = Text(f"{result.scenario.name}: ")
    text.append(judged.word, style=f"bold {state_colour(judged.word)}").append(f" {judged.share}".rstrip())
    of = f"{worst.name}: " if len(result.mappings) > 1 else ""
    what = (
        f"What binds {binding.share}".rstrip() + f": {cause_words(binding.word)}, "
        if binding.word
        else "Nothing binds: "
    )
    return text.append(f" ({of}{_first(judged.reason, runs)}). {what}{_first(binding.reason, runs)}")


def _others(result: Result, runs: Sequence[RunFigures], worst: MappingResult) -> list[MappingResult]:
    """The other mappings that do not keep up in some run, the worst first."""
    failing = [
        each for each in result.mappings
        if each is not worst and consensus.verdict(runs, each.name).word not in KEEP_UP
    ]  # fmt: skip
    return sorted(failing, key=lambda each: -each.measures.lags.peak_ns)


def _explained(runs: Sequence[RunFigures], mapping: MappingResult) -> str:
    """The verdict of a mapping, the reason, and what binds it."""
    judged, binding = consensus.verdict(runs, mapping.name), consensus.binding(runs, mapping.name)
    what = f"what binds: {cause_words(binding.word)}, " if binding.word else "nothing binds: "
    word = f"{judged.word} {judged.share}".rstrip()
    return f"{word} ({_first(judged.reason, runs)}); {what}{_first(binding.reason, runs)}"


def _first(reason: str, runs: Sequence[RunFigures]) -> str:
    """A reason with its figures; of several runs those of the first that has it."""
    return f"{reason} in the first of them" if len(runs) > 1 else reason


def _figures(result: Result) -> Figures:
    """Verdict, times and counts of each mapping."""
    return {
        mapping.name: {
            ("verdict", ""): mapping.verdict.state,
            ("processed", ""): count(mapping.ends.processed),
            ("unprocessed", ""): count(mapping.ends.unprocessed),
            ("lost", ""): count(mapping.ends.lost),
            ("again", ""): count(int(mapping.measures.done_again.values.sum())),
            **{("latency", name): latency(mapping.latency(part)) for name, part in PERCENTS.items()},
            ("iterator age", "p99"): seconds(mapping.measures.age.percentile_s(99.0)),
        }
        for mapping in result.mappings
    }


def latency(of: Percentile) -> str:
    """A percentile of latency; of which the records that are left may yet make more, with what it is at least."""
    return percentile(of.least_s, of.most_s)


def _interval_figures(runs: Sequence[RunFigures]) -> Figures:
    """Means over the replications with the half-widths of their 95 % intervals."""
    return {
        mapping: {
            ("verdict", ""): _word(runs, mapping),
            **{heading: with_error(of[measure], text) for heading, (measure, text) in OVER_REPLICATIONS.items()},
        }
        for mapping, of in intervals(runs).items()
    }


def _word(runs: Sequence[RunFigures], mapping: str) -> str:
    """The verdict of all runs, and in how many it was if not in all."""
    said = consensus.verdict(runs, mapping)
    return said.word if len(said.runs) == 1 else f"{said.word} {said.runs[said.word]}/{len(runs)}"


def of_all(n: int) -> str:
    """What figures of n replications are."""
    if n < 2:
        return "one replication: no intervals"
    return f"percentiles of all {n} runs together, the rest in the mean, ± half of the 95 % interval"


def with_error(value: Interval, text: Callable[[float], str]) -> str:
    """A mean with half of its 95 % interval, if it has one."""
    return (
        f"{text(value.mean)} ± {text(rough(value.half_width))}" if 0 < value.half_width < math.inf else text(value.mean)
    )


def _objectives(assessments: Sequence[Assessment]) -> Text:
    """Whether all objectives are met; else the first of those that are not."""
    state = worst_state(each.state for each in assessments)
    those = [each for each in assessments if each.state == state]
    first = told(those[0])
    if state == "met" and len(those) > 1 and those[0].objective == KEEPS_UP:
        first = f"all {len(those)} mappings keep up"
    return Text("objectives ").append(state, style=f"bold {OBJECTIVE_COLOURS[state]}").append(f": {first}")


def _throttled(result: Result, worst: MappingResult) -> str:
    counts = worst.measures.counts
    refused = {
        "writes": result.measures.streams[worst.stream].throttled_total,
        "reads": worst.reads.get("refused", 0),
        "invocations": counts["throttles"],
    }
    told = ", ".join(f"{what} {count(n)}" for what, n in refused.items())
    cost = month(result.bill.usd_per_month, result.bill.unprocessed > 0)
    return f"throttled: {told}; attempts {count(counts['attempts'])}, errors {count(counts['errors'])}; {cost}"


def _limits(worst: MappingResult) -> Text:
    """What was offered to each limit by the shard, lane or pool most used, the fullest first."""
    told = sorted(worst.limits, key=lambda each: -each.mean)
    return Text("offered: " + ", ".join(map(_offered, told)))


def _offered(limit: Offered) -> str:
    """In the mean; where that fits, but not when the most is offered, that too."""
    mean = f"{limit_words(limit.limit)} {percent(limit.mean)}"
    return f"{mean} ({percent(limit.peak)} {LIMITS[limit.limit].busiest})" if limit.mean <= 1 < limit.peak else mean


def _episode(runs: Sequence[RunFigures], worst: MappingResult, clock: Clock) -> str:
    """The episode in which the mapping was the furthest behind in any run, and in how many runs it was."""
    found = common(runs, worst.name)
    if not found:
        return ""
    each = max(found, key=lambda episode: episode.peak_lag_s)
    n = len(found) if len(runs) > 1 else len(worst.episodes)
    several = f" (the worst of {n:,} episodes)" if n > 1 else ""
    share = f" {each.share}".rstrip()
    begin = f"behind from {clock.at(each.start_s)} on{share}{several}, {seconds(each.peak_lag_s)} at most"
    after = f" after the end of {each.event}" if each.event else " later"
    if each.not_over == each.runs:
        return f"{begin}; had not caught up when the run{'s' * (each.of > 1)} ended"
    if each.of == 1:
        return f"{begin}; caught up {seconds(each.recovery_time_s)}{after}, {clock.into(each.end_s)}"
    rest = f"; in {each.not_over} of {each.of} runs not before the end" if each.not_over else ""
    back = f"caught up {seconds(each.recovery_time_s)}{after} on average{rest}"
    return f"{begin} ({seconds(each.peak_lag_mean_s)} on average); {back}"
