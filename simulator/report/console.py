"""What `run` says on the terminal: progress on stderr, a verdict and a short table on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from simulator.measures.finished import MappingResult
from simulator.measures.histogram import Histogram
from simulator.measures.result import Result
from simulator.report.figures_table import ANY_WIDTH, Figures, Heading, fitting
from simulator.report.numbers import count, rough, seconds
from simulator.report.objective_words import told
from simulator.report.tables import plain
from simulator.study.figures import Figures as RunFigures
from simulator.study.figures import intervals
from simulator.study.objectives import Assessment, State, assess
from simulator.study.objectives import worst as worst_state
from simulator.study.statistics import Interval

PATIENCE_S: Final = 1.0  # a run that is over by then needs no progress bar
COLOURS: Final = {"stable": "green", "backlogged": "yellow", "overloaded": "red"}
OBJECTIVE_COLOURS: Final[dict[State, str]] = {"met": "green", "undecided": "yellow", "missed": "red"}
COUNTS: Final = ("attempts", "errors", "throttles")
OVER_REPLICATIONS: Final[dict[Heading, tuple[str, Callable[[float], str]]]] = {
    ("latency", "p50"): ("latency_p50_s", seconds),
    ("latency", "p99"): ("latency_p99_s", seconds),
    ("iterator age", "p99"): ("iterator_age_p99_s", seconds),
    ("iterator age", "max"): ("iterator_age_max_s", seconds),
    ("attempts", ""): ("attempts", count),
    ("lost", ""): ("records_lost", count),
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


def tell(result: Result, runs: Sequence[RunFigures], folder: Path) -> None:
    """Say how a run, or its replications, went: in at most 15 lines."""
    width = None if sys.stdout.isatty() else ANY_WIDTH
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)
    worst = max(result.mappings, key=lambda m: list(COLOURS).index(m.verdict.state), default=None)
    if worst is None:
        console.print(f"{result.scenario.name}: no event source mapping reads its streams")
    else:
        figures = _figures(result) if len(runs) == 1 else _interval_figures(runs)
        console.print(_headline(result, worst))
        console.print(fitting(figures, console), soft_wrap=False)
        if len(runs) > 1:
            console.print(f"means of {len(runs)} replications ± half of the 95 % interval; the rest is of the first")
        console.print(_binding(worst))
        if assessments := assess(result.scenario.objectives, runs):
            console.print(_objectives(assessments))
    console.print(f"written to {folder}/ (pictures in {folder / 'plots'}/)")


def summary(result: Result, runs: Sequence[RunFigures], folder: Path) -> dict[str, Any]:
    """The figures of summary.json, the folder, and of several replications the intervals; what is not known is null."""
    figures = result.summary() | {"output": str(folder)}
    if len(runs) > 1:
        figures["replications"] = {
            mapping: {m: {"mean": i.mean, "half_width_95": i.half_width, "n": i.n} for m, i in of.items()}
            for mapping, of in intervals(runs).items()
        }
    if assessments := assess(result.scenario.objectives, runs):
        figures["objectives"] = [asdict(each) for each in assessments]
    return dict(plain(figures))


def _headline(result: Result, worst: MappingResult) -> Text:
    verdict = worst.verdict
    text = Text(f"{result.scenario.name}: ")
    text.append(verdict.state, style=f"bold {COLOURS[verdict.state]}")
    of = f"{worst.name}: " if len(result.mappings) > 1 else ""
    return text.append(f" ({of}{verdict.reason})")


def _figures(result: Result) -> Figures:
    """Verdict, times and counts of each mapping."""
    return {
        mapping.name: {
            ("verdict", ""): mapping.verdict.state,
            **_times("latency", mapping.measures.latency),
            **_times("iterator age", mapping.measures.age),
            **{(name, ""): count(mapping.measures.counts[name]) for name in COUNTS},
            ("lost", ""): count(mapping.ends.lost),
        }
        for mapping in result.mappings
    }


def _times(group: str, histogram: Histogram) -> dict[Heading, str]:
    percents = {"p50": 50.0, "p99": 99.0, "max": 100.0}
    return {(group, name): seconds(histogram.percentile_s(percent)) for name, percent in percents.items()}


def _interval_figures(runs: Sequence[RunFigures]) -> Figures:
    """Means over the replications with the half-widths of their 95 % intervals."""
    return {
        mapping: {heading: with_error(of[measure], text) for heading, (measure, text) in OVER_REPLICATIONS.items()}
        for mapping, of in intervals(runs).items()
    }


def with_error(value: Interval, text: Callable[[float], str]) -> str:
    """A mean with half of its 95 % interval, if it has one."""
    return f"{text(value.mean)} ± {text(rough(value.half_width))}" if value.half_width > 0 else text(value.mean)


def _objectives(assessments: Sequence[Assessment]) -> Text:
    """Whether all objectives are met; else the first of those that are not."""
    state = worst_state(each.state for each in assessments)
    first = next(told(each) for each in assessments if each.state == state)
    return Text("objectives ").append(state, style=f"bold {OBJECTIVE_COLOURS[state]}").append(f": {first}")


def _binding(worst: MappingResult) -> Text:
    verdict = worst.verdict
    if verdict.binding == "none":
        return Text(f"no limit binds: {verdict.why}")
    return Text(f"what binds {worst.name}: {verdict.binding}; {verdict.why}")
