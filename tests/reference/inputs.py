"""A scenario (docs/model.md section 1) as plain values: times in whole nanoseconds, rates in records per nanosecond.

The scenario is taken to be valid: only what this reference cannot simulate, randomness, is refused.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

SECOND = 10**9
NANOSECONDS = {"ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
PER = {"/s": SECOND, "/m": 60 * SECOND, "/h": 3600 * SECOND}
NEVER = 10**30  # later than any time
LOST = Fraction(1, 2**50)  # the part of a time that doubles may lose: a few units in the last place
UNDECIDED: list[float] = []  # products that doubles may round to either side, if they are taken in another order
NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z/]*)\s*")
DISTRIBUTIONS = {"constant", "uniform", "exponential", "normal", "lognormal", "gamma", "empirical"}


class NotDeterministic(Exception):  # noqa: N818 (it is the scenario that is not)
    """The scenario has real randomness, for which this reference has no answer."""


def half_up(value: Fraction | float) -> int:
    """Whole nanoseconds, rounded once, half up. Products are taken in double precision before that (section 11)."""
    exact = Fraction(value)
    rounded = math.floor(exact + Fraction(1, 2))
    if isinstance(value, float) and near_half(exact, abs(exact)):
        UNDECIDED.append(value)
    return rounded


def near_half(time: Fraction, long: Fraction) -> bool:
    """Whether a time is nearer to half a nanosecond than doubles can tell, which had to do with times so long."""
    return abs(time - math.floor(time) - Fraction(1, 2)) <= long * LOST


def number(value: Any) -> Fraction:
    """A number as it is written, exactly: 1.3 is 13/10."""
    return Fraction(str(value))


def split(value: Any) -> tuple[Fraction, str]:
    """The number and the unit of a value such as 1.5h."""
    found = NUMBER.fullmatch(str(value))
    if found is None:
        raise ValueError(f"not a number with a unit: {value!r}")
    return number(found[1]), found[2]


def nanoseconds(value: Any) -> int:
    """A duration; 0 may stand alone."""
    count, unit = split(value)
    return 0 if count == 0 and not unit else half_up(count * NANOSECONDS[unit])


def size(value: Any) -> int:
    """Section 3: a size is rounded to whole bytes, at least 1."""
    count, unit = split(value)
    return max(1, half_up(count * BYTES[unit]))


def per_nanosecond(value: Any) -> Fraction:
    """A rate in records per nanosecond."""
    count, unit = split(value)
    return Fraction(0) if count == 0 and not unit else count / PER[unit]


def constant(value: Any) -> Any:
    """The value of a distribution that is a constant."""
    if isinstance(value, dict):
        if set(value) != {"constant"}:
            raise NotDeterministic(f"a distribution: {value}")
        return value["constant"]
    return value


def certain(probability: Any, what: str) -> bool:
    """True for a probability of 1, False for 0."""
    if probability not in (0, 1):
        raise NotDeterministic(f"{what} with probability {probability}")
    return bool(probability == 1)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Stream:
    """A stream of section 1."""

    name: str
    shards: int
    retention: int


@dataclass(frozen=True)
class Producer:
    """A producer; `keys` is the list of keys taken in turn, none when the key does not matter."""

    name: str
    stream: str
    rate: Any
    start: int
    stop: int
    record_bytes: int
    keys: list[str] | None
    drops: bool


@dataclass(frozen=True)
class Failure:
    """One entry of `failures`, section 7. A random failure, of probability 1, is like an outage without end."""

    kind: str
    start: int
    end: int
    factor: float
    fails_after: float
    at: tuple[int, ...]
    every_record: bool

    def covers(self, start: int) -> bool:
        """Whether it is about attempts that start at that time."""
        return self.start <= start < self.end


@dataclass(frozen=True)
class Function:
    """A function of section 1."""

    name: str
    timeout: int
    per_batch: int
    per_record: int
    per_mib: int
    cold_start: int
    idle_timeout: int
    reserved: int | None
    provisioned: int
    failures: list[Failure]


@dataclass(frozen=True)
class Backoff:
    """Waiting times of sections 6 and 7."""

    initial: int
    factor: float
    maximum: int

    def wait(self, n: int) -> int:
        """The n-th wait, n from 1."""
        return min(self.maximum, half_up(self.initial * self.factor ** (n - 1)))


@dataclass(frozen=True)
class Mapping:
    """An event source mapping of section 1."""

    number: int
    name: str
    stream: str
    function: str
    push: bool
    batch_size: int
    window: int
    lanes: int
    position: str
    timestamp: int
    starts_after: int
    retries: int
    maximum_age: int
    bisect: bool
    partial: bool
    destination: bool
    disabled: list[tuple[int, int]]
    interval: int
    phase: int | str
    get_records_limit: int
    latency: int
    extra_polls: bool
    propagation: int
    overhead: int
    retry_backoff: Backoff
    throttle_backoff: Backoff


@dataclass(frozen=True)
class Scenario:
    """All of it."""

    duration: int
    drain: int
    concurrency: int
    other_concurrency: int
    requests: Fraction  # attempts a second for each unit of concurrency
    streams: dict[str, Stream]
    producers: list[Producer]
    functions: dict[str, Function]
    mappings: list[Mapping]
    folder: Path


def parse(scenario: dict[str, Any], folder: Path) -> Scenario:
    """The scenario of a parsed file; CSV files are relative to `folder`."""
    account = scenario.get("account") or {}
    duration = nanoseconds(scenario["duration"])
    maps = [mapping(n, m) for n, m in enumerate(scenario.get("event_source_mappings") or [])]
    streams = {name: stream(name, s) for name, s in scenario["streams"].items()}
    makers = [(p, single_lane(p["stream"], streams, maps)) for p in scenario.get("producers") or []]
    return Scenario(
        duration=duration,
        drain=nanoseconds(scenario.get("drain", "1h")),
        concurrency=int(account.get("concurrency", 1000)),
        other_concurrency=int(account.get("other_concurrency", 0)),
        requests=Fraction(str(account.get("requests_per_concurrency", "10/s")).removesuffix("/s")),
        streams=streams,
        producers=[producer(n, p, duration, folder, any_key) for n, (p, any_key) in enumerate(makers)],
        functions={name: function(name, f) for name, f in (scenario.get("functions") or {}).items()},
        mappings=maps,
        folder=folder,
    )


def single_lane(name: str, streams: dict[str, Stream], mappings: list[Mapping]) -> bool:
    """Whether all records of a stream go to one lane, whatever their keys."""
    return streams[name].shards == 1 and all(m.lanes == 1 for m in mappings if m.stream == name)


def stream(name: str, s: dict[str, Any]) -> Stream:
    """One of `streams`."""
    return Stream(name, int(s["shards"]), nanoseconds(s.get("retention", "24h")))


def producer(n: int, p: dict[str, Any], duration: int, folder: Path, any_key: bool) -> Producer:
    """One of `producers`; its arrivals must be constant."""
    if p.get("arrivals", "poisson") != "constant":
        raise NotDeterministic("poisson arrivals")
    name = str(p.get("name", f"producer-{n + 1}"))
    return Producer(
        name=name,
        stream=p["stream"],
        rate=p["rate"],
        start=nanoseconds(p.get("start", 0)),
        stop=nanoseconds(p["stop"]) if "stop" in p else duration,
        record_bytes=size(constant(p.get("record_size", "1KiB"))),
        keys=None if any_key else keys(name, p.get("partition_keys", "unique"), folder),
        drops=p.get("on_throttle", "retry") == "drop",
    )


def keys(name: str, spec: Any, folder: Path) -> list[str]:
    """Section 2: key i of producer P is the string P-i; keys of a file are used as they are."""
    if isinstance(spec, dict) and "weights" in spec:
        weight = spec.get("weight_column", "weight")
        drawn = [row[spec.get("key_column", "key")] for row in rows(folder / spec["weights"]) if float(row[weight]) > 0]
        if len(drawn) == 1:
            return drawn
    elif isinstance(spec, dict) and (spec["count"] == 1 or spec.get("order") == "round_robin"):
        return [f"{name}-{i}" for i in range(int(spec["count"]))]
    raise NotDeterministic(f"partition keys drawn at random: {spec}")


def function(name: str, f: dict[str, Any]) -> Function:
    """One of `functions`."""
    duration = f["duration"]
    per = {part: nanoseconds(constant(duration.get(part, 0))) for part in ("per_batch", "per_record", "per_mib")}
    reserved = f.get("reserved_concurrency")
    return Function(
        name=name,
        timeout=nanoseconds(f.get("timeout", "3s")),
        cold_start=nanoseconds(constant(f.get("cold_start", "200ms"))),
        idle_timeout=nanoseconds(f.get("idle_timeout", "10m")),
        reserved=None if reserved is None else int(reserved),
        provisioned=int(f.get("provisioned_concurrency", 0)),
        failures=[failure(entry) for entry in f.get("failures") or [] if happens(entry)],
        **per,
    )


def happens(entry: dict[str, Any]) -> bool:
    """Whether a failure without randomness has an effect at all."""
    if entry["kind"] == "slow" or "at" in entry:
        return True
    return certain(entry.get("probability", 1 if entry["kind"] == "outage" else None), entry["kind"])


def failure(entry: dict[str, Any]) -> Failure:
    """One of `failures`."""
    kind = entry["kind"]
    always = kind in ("random", "poison")
    return Failure(
        kind=kind,
        start=-NEVER if always else nanoseconds(entry["from"]),
        end=NEVER if always else nanoseconds(entry["to"]),
        factor=float(entry.get("factor", 1)),
        fails_after=float(entry.get("fails_after", 1)),
        at=tuple(nanoseconds(t) for t in entry.get("at", ())),
        every_record=kind == "poison" and "at" not in entry,
    )


def mapping(number: int, m: dict[str, Any]) -> Mapping:
    """One of `event_source_mappings`."""
    polling: dict[str, Any] = m.get("polling") or {}
    push = m.get("consumer", "polling") == "push"
    if not push:
        no_jitter(polling, "0.05")
        certain(polling.get("missed", 0) or 0, "missed polls")
    position = m.get("starting_position", "latest")
    at = nanoseconds(position["at_timestamp"]) if isinstance(position, dict) else 0
    age = m.get("maximum_record_age", -1)
    return Mapping(
        number=number,
        name=str(m.get("name", f"{m['function']}-{m['stream']}")),
        stream=m["stream"],
        function=m["function"],
        push=push,
        batch_size=int(m.get("batch_size", 100)),
        window=nanoseconds(m.get("maximum_batching_window", 0)),
        lanes=int(m.get("parallelization_factor", 1)),
        position="at_timestamp" if isinstance(position, dict) else position,
        timestamp=at,
        starts_after=nanoseconds(m.get("starts_after", 0)),
        retries=int(m.get("maximum_retry_attempts", -1)),
        maximum_age=NEVER if str(age) == "-1" else nanoseconds(age),
        bisect=bool(m.get("bisect_batch_on_function_error", False)),
        partial=bool(m.get("report_batch_item_failures", False)),
        destination=bool(m.get("on_failure_destination", False)),
        disabled=merged([(nanoseconds(d["from"]), nanoseconds(d["to"])) for d in m.get("disabled") or []]),
        interval=nanoseconds(polling.get("interval", "1s")),
        phase=0 if push else phase(polling.get("phase", "random")),
        get_records_limit=int(polling.get("get_records_limit", 10000)),
        latency=nanoseconds(polling.get("latency", "10ms")),
        extra_polls=not push and polling.get("repoll", "full_batch") == "full_batch",
        propagation=nanoseconds((m.get("push") or {}).get("propagation", "70ms")),
        overhead=nanoseconds(m.get("invoke_overhead", 0)),
        retry_backoff=backoff(m.get("retry_backoff") or {}),
        throttle_backoff=backoff(m.get("throttle_backoff") or {}),
    )


def phase(value: Any) -> int | str:
    """The phase of section 4: spread, or the same for all shards."""
    if value == "random":
        raise NotDeterministic("phase: random")
    return "spread" if value == "spread" else nanoseconds(value)


def backoff(b: dict[str, Any]) -> Backoff:
    """A backoff without jitter."""
    no_jitter(b, "0.5")
    initial, maximum = nanoseconds(b.get("initial", "0.5s")), nanoseconds(b.get("maximum", "60s"))
    return Backoff(initial, float(b.get("factor", 2)), maximum)


def no_jitter(section: dict[str, Any], default: str) -> None:
    """Section 1: polls and backoffs have a jitter unless it is given as 0."""
    if number(section.get("jitter", default)) != 0:
        raise NotDeterministic(f"jitter {section.get('jitter', default)}")


def merged(periods: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Section 4: disabled periods that overlap are one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(periods):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
