"""Measuring a run: what the windows of a simulation leave, for each stream, mapping and function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.measures.attempts import Attempts
from simulator.measures.concurrency import ConcurrencyMeasures
from simulator.measures.grid import MOST_ROWS, nice_interval_s
from simulator.measures.mapping import MappingMeasures
from simulator.measures.stream import StreamMeasures
from simulator.model.simulation import Simulation, Window
from simulator.scenario.spec import Scenario

Sink = Callable[[Simulation, list[Attempts]], None]  # takes each window's finished attempts, by mapping


class Measures:
    """All measures of one run; an Observer of the simulation."""

    def __init__(self, scenario: Scenario, interval_s: float | None = None, sinks: tuple[Sink, ...] = ()) -> None:
        self.scenario, self._sinks = scenario, sinks
        self.interval_s = interval_s or nice_interval_s(scenario.duration)
        self.streams = {name: StreamMeasures(stream.shards) for name, stream in scenario.streams.items()}
        self.functions = {name: ConcurrencyMeasures() for name in scenario.functions}
        self.mappings: list[MappingMeasures] = []
        self._running: list[int] = []  # by mapping: attempts that had not finished when the window began

    def observe(self, simulation: Simulation, window: Window, measured_until_s: float) -> None:
        """Take a window that is over (see simulator.model.simulation.Observer)."""
        if not self.mappings:
            self.mappings = [MappingMeasures(m) for m in simulation.mappings]
            self._running = [0] * len(self.mappings)
        while window.end_s / self.interval_s > MOST_ROWS:
            self._halve()
        for name, arrivals in window.arrivals.items():
            self.streams[name].arrived(arrivals, window.end_s, self.interval_s)
        finished, started = [], []
        for i in range(len(self.mappings)):
            over, begun = self._mapping(i, simulation, window, measured_until_s)
            finished.append(over)
            started.append(begun)
        if window.end_s > 0:
            self._concurrency(started, finished, window)
        for sink in self._sinks:
            sink(simulation, finished)

    def _mapping(self, i: int, simulation: Simulation, window: Window, until_s: float) -> tuple[Attempts, Attempts]:
        """Measure a mapping; the attempts that finished in the window, and those that started in it."""
        measures, mapping = self.mappings[i], simulation.mappings[i]
        if window.arrivals:
            table = window.arrivals[mapping.spec.stream].tables[mapping.lanes_a_shard]
            measures.records_accepted(table, window.begin_s, window.end_s)
        attempts = Attempts.of(mapping.attempts)
        over = attempts.finished_s < until_s
        finished, running = attempts.where(over), attempts.where(~over)
        started = attempts.where(np.s_[self._running[i] :])
        mapping.attempts = running.rows()
        self._running[i] = len(running)
        measures.attempts_finished(finished, self.interval_s)
        measures.throttled(self.interval_s)
        measures.lose(self.interval_s)
        return finished, started

    def _concurrency(self, started: list[Attempts], finished: list[Attempts], window: Window) -> None:
        """Functions may be invoked by several mappings."""
        for name, concurrency in self.functions.items():
            mine = [i for i, m in enumerate(self.mappings) if m.mapping.function.name == name]
            if mine:
                begun = np.concatenate([started[i].started_s for i in mine])
                ended = np.concatenate([finished[i].finished_s for i in mine])
                concurrency.observe(begun, ended, window.begin_s, window.end_s, self.interval_s)

    def _halve(self) -> None:
        self.interval_s *= 2
        for stream in self.streams.values():
            stream.halve()
        of_mappings = [series for measures in self.mappings for series in measures.series()]
        of_functions = [series for measures in self.functions.values() for series in measures.series()]
        for series in (*of_mappings, *of_functions):
            series.halve()
