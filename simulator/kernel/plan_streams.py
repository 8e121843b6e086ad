"""The writing end of a plan: streams, what changes their shards, and producers, as plan_streams.c reads them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from simulator.kernel.words import Words
from simulator.scenario import spec
from simulator.scenario.expectations import largest
from simulator.scenario.hash_ranges import HashRange
from simulator.scenario.spec import Distribution, Poison, Scenario
from simulator.traffic.draws import key
from simulator.traffic.filters import key_passes
from simulator.traffic.nanoseconds import ns
from simulator.traffic.partition_keys import alias_table, key_hash
from simulator.traffic.quantiles import Same, quantile
from simulator.traffic.scaling import MINUTE_NS
from simulator.traffic.write_limits import HARMLESS_BYTES

UNIQUE, ROUND_ROBIN, UNIFORM, WEIGHTED = range(4)
REQUESTS, ON_DEMAND = 1, 2
SHARD_COUNT, A_SPLIT, A_MERGE = range(3)
METRICS: Final = ("use", "records", "bytes")


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


def wanted(request: spec.Resharding) -> tuple[int, int, int, int, int]:
    """What a request wants: its kind, so many shards or the number of one, of another, and the part of a split."""
    part, whole = request.point.as_integer_ratio()
    bits = whole.bit_length() - 1
    if request.shards is not None:
        return SHARD_COUNT, request.shards, 0, part, bits
    if request.merge:
        return A_MERGE, request.merge[0], request.merge[1], part, bits
    return A_SPLIT, request.split or 0, 0, part, bits


def _shards_of(hashes: Sequence[int], ranges: Sequence[HashRange]) -> list[int]:
    """The shard that owns each hash."""
    firsts = [first for first, _ in ranges]
    return [bisect_right(firsts, each) - 1 for each in hashes]


def _lane(hash_: int, range_: HashRange, lanes: int) -> int:
    first, last = range_
    return (hash_ - first) * lanes // (last - first + 1)


class WritingEnd:
    """Writes the streams of a scenario and its producers into words; `draws`: the seed and the replication."""

    def __init__(self, scenario: Scenario, draws: tuple[int, int], words: Words) -> None:
        self._scenario, self._draws, self._words = scenario, draws, words
        self._streams = list(scenario.streams)
        self._poisoned = {stream: poisoned(scenario, stream) for stream in self._streams}

    def stream(self, name: str) -> None:
        """One stream."""
        words, stream = self._words, self._scenario.streams[name]
        producers = [p for p in self._scenario.producers if p.stream == name]
        words.whole(stream.shards, ns(stream.retention))
        self._ranges(stream)
        words.whole(any(largest(p.record_size) > HARMLESS_BYTES for p in producers))
        words.counted(factors(self._scenario, name), "<i8")
        self.rest_of_stream(name)
        self._changes(stream, self.drawn_by(name))

    def drawn_by(self, stream: str) -> Callable[[str], int]:
        """The key of what is drawn for a stream, by its purpose."""
        return partial(key, *self._draws, "stream", stream)

    def rest_of_stream(self, name: str) -> None:
        """What is poison in a stream, and what is filtered of it."""
        words = self._words
        words.whole(len(self._poisoned[name]), len(self._kinds(name)))
        for number, _, kind in self._kinds(name):
            words.whole(number)
            words.number(kind.probability, kind.fails_after)
        filters = [m.filter for m in filtered(self._scenario, name)]
        words.whole(len(filters))
        words.number(*(f.passes for f in filters if f))
        times = [
            (ns(at), number, p.fails_after)
            for number, function in enumerate(self._poisoned[name])
            for p in self._scenario.functions[function].failures
            if isinstance(p, Poison)
            for at in p.at
        ]
        words.whole(len(times))
        for at_ns, number, fails_after in sorted(times):
            words.whole(at_ns, number)
            words.number(fails_after)

    def producer(self, producer: spec.Producer) -> None:
        """One producer."""

        def of(purpose: str) -> int:
            return key(*self._draws, "producer", producer.name, purpose)

        words = self._words
        words.whole(self._streams.index(producer.stream), producer.on_throttle == "drop")
        rate = words.profile(producer.rate)
        words.number(rate.integral(producer.start) if rate else 0.0)
        words.whole(ns(producer.stop), producer.arrivals == "poisson", of("arrivals"))
        self._keys(producer, of("keys"))
        self.rest_of_producer(producer)

    def rest_of_producer(self, producer: spec.Producer) -> None:
        """The sizes of its records, what of them is poison, and what is filtered."""
        words, stream = self._words, self._scenario.streams[producer.stream]
        self._size(producer.record_size)
        words.whole(key(*self._draws, "producer", producer.name, "sizes"), stream.max_record_size)
        for number, i, _ in self._kinds(producer.stream):
            function = self._poisoned[producer.stream][number]
            words.whole(key(*self._draws, "poison", function, producer.stream, producer.name, i))
        self._filters(producer)

    def _kinds(self, stream: str) -> list[tuple[int, int, Poison]]:
        """The kinds of poison by probability: the function's number, the kind's among the function's, itself."""
        found = []
        for number, function in enumerate(self._poisoned[stream]):
            poison = [f for f in self._scenario.functions[function].failures if isinstance(f, Poison)]
            random = [p for p in poison if p.probability > 0]
            found += [(number, i, p) for i, p in enumerate(random)]
        return found

    def _ranges(self, stream: spec.Stream) -> None:
        """Where each shard begins, if they are not equal."""
        self._words.whole(stream.unequal)
        if stream.unequal:
            self._words.array([half for first, _ in stream.ranges for half in divmod(first, 1 << 64)], "<u8")

    def _changes(self, stream: spec.Stream, of: Callable[[str], int]) -> None:
        """What changes the shards of a stream, if anything does; `of`: the key of draws for a purpose."""
        words = self._words
        if stream.mode == "on_demand":
            words.whole(ON_DEMAND)
            words.number(stream.on_demand.split_above * 60)
            words.whole(stream.on_demand.maximum)
            self.growing(stream, of)
            return
        words.whole(REQUESTS if stream.changes else 0)
        if stream.changes:
            words.each(stream.resharding, self._request)
            self.resharding_takes(stream, of)
            self._rule(stream.scaling)

    def growing(self, stream: spec.Stream, of: Callable[[str], int]) -> None:
        """How long on-demand mode takes to split a shard."""
        self._words.lasting(stream.on_demand.delay, of("on-demand delay"))

    def resharding_takes(self, stream: spec.Stream, of: Callable[[str], int]) -> None:
        """How long requests take."""
        self._words.lasting(stream.resharding_time.begin, of("resharding begin"))
        self._words.lasting(stream.resharding_time.each, of("resharding each"))

    def _request(self, request: spec.Resharding) -> None:
        self._words.whole(ns(request.at), *wanted(request))

    def _rule(self, scaling: spec.Scaling | None) -> None:
        words = self._words
        words.whole(scaling is not None)
        if scaling is None:
            return
        words.whole(METRICS.index(scaling.metric), scaling.minimum, scaling.maximum, ns(scaling.delay))
        self._direction(scaling.up, scaling.up.above if scaling.up else 0.0, scaling.up.add if scaling.up else 0)
        down = scaling.down
        self._direction(down, down.below if down else 0.0, down.subtract if down else 0)

    def _direction(self, direction: spec.ScaleUp | spec.ScaleDown | None, bound: float, by: int) -> None:
        words = self._words
        words.whole(direction is not None)
        if direction is not None:
            words.number(bound, direction.part)
            minutes = ns(direction.period) // MINUTE_NS
            words.whole(minutes, direction.points, direction.of, by, ns(direction.cooldown))

    def _filters(self, producer: spec.Producer) -> None:
        """The keys of the draws of filters, and which keys pass where those decide."""
        words, mappings = self._words, filtered(self._scenario, producer.stream)
        words.whole(*(key(*self._draws, "filter", m.name, producer.name) for m in mappings))
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
        self._words.quantile(whole)

    def _keys(self, producer: spec.Producer, of: int) -> None:
        words, keys, stream = self._words, producer.partition_keys, self._scenario.streams[producer.stream]
        if isinstance(keys, spec.UniqueKeys):
            words.whole(UNIQUE, of)
            return
        self.drawing(producer, of)
        names = self._names(producer) or []
        hashes = [key_hash(name) for name in names]
        ranges = stream.ranges
        shards = _shards_of(hashes, ranges)
        words.array(shards, "<u4")
        for factor in factors(self._scenario, producer.stream):
            lanes = [_lane(h, ranges[j], factor) for h, j in zip(hashes, shards, strict=True)]
            words.array(lanes, "u1")
        if stream.changes:
            self.in_order(hashes)

    def drawing(self, producer: spec.Producer, of: int) -> None:
        """How the keys of a producer are drawn that are fewer than its records; `of`: the key of these draws."""
        words, keys = self._words, producer.partition_keys
        names, weight, kind = self._names(producer) or [], None, UNIFORM
        if isinstance(keys, spec.WeightedKeys):
            weight, kind = keys.weight, WEIGHTED
        elif isinstance(keys, spec.CountedKeys) and keys.order == "round_robin":
            kind = ROUND_ROBIN
        elif isinstance(keys, spec.CountedKeys) and isinstance(keys.popularity, spec.Zipf):
            weight, kind = np.arange(1, keys.count + 1, dtype=np.float64) ** -keys.popularity.zipf, WEIGHTED
        words.whole(kind, of, len(names))
        if weight is not None:
            keep, alias = alias_table(weight)
            words.array(np.minimum(keep * 2.0**32, 2.0**32 - 1).astype(np.uint32), "<u4")
            words.array(alias, "<u4")

    def in_order(self, hashes: Sequence[int]) -> None:
        """The hashes of keys in ascending order, and whose they are."""
        words, order = self._words, sorted(range(len(hashes)), key=hashes.__getitem__)
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
