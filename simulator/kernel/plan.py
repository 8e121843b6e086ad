"""The plan of a run: all that the kernel takes, as words of eight bytes, in the order in which plan.c reads them.

Whole numbers are signed, keys of draws are 64 bits, numbers are floats; shorter things are packed and padded to words.
Whatever needs a hash, a logarithm or a library is worked out here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.model.concurrency import Pool, pools
from simulator.model.mapping import starting_position
from simulator.model.phase import first_polls_ns
from simulator.model.switch import disabled_periods
from simulator.scenario import spec
from simulator.scenario.expectations import largest
from simulator.scenario.memory import work
from simulator.scenario.spec import Backoff, Distribution, Outage, Poison, Random, Scenario, Slow
from simulator.traffic.draws import key
from simulator.traffic.filters import key_passes
from simulator.traffic.nanoseconds import NEVER, ns
from simulator.traffic.partition_keys import alias_table, key_hash, shard_and_lane
from simulator.traffic.quantiles import Among, Between, Floats, Same, Tabulated, quantile, unit_exponential
from simulator.traffic.rates import Periodic, Pieces, Steady, Wave, profile
from simulator.traffic.scaling import MINUTE_NS
from simulator.traffic.write_limits import HARMLESS_BYTES

MAGIC: Final = 0x31306472616873  # "shard01"
UNIQUE, ROUND_ROBIN, UNIFORM, WEIGHTED = range(4)
REQUESTS, ON_DEMAND = 1, 2
SHARD_COUNT, A_SPLIT, A_MERGE = range(3)
METRICS: Final = ("use", "records", "bytes")
Item = TypeVar("Item")


class Words:
    """Words, one after the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.n = 0

    def whole(self, *values: int) -> None:
        """Whole numbers, or keys."""
        self._add(struct.pack(f"<{len(values)}q", *(v if v < 1 << 63 else v - (1 << 64) for v in values)))

    def number(self, *values: float) -> None:
        """Floats."""
        self._add(struct.pack(f"<{len(values)}d", *values))

    def array(self, values: Iterable[Any] | NDArray[Any], dtype: str) -> None:
        """An array, padded to a word; it is not counted."""
        content = np.asarray(values, dtype).tobytes()
        self._add(content + bytes(-len(content) % 8))

    def counted(self, values: Any, dtype: str = "<f8") -> None:
        """Its length, then an array of words."""
        self.whole(len(values))
        self.array(values, dtype)

    def content(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)

    def _add(self, content: bytes) -> None:
        self._parts.append(content)
        self.n += len(content) // 8


@dataclass(frozen=True)
class Measuring:
    """What the kernel needs to know to measure a run. Times in nanoseconds."""

    interval_ns: int  # of the rows of the time series
    usual_interval_ns: int  # of the rows that do not depend on the interval asked for
    warmup_ns: int  # when the warm-up ends
    load_interval_ns: int  # of the rows of the load by shard
    behind_ns: tuple[int, ...]  # by mapping: with a greater lag it is behind


def plan(scenario: Scenario, seed: int, replication: int, measuring: Measuring | None = None) -> bytes:
    """The plan of one run of a scenario; `measuring`: its measures are wanted, not its facts."""
    return _Plan(scenario, seed, replication, measuring).content()


def factors(scenario: Scenario, stream: str) -> list[int]:
    """The parallelization factors above 1 of those who read a stream."""
    return sorted({m.parallelization_factor for m in scenario.event_source_mappings if m.stream == stream} - {1})


def poisoned(scenario: Scenario, stream: str) -> list[str]:
    """The functions that records of a stream may poison."""
    of = sorted({m.function for m in scenario.event_source_mappings if m.stream == stream})
    return [f for f in of if any(isinstance(each, Poison) for each in scenario.functions[f].failures)]


def filtered(scenario: Scenario, stream: str) -> list[spec.EventSourceMapping]:
    """The mappings that read a stream and have a filter."""
    return [m for m in scenario.event_source_mappings if m.stream == stream and m.filter]


class _Plan:
    def __init__(self, scenario: Scenario, seed: int, replication: int, measuring: Measuring | None) -> None:
        self.measuring = measuring
        self.scenario, self.draws, self.words = scenario, (seed, replication), Words()
        self.streams = list(scenario.streams)
        self.functions = list(scenario.functions)
        self.tables: dict[bytes, int] = {}
        self.factors = {stream: factors(scenario, stream) for stream in self.streams}
        self.poisoned = {stream: poisoned(scenario, stream) for stream in self.streams}

    def content(self) -> bytes:
        words, scenario = self.words, self.scenario
        begin_ns = min([0, *(ns(p.start) for p in scenario.producers)])
        words.whole(MAGIC, begin_ns, ns(scenario.duration), ns(scenario.duration) + ns(scenario.drain))
        words.whole(self.measuring is not None)
        if self.measuring is not None:
            words.whole(*astuple(self.measuring)[:-1])
        words.counted(unit_exponential().nodes)
        self._each(self.streams, self._stream)
        self._each(scenario.producers, self._producer)
        self._each(self._pools(), lambda pool: words.whole(pool.units, pool.rate.ticks_a_ns))
        self._each(self.functions, self._function)
        self._each(scenario.event_source_mappings, self._mapping)
        self._each(scenario.readers, self._other_reader)
        return words.content()

    def _each(self, items: Sequence[Item], write: Callable[[Item], None]) -> None:
        """How many there are, then each."""
        self.words.whole(len(items))
        for item in items:
            write(item)

    def _kinds(self, stream: str) -> list[tuple[int, int, Poison]]:
        """The kinds of poison by probability: the function's number, the kind's among the function's, itself."""
        found = []
        for number, function in enumerate(self.poisoned[stream]):
            poison = [f for f in self.scenario.functions[function].failures if isinstance(f, Poison)]
            random = [p for p in poison if p.probability > 0]
            found += [(number, i, p) for i, p in enumerate(random)]
        return found

    def _stream(self, name: str) -> None:
        words, stream = self.words, self.scenario.streams[name]
        producers = [p for p in self.scenario.producers if p.stream == name]
        words.whole(stream.shards, ns(stream.retention))
        words.whole(any(largest(p.record_size) > HARMLESS_BYTES for p in producers))
        words.counted(self.factors[name], "<i8")
        words.whole(len(self.poisoned[name]), len(self._kinds(name)))
        for number, _, kind in self._kinds(name):
            words.whole(number)
            words.number(kind.probability, kind.fails_after)
        filters = [m.filter for m in filtered(self.scenario, name)]
        words.whole(len(filters))
        words.number(*(f.passes for f in filters if f))
        times = [
            (ns(at), number, p.fails_after)
            for number, function in enumerate(self.poisoned[name])
            for p in self.scenario.functions[function].failures
            if isinstance(p, Poison)
            for at in p.at
        ]
        words.whole(len(times))
        for at_ns, number, fails_after in sorted(times):
            words.whole(at_ns, number)
            words.number(fails_after)
        self._changes(stream, partial(key, *self.draws, "stream", name))

    def _changes(self, stream: spec.Stream, of: Callable[[str], int]) -> None:
        """What changes the shards of a stream, if anything does; `of`: the key of draws for a purpose."""
        words = self.words
        if stream.mode == "on_demand":
            words.whole(ON_DEMAND)
            words.number(stream.on_demand.split_above * 60)
            words.whole(stream.on_demand.maximum)
            self._lasting(stream.on_demand.delay, of("on-demand delay"))
            return
        words.whole(REQUESTS if stream.changes else 0)
        if stream.changes:
            self._each(stream.resharding, self._request)
            self._lasting(stream.resharding_time.begin, of("resharding begin"))
            self._lasting(stream.resharding_time.each, of("resharding each"))
            self._rule(stream.scaling)

    def _request(self, request: spec.Resharding) -> None:
        part, whole = request.point.as_integer_ratio()
        wants = SHARD_COUNT if request.shards is not None else A_MERGE if request.merge else A_SPLIT
        first, other = request.merge or (request.shards if request.shards is not None else request.split or 0, 0)
        self.words.whole(ns(request.at), wants, first, other, part, whole.bit_length() - 1)

    def _lasting(self, time: Distribution, of: int) -> None:
        """How long something takes: always the same, or drawn."""
        taken = quantile(time)
        self.words.whole(of, ns(taken.value) if isinstance(taken, Same) else -1)
        if not isinstance(taken, Same):
            self._write_quantile(taken)

    def _rule(self, scaling: spec.Scaling | None) -> None:
        words = self.words
        words.whole(scaling is not None)
        if scaling is None:
            return
        words.whole(METRICS.index(scaling.metric), scaling.minimum, scaling.maximum, ns(scaling.delay))
        self._direction(scaling.up, scaling.up.above if scaling.up else 0.0, scaling.up.add if scaling.up else 0)
        down = scaling.down
        self._direction(down, down.below if down else 0.0, down.subtract if down else 0)

    def _direction(self, direction: spec.ScaleUp | spec.ScaleDown | None, bound: float, by: int) -> None:
        words = self.words
        words.whole(direction is not None)
        if direction is not None:
            words.number(bound, direction.part)
            minutes = ns(direction.period) // MINUTE_NS
            words.whole(minutes, direction.points, direction.of, by, ns(direction.cooldown))

    def _producer(self, producer: spec.Producer) -> None:
        def of(purpose: str) -> int:
            return key(*self.draws, "producer", producer.name, purpose)

        words, stream = self.words, self.scenario.streams[producer.stream]
        words.whole(self.streams.index(producer.stream), producer.on_throttle == "drop")
        rate = self._profile(producer.rate)
        words.number(rate.integral(producer.start) if rate else 0.0)
        words.whole(ns(producer.stop), producer.arrivals == "poisson", of("arrivals"))
        self._keys(producer, of("keys"))
        self._size(producer.record_size)
        words.whole(of("sizes"), stream.max_record_size)
        for number, i, _ in self._kinds(producer.stream):
            function = self.poisoned[producer.stream][number]
            words.whole(key(*self.draws, "poison", function, producer.stream, producer.name, i))
        self._filters(producer)

    def _filters(self, producer: spec.Producer) -> None:
        """The keys of the draws of filters, and which keys pass where those decide."""
        words, mappings = self.words, filtered(self.scenario, producer.stream)
        words.whole(*(key(*self.draws, "filter", m.name, producer.name) for m in mappings))
        names = self._names(producer) if mappings else None
        for mapping in mappings:
            assert mapping.filter
            by_key = mapping.filter.by == "key" and names is not None
            words.whole(by_key)
            if by_key and names is not None:
                words.array([key_passes(name, mapping.filter.passes) for name in names], "u1")

    def _size(self, size: Distribution) -> None:
        of = quantile(size)
        whole = Same(float(max(1, int(np.floor(of.value + 0.5))))) if isinstance(of, Same) else of
        self._write_quantile(whole)

    def _profile(self, rate: spec.Rate) -> Any:
        words, of = self.words, profile(rate)
        match of:
            case None:
                words.whole(0)
            case Steady(rate=value):
                words.whole(1)
                words.number(value)
            case Pieces():
                words.whole(2)
                self._pieces(of)
            case Periodic(period_s=period, one=one, a_period=a_period):
                words.whole(3)
                words.number(period, a_period)
                self._pieces(one)
            case Wave():
                words.whole(4)
                words.number(of.period_s, of.a_period, of.peak_at_s, of.cell_s)
                words.counted(of.begins_s)
                words.array(of.upto, "<f8")
                words.array(of.terms.ravel(), "<f8")
        return of

    def _pieces(self, pieces: Pieces) -> None:
        begins_s, ends_s, rate, upto = pieces.producing
        self.words.number(pieces.total)
        self.words.counted(begins_s)
        for column in (ends_s, rate, upto):
            self.words.array(column, "<f8")

    def _keys(self, producer: spec.Producer, of: int) -> None:
        words, keys, shards = self.words, producer.partition_keys, self.scenario.streams[producer.stream].shards
        if isinstance(keys, spec.UniqueKeys):
            words.whole(UNIQUE, of)
            return
        names, weight = self._names(producer) or [], None
        if isinstance(keys, spec.WeightedKeys):
            weight = keys.weight
        elif isinstance(keys.popularity, spec.Zipf) and keys.order != "round_robin":
            weight = np.arange(1, keys.count + 1, dtype=np.float64) ** -keys.popularity.zipf
        kind = WEIGHTED if weight is not None else UNIFORM
        if isinstance(keys, spec.CountedKeys) and keys.order == "round_robin":
            kind = ROUND_ROBIN
        words.whole(kind, of, len(names))
        if weight is not None:
            keep, alias = alias_table(weight)
            words.array(np.minimum(keep * 2.0**32, 2.0**32 - 1).astype(np.uint32), "<u4")
            words.array(alias, "<u4")
        hashes = [key_hash(name) for name in names]
        words.array([shard_and_lane(h, shards, 1)[0] for h in hashes], "<u4")
        for factor in self.factors[producer.stream]:
            words.array([shard_and_lane(h, shards, factor)[1] for h in hashes], "u1")
        if self.scenario.streams[producer.stream].changes:
            order = sorted(range(len(hashes)), key=hashes.__getitem__)
            words.array([half for i in order for half in divmod(hashes[i], 1 << 64)], "<u8")
            words.array(order, "<u4")

    def _names(self, producer: spec.Producer) -> list[str] | None:
        """By the number of a key; None: every record has a key of its own."""
        match producer.partition_keys:
            case spec.UniqueKeys():
                return None
            case spec.WeightedKeys(keys=names):
                return list(names)
            case spec.CountedKeys(count=count):
                return [f"{producer.name}-{i}" for i in range(count)]

    def _write_quantile(self, of: Any) -> None:
        words = self.words
        match of:
            case Same(value=value):
                words.whole(0)
                words.number(value)
            case Between(low=low, high=high):
                words.whole(1)
                words.number(low, high)
            case Among(values=values):
                words.whole(2)
                words.counted(values)
            case Tabulated(nodes=nodes):
                words.whole(3)
                self._table(nodes)

    def _table(self, nodes: Floats) -> None:
        """A table, or in which word its like begins: tables are large, and many things may share one."""
        content = nodes.tobytes()
        self.words.whole(self.tables.get(content, 0))
        if content not in self.tables:
            self.tables[content] = self.words.n
            self.words.array(nodes, "<f8")

    def _pools(self) -> list[Pool]:
        """The pools of concurrency; functions name theirs by its place in this list."""
        of = pools(self.scenario)
        distinct = list({id(of[name]): of[name] for name in self.functions}.values())
        self.pool_of = {name: next(i for i, p in enumerate(distinct) if p is of[name]) for name in self.functions}
        return distinct

    def _function(self, name: str) -> None:
        words, function = self.words, self.scenario.functions[name]
        words.whole(self.pool_of[name], function.provisioned_concurrency)
        words.whole(ns(function.idle_timeout), ns(function.timeout))
        takes = work(function)
        for each in (takes.per_batch, takes.per_record, takes.per_mib, function.cold_start):
            self._write_quantile(quantile(each))
        failures = [f for f in function.failures if not isinstance(f, Poison)]
        words.whole(len(failures))
        for failure in failures:
            self._failure(failure)

    def _failure(self, failure: Random | Outage | Slow) -> None:
        words = self.words
        kind = {Random: 0, Outage: 1, Slow: 2}[type(failure)]
        begin, end = (0, NEVER) if isinstance(failure, Random) else (ns(failure.from_), ns(failure.to))
        words.whole(kind, begin, end)
        if isinstance(failure, Slow):
            words.number(0.0, 1.0, failure.factor)
        else:
            words.number(failure.probability, failure.fails_after, 1.0)

    def _mapping(self, mapping: spec.EventSourceMapping) -> None:
        def of(purpose: str) -> int:
            return key(*self.draws, "mapping", mapping.name, purpose)

        words, polling, stream = self.words, mapping.polling, mapping.stream
        factor, factors, poisoned = mapping.parallelization_factor, self.factors[stream], self.poisoned[stream]
        words.whole(self.streams.index(stream), self.functions.index(mapping.function), mapping.consumer == "push")
        words.whole(factor, factors.index(factor) if factor in factors else -1)
        words.whole(poisoned.index(mapping.function) if mapping.function in poisoned else -1)
        filters = [m.name for m in filtered(self.scenario, stream)]
        words.whole(filters.index(mapping.name) if mapping.filter else -1, mapping.batch_size)
        words.whole(ns(mapping.maximum_batching_window), ns(mapping.invoke_overhead), mapping.maximum_retry_attempts)
        words.whole(ns(mapping.maximum_record_age) if mapping.maximum_record_age > 0 else NEVER)
        words.whole(mapping.bisect_batch_on_function_error, mapping.report_batch_item_failures)
        words.whole(mapping.on_failure_destination, *starting_position(mapping), ns(mapping.starts_after))
        words.whole(ns(mapping.shard_discovery))
        self._switch(mapping.disabled)
        self._polls(polling, stream, mapping.starts_after, of)
        words.whole(ns(polling.latency))
        words.number(polling.missed)
        words.whole(polling.repoll == "full_batch", of("missed polls"))
        words.whole(ns(mapping.push.propagation))
        if self.measuring is not None:
            words.whole(self.measuring.behind_ns[self.scenario.event_source_mappings.index(mapping)])
        self._backoff(mapping.retry_backoff, of("retry jitter"))
        self._backoff(mapping.throttle_backoff, of("throttle jitter"))
        self._draws_of(mapping)

    def _other_reader(self, reader: spec.Reader) -> None:
        self.words.whole(self.streams.index(reader.stream), ns(reader.starts_after))
        self._switch(reader.disabled)
        of = partial(key, *self.draws, "reader", reader.name)
        self._polls(reader, reader.stream, reader.starts_after, of)

    def _switch(self, disabled: Sequence[spec.Period]) -> None:
        periods = disabled_periods(disabled)
        self.words.whole(len(periods), *(time for period in periods for time in period))

    def _polls(
        self, polling: spec.Polling | spec.Reader, stream: str, starts_after: float, of: Callable[[str], int]
    ) -> None:
        """How the shards of a stream are polled; `of`: the key of draws for a purpose."""
        words, shards = self.words, self.scenario.streams[stream].shards
        words.whole(ns(polling.interval), polling.get_records_limit)
        words.number(polling.jitter)
        words.whole(of("poll jitter"), *first_polls_ns(polling, starts_after, of("phase"), shards))

    def _backoff(self, backoff: Backoff, of: int) -> None:
        self.words.number(backoff.initial, backoff.factor, backoff.maximum, backoff.jitter)
        self.words.whole(of)

    def _draws_of(self, mapping: spec.EventSourceMapping) -> None:
        """The keys of the draws for attempts: as simulator.model.function has them."""
        failures = self.scenario.functions[mapping.function].failures
        kinds = [f"failure {i}" for i, f in enumerate(failures) if not isinstance(f, Poison)]
        for purpose in ("per batch", "per record", "per MiB", "cold start", *kinds):
            self.words.whole(key(*self.draws, "function", mapping.function, mapping.stream, purpose))
