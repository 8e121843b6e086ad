"""The plan of a run: all that the kernel takes, as words of eight bytes, in the order in which plan.c reads them.

Whatever needs a hash, a logarithm or a library is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from typing import Final

from simulator.kernel.plan_streams import WritingEnd, factors, filtered, poisoned
from simulator.kernel.words import Words
from simulator.model.concurrency import Pool, pools
from simulator.model.mapping import starting_position
from simulator.model.phase import first_polls_ns
from simulator.model.switch import disabled_periods
from simulator.scenario import spec
from simulator.scenario.memory import work
from simulator.scenario.spec import Failure, Outage, Poison, Random, Scenario, Slow
from simulator.traffic.draws import key
from simulator.traffic.nanoseconds import NEVER, ns
from simulator.traffic.quantiles import quantile, unit_exponential

MAGIC: Final = 0x31306472616873  # "shard01"


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


class _Plan:
    def __init__(self, scenario: Scenario, seed: int, replication: int, measuring: Measuring | None) -> None:
        self.measuring = measuring
        self.scenario, self.draws, self.words = scenario, (seed, replication), Words()
        self.streams = list(scenario.streams)
        self.functions = list(scenario.functions)
        self.factors = {stream: factors(scenario, stream) for stream in self.streams}
        self.poisoned = {stream: poisoned(scenario, stream) for stream in self.streams}

    def content(self) -> bytes:
        words, scenario = self.words, self.scenario
        begin_ns = min([0, *(ns(p.start) for p in scenario.producers)])
        words.whole(MAGIC, begin_ns, ns(scenario.duration), ns(scenario.duration) + ns(scenario.drain))
        words.whole(self.measuring is not None)
        if self.measuring is not None:
            words.whole(*astuple(self.measuring)[:-1])
        writing = WritingEnd(scenario, self.draws, words)
        words.counted(unit_exponential().nodes)
        words.each(self.streams, writing.stream)
        words.each(scenario.producers, writing.producer)
        words.each(self._pools(), lambda pool: words.whole(pool.units, pool.rate.ticks_a_ns))
        words.each(self.functions, self._function)
        words.each(scenario.event_source_mappings, self._mapping)
        words.each(scenario.readers, self._other_reader)
        return words.content()

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
            words.quantile(quantile(each))
        failures = [f for f in function.failures if not isinstance(f, Poison)]
        words.whole(len(failures))
        for failure in failures:
            self._failure(failure)
        words.whole(function.handler is not None)
        words.number(function.duration.measured or 0.0)

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
        switch(words, mapping.disabled)
        self._polls(polling, stream, mapping.starts_after, of)
        words.whole(ns(polling.latency))
        words.number(polling.missed)
        words.whole(polling.repoll == "full_batch", of("missed polls"))
        words.whole(ns(mapping.push.propagation))
        if self.measuring is not None:
            words.whole(self.measuring.behind_ns[self.scenario.event_source_mappings.index(mapping)])
        backoffs(words, mapping, of)
        for purpose in purposes(self.scenario.functions[mapping.function].failures):
            words.whole(key(*self.draws, "function", mapping.function, stream, purpose))

    def _other_reader(self, reader: spec.Reader) -> None:
        self.words.whole(self.streams.index(reader.stream), ns(reader.starts_after))
        switch(self.words, reader.disabled)
        of = partial(key, *self.draws, "reader", reader.name)
        self._polls(reader, reader.stream, reader.starts_after, of)

    def _polls(
        self, polling: spec.Polling | spec.Reader, stream: str, starts_after: float, of: Callable[[str], int]
    ) -> None:
        """How the shards of a stream are polled; `of`: the key of draws for a purpose."""
        words, shards = self.words, self.scenario.streams[stream].shards
        words.whole(ns(polling.interval), polling.get_records_limit)
        words.number(polling.jitter)
        words.whole(of("poll jitter"), *first_polls_ns(polling, starts_after, of("phase"), shards))


def switch(words: Words, disabled: Sequence[spec.Period]) -> None:
    """When a mapping or another reader is disabled."""
    periods = disabled_periods(disabled)
    words.whole(len(periods), *(time for period in periods for time in period))


def backoffs(words: Words, mapping: spec.EventSourceMapping, of: Callable[[str], int]) -> None:
    """How long a mapping waits after errors and after throttles; `of`: the key of draws for a purpose."""
    for each, purpose in ((mapping.retry_backoff, "retry jitter"), (mapping.throttle_backoff, "throttle jitter")):
        words.number(each.initial, each.factor, each.maximum, each.jitter)
        words.whole(of(purpose))


def purposes(failures: Sequence[Failure]) -> list[str]:
    """What is drawn for an attempt, as simulator.model.function has it."""
    kinds = [f"failure {i}" for i, each in enumerate(failures) if not isinstance(each, Poison)]
    return ["per batch", "per record", "per MiB", "cold start", *kinds]
