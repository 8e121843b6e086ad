"""Producers and shards: what is written and when (docs/model.md sections 2 and 3)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from .inputs import (
    NEVER,
    SECOND,
    Producer,
    Scenario,
    Stream,
    half_up,
    nanoseconds,
    near_half,
    number,
    per_nanosecond,
    rows,
)
from .waves import Wave

MIB = 2**20
# T of section 3 is kept exactly, in units of 1/2048 ns
UNITS = 2048
BYTE = SECOND * UNITS // MIB  # what a byte costs of 1 MiB/s
RECORD = SECOND * UNITS // 1000


@dataclass(eq=False)
class Record:
    """One record of a stream: `accepted` is a_k, none if it was dropped at write; `place` is its place in the log.

    `let_in` is when the record limit lets it in: from then on it waits for the byte limit.
    """

    produced: int
    size: int
    drops: bool
    hash: int
    shard: int = 0
    let_in: int = 0
    accepted: int | None = None
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
    throttles = sum(r.accepted is None or r.accepted > r.produced for r in records)
    return Written(records, logs, throttles)


def accepted(record: Record) -> int:
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
    """Section 3 for the records of one shard, in order of production: only a_k is rounded."""
    record_t = byte_t = -NEVER
    for record in records:
        p = record.produced
        let_in, next_record_t = through_limit(p, record_t, RECORD)
        after_bytes, next_byte_t = through_limit(let_in, byte_t, record.size * BYTE)
        if record.drops and after_bytes > p:
            continue  # lost; T stays as it was in both
        record.let_in, record.accepted = let_in, after_bytes
        record_t, byte_t = next_record_t, next_byte_t


def through_limit(p: int, previous_t: int, cost: int) -> tuple[int, int]:
    """a_k and T_k of one limit, cost being c_k/r; T and cost in units."""
    t = max(p * UNITS, previous_t) + cost
    return max(p, half_up(Fraction(t - max(SECOND * UNITS, cost), UNITS))), t


def produce(producer: Producer, folder: Path) -> Iterator[Record]:
    """The records of one producer: record k has key k mod K."""
    hashes = [0] if producer.keys is None else [key_hash(key) for key in producer.keys]
    for k, time in enumerate(production_times(producer, folder)):
        yield Record(time, producer.record_bytes, producer.drops, hashes[k % len(hashes)])


def key_hash(key: str) -> int:
    """MD5 of the UTF-8 key as an unsigned 128-bit integer."""
    return int.from_bytes(hashlib.md5(key.encode("utf-8")).digest(), "big")


def production_times(producer: Producer, folder: Path) -> Iterator[int]:
    """Section 2: record k is produced at the first t with L(t) = k + 0.5; records are produced in [start, stop)."""
    rate, start, stop = producer.rate, producer.start, producer.stop
    if isinstance(rate, dict) and "sine" in rate:
        times = sine(rate["sine"]).times(start, stop)
    else:
        times = piecewise_times(pieces(rate, start, stop, folder), start, stop)
    for time in times:
        if start <= time < stop:
            yield time


def sine(spec: dict[str, Any]) -> Wave:
    """A sine profile."""
    mean, amplitude = per_nanosecond(spec["mean"]), per_nanosecond(spec["amplitude"])
    return Wave(mean, amplitude, nanoseconds(spec["period"]), nanoseconds(spec["peak_at"]))


def undecided(scenario: Scenario) -> bool:
    """Whether doubles, in which quotients are taken, decide: of a time next to half a nanosecond, or of two in one."""
    rounded = any(may_round_otherwise(producer, scenario.folder) for producer in scenario.producers)
    return rounded or any(meet(scenario, stream) for stream in scenario.streams)


def meet(scenario: Scenario, stream: str) -> bool:
    """Whether producers of other rates write to a stream in one nanosecond: there their doubles decide (section 3)."""
    times: dict[int, object] = {}
    for producer in (each for each in scenario.producers if each.stream == stream):
        form = repr((producer.rate, producer.start))
        if any(times.setdefault(time, form) != form for time in production_times(producer, scenario.folder)):
            return True
    return False


def may_round_otherwise(producer: Producer, folder: Path) -> bool:
    """The same of one producer."""
    rate, start, stop = producer.rate, producer.start, producer.stop
    if isinstance(rate, dict) and "sine" in rate:
        return sine(rate["sine"]).undecided(start, stop)
    times = exact_times(pieces(rate, start, stop, folder), start, stop)
    return any(near_half(time, abs(time) + long) for time, long in times)


Piece = tuple[int, int, Fraction]


def piecewise_times(steps: list[Piece], start: int, stop: int) -> Iterator[int]:
    """The times at which the integral of a rate made of (from, to, rate) pieces is k + 0.5."""
    for time, _ in exact_times(steps, start, stop):
        yield half_up(time)


def exact_times(steps: list[Piece], start: int, stop: int) -> Iterator[tuple[Fraction, Fraction]]:
    """The same exactly, each with how long the records up to it take at the rate of then."""
    total, wanted = Fraction(0), Fraction(1, 2)
    for piece_start, piece_end, rate in steps:
        begin, end = max(piece_start, start), min(piece_end, stop)
        if end <= begin or rate <= 0:
            continue
        while wanted <= total + rate * (end - begin):
            yield begin + (wanted - total) / rate, wanted / rate
            wanted += 1
        total += rate * (end - begin)


def pieces(rate: Any, start: int, stop: int, folder: Path) -> list[Piece]:
    """A constant rate, steps, spikes or a trace as (from, to, rate) in ascending order."""
    if not isinstance(rate, dict):
        return [(start, stop, per_nanosecond(rate))]
    if "steps" in rate:  # 0 before the first, the last lasts
        ats = [nanoseconds(step["at"]) for step in rate["steps"]] + [NEVER]
        return [(ats[i], ats[i + 1], per_nanosecond(step["rate"])) for i, step in enumerate(rate["steps"])]
    if "spikes" in rate:
        return spikes(rate["spikes"], start, stop)
    return trace(rate, folder)


def spikes(spec: dict[str, Any], start: int, stop: int) -> list[Piece]:
    """The rate is `peak` for `lasts` from every multiple of `every`, 0 included, else `base`."""
    every, lasts = nanoseconds(spec["every"]), nanoseconds(spec["lasts"])
    base, peak = per_nanosecond(spec["base"]), per_nanosecond(spec["peak"])
    result: list[Piece] = []
    for i in range(math.floor(start / every) - 1, math.ceil(stop / every) + 1):
        result += [(i * every, i * every + lasts, peak), (i * every + lasts, (i + 1) * every, base)]
    return result


def trace(spec: dict[str, Any], folder: Path) -> list[Piece]:
    """From each row's time to the next row's that many records in all; the last lasts as long as the one before it."""
    table = rows(folder / spec["trace"])
    scale, stretch = number(spec.get("scale", 1)), number(spec.get("stretch", 1))
    times = [half_up(number(row[spec.get("time_column", "time_s")]) * stretch * SECOND) for row in table]
    times.append(times[-1] + (times[-1] - times[-2]))
    counts = [number(row[spec.get("column", "records")]) * scale for row in table]
    return [(times[i], times[i + 1], count / (times[i + 1] - times[i])) for i, count in enumerate(counts)]
