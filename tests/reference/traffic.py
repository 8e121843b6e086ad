"""Producers and shards: what is written and when (docs/model.md sections 2 and 3)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .inputs import Producer, Scenario, Stream, per_second, rows, seconds

MIB = 2**20
TOLERANCE = 1e-9


@dataclass(eq=False)
class Record:
    """One record of a stream: `accepted` is a_k, none if it was dropped at write; `place` is its place in the log."""

    produced: float
    size: int
    drops: bool
    hash: int
    shard: int = 0
    accepted: float | None = None
    place: int = -1


@dataclass
class Written:
    """All records of a stream and the log of each of its shards."""

    records: list[Record]
    logs: list[list[Record]]
    throttles: int


def write(scenario: Scenario, stream: Stream) -> Written:
    """Everything that is written to a stream."""
    records: list[Record] = []
    for producer in scenario.producers:
        if producer.stream == stream.name:
            records += produce(producer, scenario.folder)
    records.sort(key=lambda record: record.produced)  # stable: at one instant in the file's order
    logs = [[] for _ in range(stream.shards)]  # type: list[list[Record]]
    for shard, log in enumerate(logs):
        mine = [record for record in records if shard_of(record.hash, stream.shards) == shard]
        accept(mine)
        log += sorted((r for r in mine if r.accepted is not None), key=accepted)
        for record in mine:
            record.shard = shard
        for place, record in enumerate(log):
            record.place = place
    throttles = sum(r.accepted is None or r.accepted > r.produced + TOLERANCE for r in records)
    return Written(records, logs, throttles)


def accepted(record: Record) -> float:
    """When a record that is in a log was accepted."""
    assert record.accepted is not None
    return record.accepted


def shard_of(value: int, shards: int) -> int:
    """Section 2: shard j owns j*step … (j+1)*step-1, the last ends at 2^128-1."""
    return min(value // (2**128 // shards), shards - 1)


def lane_of(value: int, shard: int, shards: int, lanes: int) -> int:
    """Section 6: lane = floor((h - start) * PF / (end - start + 1))."""
    step = 2**128 // shards
    start = shard * step
    end = 2**128 - 1 if shard == shards - 1 else start + step - 1
    return (value - start) * lanes // (end - start + 1)


def accept(records: list[Record]) -> None:
    """Section 3 for the records of one shard, in order of production."""
    record_t = byte_t = -math.inf
    for record in records:
        p = record.produced
        after_records, next_record_t = through_limit(p, record_t, 1 / 1000)
        after_bytes, next_byte_t = through_limit(after_records, byte_t, record.size / MIB)
        if record.drops and after_bytes > p + TOLERANCE:
            continue  # lost; T stays as it was in both
        record.accepted, record_t, byte_t = after_bytes, next_record_t, next_byte_t


def through_limit(p: float, previous_t: float, cost: float) -> tuple[float, float]:
    """a_k and T_k of one limit, cost being c_k/r."""
    t = max(p, previous_t) + cost
    return max(p, t - max(1.0, cost)), t


def produce(producer: Producer, folder: Path) -> Iterator[Record]:
    """The records of one producer: record k has key k mod K."""
    hashes = [0] if producer.keys is None else [key_hash(key) for key in producer.keys]
    for k, time in enumerate(production_times(producer, folder)):
        yield Record(time, producer.record_bytes, producer.drops, hashes[k % len(hashes)])


def key_hash(key: str) -> int:
    """MD5 of the UTF-8 key as an unsigned 128-bit integer."""
    return int.from_bytes(hashlib.md5(key.encode("utf-8")).digest(), "big")


def production_times(producer: Producer, folder: Path) -> Iterator[float]:
    """Section 2: record k is produced when L(t) = k + 0.5; records are produced in [start, stop)."""
    rate = producer.rate
    if isinstance(rate, dict) and "sine" in rate:
        times = sine_times(rate["sine"], producer.start, producer.stop)
    else:
        times = piecewise_times(pieces(rate, producer.start, producer.stop, folder), producer.start, producer.stop)
    for time in times:
        if producer.start <= time < producer.stop - TOLERANCE:
            yield time


Piece = tuple[float, float, float]


def piecewise_times(steps: list[Piece], start: float, stop: float) -> Iterator[float]:
    """The times at which the integral of a rate made of (from, to, rate) pieces is k + 0.5."""
    total, wanted = 0.0, 0.5
    for piece_start, piece_end, rate in steps:
        begin, end = max(piece_start, start), min(piece_end, stop)
        if end <= begin or rate <= 0:
            continue
        while wanted <= total + rate * (end - begin) + TOLERANCE:
            yield min(end, begin + (wanted - total) / rate)
            wanted += 1
        total += rate * (end - begin)


def pieces(rate: Any, start: float, stop: float, folder: Path) -> list[Piece]:
    """A constant rate, steps, spikes or a trace as (from, to, rate) in ascending order."""
    if not isinstance(rate, dict):
        return [(start, stop, per_second(rate))]
    if "steps" in rate:  # 0 before the first, the last lasts
        ats = [seconds(step["at"]) for step in rate["steps"]] + [math.inf]
        return [(ats[i], ats[i + 1], per_second(step["rate"])) for i, step in enumerate(rate["steps"])]
    if "spikes" in rate:
        return spikes(rate["spikes"], start, stop)
    return trace(rate, folder)


def spikes(spec: dict[str, Any], start: float, stop: float) -> list[Piece]:
    """The rate is `peak` for `lasts` from every multiple of `every`, 0 included, else `base`."""
    every, lasts = seconds(spec["every"]), seconds(spec["lasts"])
    base, peak = per_second(spec["base"]), per_second(spec["peak"])
    result: list[Piece] = []
    for i in range(math.floor(start / every) - 1, math.ceil(stop / every) + 1):
        result += [(i * every, i * every + lasts, peak), (i * every + lasts, (i + 1) * every, base)]
    return result


def trace(spec: dict[str, Any], folder: Path) -> list[Piece]:
    """From each row's time to the next row's that many records in all; the last lasts as long as the one before it."""
    table = rows(folder / spec["trace"])
    scale, stretch = float(spec.get("scale", 1)), float(spec.get("stretch", 1))
    times = [float(row[spec.get("time_column", "time_s")]) * stretch for row in table]
    times.append(times[-1] + (times[-1] - times[-2]))
    counts = [float(row[spec.get("column", "records")]) * scale for row in table]
    return [(times[i], times[i + 1], count / (times[i + 1] - times[i])) for i, count in enumerate(counts)]


def sine_times(spec: dict[str, Any], start: float, stop: float) -> Iterator[float]:
    """The times at which the integral of a sine that is never below 0 is k + 0.5, by bisection."""
    integral = sine_integral(spec)
    before = integral(start)
    wanted, last = 0.5, integral(stop) - before
    low = start
    while wanted <= last:
        high = stop
        for _ in range(70):
            middle = (low + high) / 2
            if integral(middle) - before < wanted:
                low = middle
            else:
                high = middle
        yield high
        low, wanted = high, wanted + 1


def sine_integral(spec: dict[str, Any]) -> Callable[[float], float]:
    """The integral of max(0, mean + amplitude * cos(2 pi (t - peak_at) / period)) from some fixed time to t."""
    mean, amplitude = per_second(spec["mean"]), per_second(spec["amplitude"])
    period, peak_at = seconds(spec["period"]), seconds(spec["peak_at"])
    w = period / (2 * math.pi)
    # positive within peak_at ± half of each period
    half = period / 2 if mean >= amplitude else w * math.acos(max(-1.0, -mean / amplitude))

    def within(v: float) -> float:
        clipped = min(half, max(-half, v))
        return mean * (clipped + half) + amplitude * w * (math.sin(clipped / w) + math.sin(half / w))

    def integral(t: float) -> float:
        n = math.floor((t - peak_at) / period + 0.5)
        return n * within(half) + within(t - peak_at - n * period)

    return integral
