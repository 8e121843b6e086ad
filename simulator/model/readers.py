"""All who read the streams of a scenario: mappings and other readers, and what each needs for every shard."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence

from simulator.handlers.caller import Caller
from simulator.model.clock import EXPIRY, SWITCH, Clock, order
from simulator.model.concurrency import pools
from simulator.model.facts import Facts
from simulator.model.function import Function
from simulator.model.left import Left
from simulator.model.mapping import Mapping
from simulator.model.other_reader import OtherPoller, OtherReader
from simulator.model.phase import first_polls_ns
from simulator.model.polling import Poller
from simulator.model.push import Subscription
from simulator.model.read_limits import ReadLimits
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import ns
from simulator.traffic.shards import Shard
from simulator.traffic.stream import Stream
from simulator.traffic.written import Written

Reader = Poller | Subscription


class Readers:
    """The readers of all shards: those of the start begin when their mapping starts, the others by their lineage."""

    def __init__(
        self,
        scenario: Scenario,
        streams: MappingOf[str, Stream],
        clock: Clock,
        facts: Facts,
        left: Left,
        draws: tuple[int, int],
        callers: MappingOf[str, Caller],
    ) -> None:
        """`draws`: seed and replication; `callers`: of functions that have a handler."""
        self._scenario, self._streams, self._clock, self._draws = scenario, streams, clock, draws
        self._latest_ns = ns(scenario.duration) + ns(scenario.drain)
        self._limits: dict[str, list[ReadLimits]] = {name: [] for name in streams}  # by shard
        self._of: dict[str, list[Reader]] = {name: [] for name in streams}
        self._others: dict[str, list[OtherPoller]] = {name: [] for name in streams}
        self._mappings = self._all_mappings(facts, left, callers)
        first = len(self._mappings)
        self._other_readers = [
            OtherReader(clock, number, each, scenario.streams[each.stream].retention, facts, draws)
            for number, each in enumerate(scenario.readers, start=first)
        ]
        self._meet()
        self._start()

    def bring_in(self, written: MappingOf[str, Written], since_ns: int) -> None:
        """Logs have grown since a time, and shards may have opened and closed."""
        self._meet()
        for name, of in written.items():
            for reader in (*self._of[name], *self._others[name]):
                shard, accepted_from = reader.shard, of.accepted_from[reader.shard.number]
                closes = shard.closes_ns is not None and shard.closes_ns >= since_ns
                if accepted_from < shard.log.end or closes:
                    reader.extend(accepted_from)

    def await_any(self, stream: str, written: Written) -> bool:
        """Whether a record that waits at its producer is for a mapping: those skip what comes too early."""
        waiting_ns = written.waiting.accepted_ns
        return any(each.reads_any(waiting_ns) for each in self._mappings if each.spec.stream == stream)

    def expire_in_time(self) -> None:
        """No more records come: what nobody reads ends when the retention takes the last of its shard."""
        for readers in self._of.values():
            for reader in readers:
                accepted_ns = reader.shard.log.kept.accepted_ns
                if len(accepted_ns):
                    at_ns = int(accepted_ns[-1]) + reader.mapping.retention_ns
                    self._clock.call(max(at_ns, self._clock.now), order(EXPIRY), reader.expire)

    def needed(self, stream: str, shards: Sequence[Shard]) -> list[int]:
        """By shard: the place of the first record that some reader has not done with."""
        needed = [shard.log.end for shard in shards]
        for reader in (*self._of[stream], *self._others[stream]):
            number = reader.shard.number
            needed[number] = min(needed[number], reader.needed)
        return needed

    def _all_mappings(self, facts: Facts, left: Left, callers: MappingOf[str, Caller]) -> list[Mapping]:
        scenario, of = self._scenario, pools(self._scenario)
        functions = {
            name: Function(name, function, of[name], self._draws, callers.get(name))
            for name, function in scenario.functions.items()
        }
        return [
            Mapping(
                self._clock, number, each, scenario.streams[each.stream].retention, functions[each.function],
                facts, left, self._draws,
            )
            for number, each in enumerate(scenario.event_source_mappings)
        ]  # fmt: skip

    def _meet(self) -> None:
        """Readers for shards that are new."""
        for name, stream in self._streams.items():
            limits = self._limits[name]
            new = stream.shards[len(limits) :]
            limits += [ReadLimits() for _ in new]
            for mapping in (each for each in self._mappings if each.spec.stream == name):
                readers = [self._reader(mapping, shard, limits[shard.number]) for shard in new]
                mapping.lineage.add(readers)
                self._of[name] += readers
            for other in (each for each in self._other_readers if each.spec.stream == name):
                pollers = [OtherPoller(other, shard, limits[shard.number]) for shard in new]
                other.lineage.add(pollers)
                self._others[name] += pollers

    def _reader(self, mapping: Mapping, shard: Shard, limits: ReadLimits) -> Reader:
        if mapping.spec.consumer == "push":
            return Subscription(mapping, shard, self._latest_ns)
        return Poller(mapping, shard, limits, self._latest_ns)

    def _start(self) -> None:
        """The shards of the start are read when a mapping starts; what has closed by then perhaps is not."""
        all_: list[Mapping | OtherReader] = [*self._mappings, *self._other_readers]
        for each in all_:
            starts_after, shards = each.spec.starts_after, len(self._streams[each.spec.stream].shards)
            polling = each.spec if isinstance(each, OtherReader) else each.spec.polling
            if isinstance(each, Mapping) and each.spec.consumer == "push":
                each.lineage.start([ns(starts_after)] * shards)
            else:
                each.lineage.start(first_polls_ns(polling, starts_after, each.key("phase"), shards))
            if self._scenario.streams[each.spec.stream].changes:
                self._clock.call(max(self._clock.now, ns(starts_after)), order(SWITCH, each.number), each.begin)
