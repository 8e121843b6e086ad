"""Run a scenario and leave its results in a folder: all of them, or none."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from simulator.files.whole import open_new, write_new
from simulator.kernel.engines import Engine, usual
from simulator.measures.handled import Handled
from simulator.measures.handled import text as handled_text
from simulator.measures.invocations import InvocationsWriter
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.model.facts import Facts
from simulator.model.observer import Observer, Streams
from simulator.report.output import fresh_folder, write_run
from simulator.report.run_files import HANDLED_FILE
from simulator.scenario.spec import Scenario
from simulator.study.figures import Figures, figures, tidy
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import seconds
from simulator.traffic.written import Written

Progress = Callable[[float], None]  # takes the part that is done


@dataclass(frozen=True)
class RunOptions:
    """How to run: None for what the scenario says or what suits it."""

    seed: int | None = None
    replications: int = 1
    interval_s: float | None = None
    invocations: bool = False
    force: bool = False
    command: str = ""
    engine: Engine | None = None
    what_if: bool = False  # the page can simulate with other settings


@dataclass(frozen=True)
class ProgressOf:
    """An observer of one of several runs that says how far all of them have got, by the time of the traffic."""

    progress: Progress
    number: int
    runs: int
    duration_s: float
    wants_attempts: bool = False

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """A window is over."""
        self._tell(end_ns, last)

    def follow(self, attempts: Integers, end_ns: int, last: bool) -> None:
        """All before a time is over (see simulator.model.observer.Follower)."""
        self._tell(end_ns, last)

    def _tell(self, end_ns: int, last: bool) -> None:
        here = 1.0 if last else min(1.0, max(0.0, seconds(end_ns)) / self.duration_s)
        self.progress((self.number + here) / self.runs)


def run_into(scenario: Scenario, target: Path, options: RunOptions, progress: Progress) -> tuple[Result, list[Figures]]:
    """Simulate all replications; the first one's tables and plots go into the folder, and replications.csv for several.

    Raises OutputError when the folder cannot be written, or holds something that is not to be replaced.
    """
    began, engine = time.perf_counter(), options.engine or usual()
    with fresh_folder(target, options.force) as folder, ExitStack() as files:
        first: Result | None = None
        handled = _handled(scenario, options.seed)
        runs: list[Figures] = []
        for number in range(options.replications):
            sinks: list[Observer] = [ProgressOf(progress, number, options.replications, scenario.duration)]
            if options.invocations and not number:
                file = files.enter_context(open_new(folder / "invocations.csv"))
                sinks.append(InvocationsWriter(file, scenario))
            if handled and not number:
                sinks.append(handled)
            result = simulate(scenario, options.seed, number, options.interval_s, tuple(sinks), engine)
            first = first or result
            runs.append(figures(result))
        progress(1.0)
        files.close()
        assert first is not None
        if len(runs) > 1:
            write_new(folder / "replications.csv", tidy(runs).to_csv(index=False, lineterminator="\n"))
        if handled:
            write_new(folder / HANDLED_FILE, handled_text(handled.told()))
        tables = write_run(first, folder, options.command, time.perf_counter() - began, engine, runs)
        from simulator.report.page.build import write_page
        from simulator.report.plots.drawing import draw  # matplotlib takes a second: after the simulation

        draw(tables, folder)
        write_page(folder, options.what_if)
    return first, runs


def _handled(scenario: Scenario, seed: int | None) -> Handled | None:
    """Who follows what functions' own handlers make of the first replication, if there are such."""
    if not any(function.handler for function in scenario.functions.values()):
        return None
    return Handled(scenario, scenario.seed if seed is None else seed, 0)
