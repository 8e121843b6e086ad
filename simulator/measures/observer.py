"""Measuring a run: what the facts of its windows mean for each stream, mapping and function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.measures.concurrency import ConcurrencyMeasures, Span, in_use, missed
from simulator.measures.conservation import Ends
from simulator.measures.episodes import Episode
from simulator.measures.grid import Stretch
from simulator.measures.mapping import MappingMeasures
from simulator.measures.mapping_observer import MappingObserver
from simulator.measures.other_readers import OtherReaderMeasures
from simulator.measures.reads import calls_wanted
from simulator.measures.run_times import RunTimes
from simulator.measures.stream import StreamMeasures
from simulator.model.concurrency import drawn_from
from simulator.model.facts import Facts
from simulator.model.observer import Observer, Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NS, ns
from simulator.traffic.written import Written


@dataclass(frozen=True)
class Measured:
    """All measures of a run. Data alone, that can be sent to another process."""

    interval_ns: int  # of the time series
    streams: dict[str, StreamMeasures]
    functions: dict[str, ConcurrencyMeasures]
    most_wanted: dict[str, int]  # by function: of the units that it takes from, the most in use or missed at once
    mappings: list[MappingMeasures]
    readers: list[OtherReaderMeasures]

    @property
    def interval_s(self) -> float:
        """The interval of the time series."""
        return self.interval_ns / NS


@dataclass(frozen=True)
class Outcome:
    """What a run came to: its measures, and of each mapping how records ended and when it was behind."""

    measured: Measured
    ends: list[Ends]
    episodes: list[list[Episode]]


class Measures:
    """Measures one run; an Observer of the model."""

    def __init__(self, scenario: Scenario, run: RunTimes) -> None:
        self._scenario, self._run = scenario, run
        self.streams = {name: StreamMeasures(run.begin_ns, run.duration_ns) for name in scenario.streams}
        self.functions = {name: ConcurrencyMeasures() for name in scenario.functions}
        self._drawn_from = drawn_from(scenario)
        self._wanted = {pool: ConcurrencyMeasures() for pool in self._drawn_from.values()}
        self.mappings = [MappingObserver(scenario, mapping, run) for mapping in scenario.event_source_mappings]
        self.readers = [
            OtherReaderMeasures(ns(each.starts_after), ns(scenario.streams[each.stream].retention), run.interval_ns)
            for each in scenario.readers
        ]

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        stretch = Stretch(begin_ns, end_ns, last, self._run.interval_ns)
        accepted = {
            name: measures.observe(stretch, streams[name], written[name]) for name, measures in self.streams.items()
        }
        of = by_reader(facts, len(self.mappings) + len(self.readers))
        of_mappings, of_readers = of[: len(self.mappings)], of[len(self.mappings) :]
        specs = self._scenario.event_source_mappings
        for reader, measures, mine in zip(self._scenario.readers, self.readers, of_readers, strict=True):
            measures.observe(stretch, streams[reader.stream], mine)
        for observer, spec, mine in zip(self.mappings, specs, of_mappings, strict=True):
            name = spec.stream
            observer.observe(stretch, streams[name], written[name], accepted[name], mine)
        self._observe_calls(of)
        self._observe_concurrency(stretch, of_mappings)

    def _observe_calls(self, of: Sequence[Facts]) -> None:
        """Take who polled which stream."""
        read = [each.stream for each in self._scenario.event_source_mappings]
        read += [each.stream for each in self._scenario.readers]
        for name, measures in self.streams.items():
            mine = [facts for stream, facts in zip(read, of, strict=True) if stream == name]
            measures.observe_calls(*calls_wanted(mine))

    def _observe_concurrency(self, stretch: Stretch, of: Sequence[Facts]) -> None:
        """Take who held units, or missed one."""
        used: dict[str, list[Span]] = {name: [] for name in self.functions}
        wanted: dict[str, list[Span]] = {pool: [] for pool in self._wanted}
        for spec, mine in zip(self._scenario.event_source_mappings, of, strict=True):
            held = in_use(mine.attempts)
            used[spec.function] += held
            wanted[self._drawn_from[spec.function]] += [*held, *missed(mine.throttles, ns(spec.invoke_overhead))]
        for name, function in self.functions.items():
            function.observe(stretch, used[name])
        for pool, units in self._wanted.items():
            units.observe(stretch, wanted[pool])

    def measured(self) -> Measured:
        """What is left when the run has ended."""
        mappings = [observer.measures for observer in self.mappings]
        most_wanted = {name: self._wanted[pool].peak for name, pool in self._drawn_from.items()}
        return Measured(self._run.interval_ns, self.streams, self.functions, most_wanted, mappings, self.readers)

    def outcome(self, end_ns: int) -> Outcome:
        """The same, with what can only be said at the end; raises when the program's own checks fail."""
        streams = [self.streams[spec.stream] for spec in self._scenario.event_source_mappings]
        of = list(zip(self.mappings, streams, strict=True))
        ends = [observer.ends(stream) for observer, stream in of]
        return Outcome(self.measured(), ends, [observer.episodes(end_ns, stream) for observer, stream in of])


@dataclass(frozen=True)
class Several:
    """Observers that take each window one after the other."""

    observers: Sequence[Observer]

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window."""
        for observer in self.observers:
            observer.observe(begin_ns, end_ns, streams, written, facts, last)


def by_reader(facts: Facts, readers: int) -> list[Facts]:
    """The facts of each mapping, and of each other reader: those come after the mappings."""
    of = [Facts() for _ in range(readers)]
    for name, stated in vars(facts).items():
        for fact in stated:
            getattr(of[fact.mapping], name).append(fact)
    return of
