"""A recipe for plans: all of a scenario's plan that no setting of a what-if moves, and the settings that it may move.

A page makes plans of it by itself, the very bytes that plan.py writes of the changed scenario (scripts/plan.js): what
needs a hash, a logarithm or a library is worked out here. What is written as words already is a fragment: words in
base64, and the numbers of tables, which a plan holds once. Times are seconds where a setting moves them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from simulator.kernel.plan import MAGIC, backoffs, purposes, switch
from simulator.kernel.plan_streams import METRICS, WritingEnd, filtered, poisoned, wanted
from simulator.kernel.words import Words
from simulator.model.invocation_rate import PARTS
from simulator.model.mapping import starting_position
from simulator.scenario import spec
from simulator.scenario.expectations import largest, mean
from simulator.scenario.memory import interpolated, scaled
from simulator.scenario.spec import Distribution, Poison, Scenario
from simulator.traffic.draws import key
from simulator.traffic.nanoseconds import ns
from simulator.traffic.quantiles import Among, Between, Floats, Same, Tabulated, quantile, unit_exponential
from simulator.traffic.rates import Wave, profile
from simulator.traffic.write_limits import HARMLESS_BYTES

ORDER: Final = 6  # of the differences that tables are kept as: smooth ones are then short when they are compressed
TRAFFIC: Final = (
    0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0,
)  # fmt: skip
TIMES: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)  # of a function
WORK: Final = ("per_batch", "per_record", "per_mib")
MEMORIES: Final = tuple(
    size * 2**20 for size in (128, 256, 512, 768, 1024, 1536, 1769, 2048, 3008, 4096, 6144, 8192, 10240)
)
ADDED: Final = 2  # failures that a setting may add to a function: errors, and an outage

Json = dict[str, Any]


def recipe(scenario: Scenario, seed: int, replication: int) -> Json:
    """The recipe of a scenario's plans, as JSON has it."""
    return _Recipe(scenario, (seed, replication)).content()


class Tables:
    """Arrays of floats, each once, as differences of their words; a multiple of another one as what it is off it."""

    def __init__(self) -> None:
        self.packed: list[str | Json] = []
        self._numbers: dict[bytes, int] = {}
        self._all: list[Floats] = []

    def number(self, values: Floats) -> int:
        """The number of an array among them."""
        content = values.astype("<f8").tobytes()
        return self._numbers[content] if content in self._numbers else self._added(content, _packed(content))

    def multiple(self, values: Floats, of: int, factor: float) -> int:
        """The number of an array that is nearly a multiple of another one, of as many."""
        content = values.astype("<f8").tobytes()
        if content in self._numbers:
            return self._numbers[content]
        off = np.frombuffer(content, "<i8") - (self._all[of] * factor).view("<i8")
        return self._added(content, {"of": of, "times": factor, "off": _folded(off)})

    def _added(self, content: bytes, packed: str | Json) -> int:
        self._numbers[content] = len(self.packed)
        self.packed.append(packed)
        self._all.append(np.frombuffer(content, "<f8"))
        return self._numbers[content]


def _packed(content: bytes) -> str:
    """Words as differences of differences: what is smooth is mostly zeros then."""
    words = np.frombuffer(content, "<u8")
    for _ in range(ORDER):
        words = np.diff(words, prepend=np.uint64(0))
    return _folded(words.view(np.int64))


def _folded(signed: NDArray[np.int64]) -> str:
    """Whole numbers, most of them small: the least bytes of all first."""
    folded = ((signed << 1) ^ (signed >> 63)).view(np.uint64)  # 0, -1, 1, -2, …
    return base64.b64encode(folded.view(np.uint8).reshape(-1, 8).T.tobytes()).decode()


def mantissas(factors: Sequence[float]) -> list[float]:
    """Of some factors what is in them that is no power of two, which makes exact multiples; each once, 1 first."""
    return sorted({2 * math.frexp(factor)[0] for factor in factors})


class Fragment(Words):
    """Words, and the tables among them, as parts."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._tables_of_all = tables
        self.parts: list[str | int] = []

    def _table(self, nodes: Floats) -> None:
        self.parts.append(self._tables_of_all.number(nodes))

    def _add(self, content: bytes) -> None:
        self.parts.append(base64.b64encode(content).decode())


class _Recipe:
    def __init__(self, scenario: Scenario, draws: tuple[int, int]) -> None:
        self._scenario, self._draws, self._tables = scenario, draws, Tables()
        self._streams, self._functions = list(scenario.streams), list(scenario.functions)

    def content(self) -> Json:
        scenario = self._scenario
        return {
            "magic": str(MAGIC),
            "begin_ns": str(min([0, *(ns(p.start) for p in scenario.producers)])),
            "duration_s": scenario.duration,
            "drain_s": scenario.drain,
            "warmup_s": scenario.warmup_s,
            "traffic": 1,
            "exponential": self._tables.number(unit_exponential().nodes),
            "account": self._account(),
            "streams": [self._stream(name) for name in self._streams],
            "producers": [self._producer(producer) for producer in scenario.producers],
            "functions": [self._function(name) for name in self._functions],
            "mappings": [self._mapping(mapping) for mapping in scenario.event_source_mappings],
            "readers": [self._reader(reader) for reader in scenario.readers],
            "tables": self._tables.packed,
        }

    def _fragment(self, write: Callable[[Words], None]) -> list[str | int]:
        fragment = Fragment(self._tables)
        write(fragment)
        return fragment.parts

    def _account(self) -> Json:
        account = self._scenario.account
        return {
            "units": account.concurrency - account.other_concurrency,
            "ticks_a_unit": round(account.requests_per_concurrency * PARTS),
        }

    def _stream(self, name: str) -> Json:
        scenario, stream = self._scenario, self._scenario.streams[name]
        producers = [p for p in scenario.producers if p.stream == name]
        return {
            "name": name,
            "shards": stream.shards,
            "firsts": [str(first) for first, _ in stream.ranges] if stream.unequal else None,
            "mode": stream.mode,
            "retention_s": stream.retention,
            "large": any(largest(p.record_size) > HARMLESS_BYTES for p in producers),
            "rest": self._fragment(lambda words: self._writing(words).rest_of_stream(name)),
            **self._changes(name),
        }

    def _changes(self, name: str) -> Json:
        """What changes its shards, and what would if it were asked to."""
        stream, of = self._scenario.streams[name], self._writing(Words()).drawn_by(name)
        return {
            "requests": [_request(each) for each in stream.resharding],
            "resharding_takes": self._fragment(lambda words: self._writing(words).resharding_takes(stream, of)),
            "rule": _rule(stream.scaling),
            "growth": {
                "split_above": stream.on_demand.split_above,
                "maximum": stream.on_demand.maximum,
                "delay": self._fragment(lambda words: self._writing(words).growing(stream, of)),
            },
        }

    def _writing(self, words: Words) -> WritingEnd:
        return WritingEnd(self._scenario, self._draws, words)

    def _producer(self, producer: spec.Producer) -> Json:
        of = partial(key, *self._draws, "producer", producer.name)
        return {
            "name": producer.name,
            "stream": self._streams.index(producer.stream),
            "drop": producer.on_throttle == "drop",
            "rate": self._rate(producer),
            "start_s": producer.start,
            "stop_s": producer.stop,
            "poisson": producer.arrivals == "poisson",
            "arrivals_key": str(of("arrivals")),
            "keys": self._keys(producer, of("keys")),
            "rest": self._fragment(lambda words: self._writing(words).rest_of_producer(producer)),
        }

    def _rate(self, producer: spec.Producer) -> Json:
        match producer.rate:
            case spec.ConstantRate(rate=value):
                return {"kind": "constant", "rate": value}
            case spec.Steps(steps=steps):
                return {"kind": "steps", "at_s": [s.at for s in steps], "rate": [s.rate for s in steps]}
            case spec.Spikes() as spikes:
                named = {name: getattr(spikes, name) for name in ("base", "peak", "every", "lasts")}
                return {"kind": "spikes", **named}
            case spec.Trace() as trace:
                times, records = self._tables.number(trace.time_s), self._tables.number(trace.records)
                return {"kind": "trace", "time_s": times, "records": records, "scale": trace.scale,
                        "stretch": trace.stretch}  # fmt: skip
            case spec.Sine() as sine:
                return self._sine(sine, producer.start)

    def _sine(self, sine: spec.Sine, start_s: float) -> Json:
        """A wave needs sines: it is tabulated for some multiples, and twice as high it is twice as much, exactly."""
        written = {"mean": sine.mean, "amplitude": sine.amplitude, "period": sine.period, "peak_at": sine.peak_at}
        waves: list[Json] = []
        for times in mantissas(TRAFFIC):
            multiple = {**written, "mean": sine.mean * times, "amplitude": sine.amplitude * times}
            if wave := cast("Wave | None", profile(spec.Sine(**multiple))):
                waves.append({"mantissa": times, **self._wave(wave, waves[0] if waves else None, times, start_s)})
        return {"kind": "sine", **written, "waves": waves}

    def _wave(self, wave: Wave, first: Json | None, times: float, start_s: float) -> Json:
        """One multiple; its tables are told by those of the first."""

        def table(name: str, values: Floats) -> int:
            return self._tables.multiple(values, first[name], times) if first else self._tables.number(values)

        return {
            "a_period": wave.a_period,
            "cell_s": wave.cell_s,
            "begins_s": self._tables.number(wave.begins_s),
            "upto": table("upto", wave.upto),
            "terms": table("terms", wave.terms.ravel()),
            "before": wave.integral(start_s),
        }

    def _keys(self, producer: spec.Producer, of: int) -> Json:
        keys = producer.partition_keys
        if isinstance(keys, spec.UniqueKeys):
            return {"unique": True, "key": str(of)}
        named = {"names": list(keys.keys)} if isinstance(keys, spec.WeightedKeys) else {"count": keys.count}
        return {**named, "drawing": self._fragment(lambda words: self._writing(words).drawing(producer, of))}

    def _function(self, name: str) -> Json:
        function = self._scenario.functions[name]
        return {
            "name": name,
            "memory": function.memory,
            "architecture": function.architecture,
            "reserved": function.reserved_concurrency,
            "provisioned": function.provisioned_concurrency,
            "idle_s": function.idle_timeout,
            "timeout_s": function.timeout,
            "duration": {part: self._work(getattr(function.duration, part)) for part in WORK},
            "times": 1,
            "memories": self._memories(function),
            "cold_start": self._distribution(function.cold_start),
            "failures": [_failure(each) for each in function.failures],
        }

    def _memories(self, function: spec.Function) -> Json:
        """By memory, where that changes how long it works: by what, and the tables of what is tabulated."""
        if function.duration_measured_at is None:
            return {}
        return {str(size): self._memory(function, size) for size in memory_sizes(function)}

    def _memory(self, function: spec.Function, size: int) -> Json:
        known, parts = function.duration_by_memory, {part: getattr(function.duration, part) for part in WORK}
        factor = interpolated(known, size) / interpolated(known, function.duration_measured_at or size)
        tables = {
            part: {"kind": 3, **self._multiple(scaled(of, factor), self._distribution(of)["table"], factor)}
            for part, of in parts.items()
            if tabulated(of)
        }
        return {"factor": factor, "tables": tables}

    def _work(self, of: Distribution) -> Json:
        """How long a part of the work takes, and of what is tabulated its multiples."""
        found = self._distribution(of)
        if not tabulated(of):
            return found
        multiples = [
            {"mantissa": times, **self._multiple(scaled(of, times), found["table"], times)}
            for times in mantissas(TIMES)
        ]
        return {**found, "multiples": multiples}

    def _multiple(self, of: Distribution, table: int, times: float) -> Json:
        nodes = cast("Tabulated", quantile(of)).nodes
        return {"table": self._tables.multiple(nodes, table, times), "mean": mean(of)}

    def _distribution(self, of: Distribution) -> Json:
        """How it is drawn."""
        known = {"mean": mean(of)}
        match quantile(of):
            case Same(value=value):
                return {"kind": 0, "value": value, **known}
            case Between(low=low, high=high):
                return {"kind": 1, "low": low, "high": high, **known}
            case Among(values=values):
                return {"kind": 2, "values": values.tolist(), **known}
            case Tabulated(nodes=nodes):
                exponential = isinstance(of, spec.Exponential)  # a multiple of the one with mean 1
                table = self._tables.number(unit_exponential().nodes if exponential else nodes)
                return {"kind": 3, "exponential": exponential, "table": table, **known}
            case _:
                raise AssertionError(of)

    def _mapping(self, mapping: spec.EventSourceMapping) -> Json:
        scenario, stream = self._scenario, mapping.stream
        of, polling = partial(key, *self._draws, "mapping", mapping.name), mapping.polling
        filters = [m.name for m in filtered(scenario, stream)]
        poison = poisoned(scenario, stream)
        return {
            "name": mapping.name,
            "stream": self._streams.index(stream),
            "function": self._functions.index(mapping.function),
            "consumer": mapping.consumer,
            "parallelization_factor": mapping.parallelization_factor,
            "poisoned": poison.index(mapping.function) if mapping.function in poison else -1,
            "filter": filters.index(mapping.name) if mapping.filter else -1,
            "batch_size": mapping.batch_size,
            "window_s": mapping.maximum_batching_window,
            "invoke_overhead_s": mapping.invoke_overhead,
            "retries": mapping.maximum_retry_attempts,
            "record_age_s": mapping.maximum_record_age,
            "bisect": mapping.bisect_batch_on_function_error,
            "partial": mapping.report_batch_item_failures,
            "destination": mapping.on_failure_destination,
            "position": _position(mapping),
            "position_ns": [str(int(each)) for each in starting_position(mapping)],
            "starts_after_s": mapping.starts_after,
            "discovery_s": mapping.shard_discovery,
            "disabled": self._fragment(lambda words: switch(words, mapping.disabled)),
            "polling": _polls(polling, of),
            "latency_s": polling.latency,
            "missed": polling.missed,
            "repoll": polling.repoll == "full_batch",
            "missed_key": str(of("missed polls")),
            "propagation_s": mapping.push.propagation,
            "backoffs": self._fragment(lambda words: backoffs(words, mapping, of)),
            "keys": list(self._attempt_keys(mapping)),
        }

    def _attempt_keys(self, mapping: spec.EventSourceMapping) -> Iterator[str]:
        """Of the draws for attempts: those of every function, then by failure, those that may be added too."""
        failures = len(self._scenario.functions[mapping.function].failures) + ADDED
        for purpose in (*purposes(()), *(f"failure {i}" for i in range(failures))):
            yield str(key(*self._draws, "function", mapping.function, mapping.stream, purpose))

    def _reader(self, reader: spec.Reader) -> Json:
        of = partial(key, *self._draws, "reader", reader.name)
        return {
            "stream": self._streams.index(reader.stream),
            "starts_after_s": reader.starts_after,
            "disabled": self._fragment(lambda words: switch(words, reader.disabled)),
            "polling": _polls(reader, of),
        }


def tabulated(of: Distribution) -> bool:
    """Whether a distribution is a table that times any number is another one, if only in its last digits."""
    return isinstance(of, spec.Normal | spec.Lognormal | spec.Gamma) and not isinstance(quantile(of), Same)


def memory_sizes(function: spec.Function) -> list[int]:
    """The sizes that a function may be given: those of its table, and others within it."""
    known = function.duration_by_memory
    within = [size for size in MEMORIES if not known or min(known) <= size <= max(known)]
    return sorted({*known, *within, function.memory})


def _position(mapping: spec.EventSourceMapping) -> str | float:
    position = mapping.starting_position
    return position if isinstance(position, str) else position.at_timestamp


def _polls(polling: spec.Polling | spec.Reader, of: Callable[[str], int]) -> Json:
    return {
        "interval_s": polling.interval,
        "limit": polling.get_records_limit,
        "jitter": polling.jitter,
        "jitter_key": str(of("poll jitter")),
        "phase": polling.phase,
        "phase_key": str(of("phase")),
    }


def _request(request: spec.Resharding) -> Json:
    """`written`: as a scenario has it, where it is not for so many shards."""
    kind, shards, *rest = wanted(request)
    written = {"merge": list(request.merge)} if request.merge else {"split": request.split, "point": request.point}
    return {"at_s": request.at, "kind": kind, "shards": shards, "rest": rest, "made": True, "written": written}


def _rule(scaling: spec.Scaling | None) -> Json:
    """A rule by the names of its fields, in both directions; one that is not there is off, and as it is by default."""
    of = scaling or spec.Scaling()
    up, down = of.up or spec.ScaleUp(), of.down or spec.ScaleDown()
    return {
        "metrics": METRICS,
        "metric": of.metric,
        "minimum": of.minimum,
        "maximum": of.maximum,
        "delay": of.delay,
        "up": {"on": of.up is not None, "above": up.above, "add": up.add, **_direction(up)},
        "down": {"on": of.down is not None, "below": down.below, "subtract": down.subtract, **_direction(down)},
    }


def _direction(of: spec.ScaleUp | spec.ScaleDown) -> Json:
    """`periods`: how many must count, of how many."""
    return {"factor": of.part, "period": of.period, "periods": [of.points, of.of], "cooldown": of.cooldown}


def _failure(failure: spec.Failure) -> Json:
    match failure:
        case Poison(probability=probability, at=at):
            return {"kind": "poison", "probability": probability, "at": list(at), "fails_after": failure.fails_after}
        case spec.Random(probability=probability):
            return {"kind": "random", "probability": probability, "fails_after": failure.fails_after}
        case spec.Outage():
            return {"kind": "outage", "from": failure.from_, "to": failure.to, "probability": failure.probability,
                    "fails_after": failure.fails_after}  # fmt: skip
        case spec.Slow():
            return {"kind": "slow", "from": failure.from_, "to": failure.to, "factor": failure.factor}
