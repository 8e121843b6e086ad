"""What `run` says on the terminal: progress on stderr, a verdict and a short table on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.measures.histogram import Histogram
from simulator.measures.result import MappingResult, Result
from simulator.report.numbers import count, seconds
from simulator.study.replications import Interval, Replication, intervals

PATIENCE_S: Final = 1.0  # a run that is over by then needs no progress bar
MOST_MAPPINGS: Final = 8
WIDTH: Final = 130  # where the output is no terminal
COLOURS: Final = {"stable": "green", "backlogged": "yellow", "overloaded": "red"}
COUNTS: Final = ("attempts", "errors", "throttles")


@contextmanager
def progress(title: str, shown: bool) -> Iterator[Callable[[float], None]]:
    """A function that takes the part that is done; a bar with the time left, on a terminal only."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.progress import Progress

    began = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0, visible=False)
        yield lambda done: bar.update(task, completed=done, visible=time.monotonic() - began > PATIENCE_S)


def tell(result: Result, runs: Sequence[Replication], folder: Path, as_json: bool) -> None:
    """Say how a run, or its replications, went."""
    if as_json:
        print(json.dumps(_as_json(result, runs, folder), indent=2))
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    worst = max(result.mappings, key=lambda m: list(COLOURS).index(m.verdict.state), default=None)
    if worst is None:
        console.print(f"{result.scenario.name}: no event source mapping reads its streams")
    else:
        console.print(_headline(result, worst))
        console.print(_table(result) if len(runs) == 1 else _interval_table(runs))
        console.print(_binding(worst))
    console.print(f"written to {folder}/ (pictures in {folder / 'plots'}/)", soft_wrap=True)


def _as_json(result: Result, runs: Sequence[Replication], folder: Path) -> dict[str, object]:
    summary = result.summary() | {"output": str(folder)}
    if len(runs) > 1:
        summary["replications"] = {
            mapping: {m: {"mean": i.mean, "half_width_95": i.half_width, "n": i.n} for m, i in of.items()}
            for mapping, of in intervals(runs).items()
        }
    return summary


def _headline(result: Result, worst: MappingResult) -> Text:
    verdict = worst.verdict
    text = Text(f"{result.scenario.name}: ", overflow="fold")
    text.append(verdict.state, style=f"bold {COLOURS[verdict.state]}")
    same = all(m.verdict.state == verdict.state for m in result.mappings)
    text.append(
        f" ({worst.name}: {verdict.reason})" if not same or len(result.mappings) > 1 else f" ({verdict.reason})"
    )
    return text


def _table(result: Result) -> Table:
    table = _grid("verdict", "latency p50", "p99", "max", "iterator age p50", "p99", "max", *COUNTS, "lost")
    for mapping in result.mappings[:MOST_MAPPINGS]:
        mine = mapping.measures
        counts = [count(mine.counts[name]) for name in COUNTS]
        table.add_row(
            mapping.name,
            mapping.verdict.state,
            *_times(mine.latency),
            *_times(mine.age),
            *counts,
            count(mapping.ends.lost),
        )
    if len(result.mappings) > MOST_MAPPINGS:
        table.add_row(f"… and {len(result.mappings) - MOST_MAPPINGS} more in summary.json")
    return table


def _grid(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("mapping", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading != "verdict" else "left", no_wrap=True)
    return table


def _times(histogram: Histogram) -> list[str]:
    return [seconds(histogram.percentile_s(p)) for p in (50.0, 99.0, 100.0)]


def _interval_table(runs: Sequence[Replication]) -> Table:
    """Means over the replications with the half-widths of their 95 % intervals."""
    table = _grid("latency p50", "p99", "iterator age p99", "max", "attempts", "lost")
    for mapping, of in list(intervals(runs).items())[:MOST_MAPPINGS]:
        times = ("latency_p50_s", "latency_p99_s", "iterator_age_p99_s", "iterator_age_max_s")
        table.add_row(
            mapping, *(_with_error(of[name], seconds) for name in times),
            *(_with_error(of[name], count) for name in ("attempts", "records_lost")),
        )  # fmt: skip
    table.caption = f"means of {len(runs)} replications ± half of the 95 % interval; the rest is of the first"
    return table


def _with_error(value: Interval, text: Callable[[float], str]) -> str:
    return f"{text(value.mean)} ± {text(value.half_width)}" if value.n > 1 else text(value.mean)


def _binding(worst: MappingResult) -> Text:
    verdict = worst.verdict
    if verdict.binding == "none":
        return Text(f"no limit binds: {verdict.why}")
    return Text(f"what binds {worst.name}: {verdict.binding}; {verdict.why}")
