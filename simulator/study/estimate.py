"""The closed-form estimate: shards by each limit on its own, as a spreadsheet would have it.

It knows means, peaks and the hottest shard, and nothing of waiting. Beside a simulation it says which part of an answer
is arithmetic, and which part only a simulation knows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from simulator.measures.expected import batch_s, full_batch
from simulator.model.concurrency import pool_sizes
from simulator.model.read_limits import CALLS_PER_S, READ_BYTES_PER_S
from simulator.scenario.spec import EventSourceMapping, Outage, Scenario
from simulator.study.demand import Demand, demand
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

MOST_SHARDS: Final = 10_000
MOST_TRIED: Final = 2000  # numbers of shards that are tried in turn where keys are skewed
WRITING: Final = ("write records", "write bytes")  # limits
LIGHT: Final = 0.8  # use of the lanes up to which batches do not queue to speak of


@dataclass(frozen=True)
class Need:
    """The shards that one limit asks for. Infinity: no number of shards is enough."""

    limit: str  # as in measures.usage
    at_mean: float
    at_peak: float
    use: float  # of the limit by the hottest shard or lane, at the mean rate and today's shards
    why: str


@dataclass(frozen=True)
class Drain:
    """How long a backlog takes to go: rate x length / (capacity - rate), with the hottest lane's capacity."""

    cause: str
    seconds: float  # infinity: it does not go


@dataclass(frozen=True)
class Estimate:
    """What arithmetic says of one mapping. Times are in seconds."""

    mapping: str
    stream: str
    demand: Demand
    needs: tuple[Need, ...]
    poll_wait_mean_s: float
    latency_p99_s: float  # NaN where no formula holds
    latency_p99_why: str
    drains: tuple[Drain, ...]

    def shards(self, at_peak: bool = True) -> float:
        """The shards that satisfy every limit."""
        return max(need.at_peak if at_peak else need.at_mean for need in self.needs)

    @property
    def binding(self) -> Need:
        """The limit that asks for most shards at the peak."""
        return max(self.needs, key=lambda need: (need.at_peak, need.use))


def estimates(scenario: Scenario) -> list[Estimate]:
    """The estimate of every mapping, in the scenario's order."""
    demands = {stream: demand(scenario, stream) for stream in scenario.streams}
    return [_estimate(scenario, mapping, demands[mapping.stream]) for mapping in scenario.event_source_mappings]


def _estimate(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> Estimate:
    needs = tuple(_needs(scenario, mapping, asked))
    p99_s, why = _latency_p99(scenario, mapping, asked)
    polled = mapping.polling.interval / 2 + mapping.polling.latency
    return Estimate(
        mapping=mapping.name,
        stream=mapping.stream,
        demand=asked,
        needs=needs,
        poll_wait_mean_s=polled if mapping.consumer == "polling" else mapping.push.propagation,
        latency_p99_s=p99_s,
        latency_p99_why=why,
        drains=tuple(_drains(scenario, mapping, asked)),
    )


# shards by limit


def _needs(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> Iterator[Need]:
    shards, size = scenario.streams[mapping.stream].shards, asked.mean_bytes
    sharing = _sharing(scenario, mapping)
    yield _need("write records", asked, RECORDS_PER_S, 1, shards, "1,000 records/s a shard")
    yield _need("write bytes", asked, records_in(BYTES_PER_S, size), 1, shards, "1 MiB/s a shard")
    yield _read_bytes(mapping, asked, shards, len(sharing))
    if mapping.consumer == "polling":
        yield _read_calls(sharing)
    yield _function_time(scenario, mapping, asked, shards)
    yield _concurrency(scenario, mapping, asked)


def _read_bytes(mapping: EventSourceMapping, asked: Demand, shards: int, sharing: int) -> Need:
    readers = 1 if mapping.consumer == "push" else sharing
    whose = "of its own" if mapping.consumer == "push" else f"for {readers} that poll" if readers > 1 else "a shard"
    rate = records_in(READ_BYTES_PER_S, readers * asked.mean_bytes)
    return _need("read bytes", asked, rate, 1, shards, f"2 MiB/s {whose}")


def _read_calls(sharing: list[EventSourceMapping]) -> Need:
    """Every mapping polls every shard, so more shards are no help."""
    use = sum(1 / each.polling.interval for each in sharing) / CALLS_PER_S
    shards = 1.0 if use <= 1 + 1e-9 else math.inf
    return Need("read calls", shards, shards, use, f"5 calls/s a shard, for {len(sharing)} that poll")


def _function_time(scenario: Scenario, mapping: EventSourceMapping, asked: Demand, shards: int) -> Need:
    records, busy_s, rate = lane_rate(scenario, mapping, asked)
    why = f"a full batch of {records:,} takes {busy_s:.3g} s"
    why += "" if rate else f", more than the timeout of {scenario.functions[mapping.function].timeout:g} s"
    return _need("function time per lane", asked, rate, mapping.parallelization_factor, shards, why)


def _concurrency(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> Need:
    """Little's law: the lanes busy at once, with full batches. More shards need no less of it."""
    limit = pool_sizes(scenario)[mapping.function]
    rate = lane_rate(scenario, mapping, asked)[2]
    busy, busy_at_peak = _lanes(asked.records_per_s, rate), _lanes(asked.peak_records_per_s, rate)
    return Need(
        "concurrency",
        1.0 if busy <= limit else math.inf,
        1.0 if busy_at_peak <= limit else math.inf,
        busy / limit if limit else math.inf,
        f"{_at_once(busy_at_peak)}, {limit:,} allowed",
    )


def _at_once(batches: float) -> str:
    return "full batches never end in time" if math.isinf(batches) else f"{batches:.3g} batches at once at the peak"


def lane_rate(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> tuple[int, float, float]:
    """Records of a full batch, seconds that it takes, and the records/s of a lane that has nothing but full batches.

    The rate is infinite for a function that takes no time, and 0 when a full batch exceeds the timeout.
    """
    function = scenario.functions[mapping.function]
    records = full_batch(mapping, asked.mean_bytes)
    busy_s = batch_s(mapping, function, records, asked.mean_bytes)
    if busy_s - mapping.invoke_overhead > function.timeout:
        return records, busy_s, 0.0
    return records, busy_s, records / busy_s if busy_s else math.inf


def _need(limit: str, asked: Demand, rate: float, lanes: int, shards: int, why: str) -> Need:
    """The shards at which the hottest lane (of so many a shard) gets no more than `rate` records/s."""
    hottest = asked.records_per_s * asked.hottest_share(shards, lanes)
    at_mean, at_peak = (least_shards(asked, r, rate, lanes) for r in (asked.records_per_s, asked.peak_records_per_s))
    if math.isinf(at_peak) and asked.hottest_key:
        hot = asked.peak_records_per_s * asked.hottest_key
        why += f"; its most popular key alone has {hot:,.0f} records/s at the peak"
    return Need(limit, at_mean, at_peak, _lanes(hottest, rate), why)


def least_shards(asked: Demand, records_per_s: float, rate: float, lanes: int) -> float:
    """The least number of shards at which no lane (of so many a shard) gets more than `rate` records/s; or infinity.

    With skewed keys the hottest lane's part does not fall with every shard more, so the numbers are tried in turn.
    """
    allowed = rate * (1 + 1e-9)
    if records_per_s * asked.hottest_key > allowed:
        return math.inf
    even = max(1.0, math.ceil(min(_lanes(records_per_s, allowed) / lanes, MOST_SHARDS + 1.0)))
    tried = range(int(even), min(int(even) + MOST_TRIED, MOST_SHARDS + 1))
    fits = (float(n) for n in tried if records_per_s * asked.hottest_share(n, lanes) <= allowed)
    return next(fits, math.inf)


def _lanes(records_per_s: float, rate: float) -> float:
    """How many lanes that do `rate` records/s are busy with so many."""
    return records_per_s / rate if rate else math.inf if records_per_s else 0.0


def records_in(bytes_per_s: float, size: float) -> float:
    """Records/s of a size that so many bytes/s are; infinite for records without bytes."""
    return bytes_per_s / size if size else math.inf


def _sharing(scenario: Scenario, mapping: EventSourceMapping) -> list[EventSourceMapping]:
    """The mappings that poll the same shards."""
    return [
        each for each in scenario.event_source_mappings if each.stream == mapping.stream and each.consumer == "polling"
    ]


# times


def capacity(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> float:
    """Records/s of the whole stream at which the mapping's first limit is reached: reading, lanes or concurrency.

    It is of today's shards, and the hottest shard or lane decides. Infinite when nothing limits it.
    """
    shards, lanes = scenario.streams[mapping.stream].shards, mapping.parallelization_factor
    readers = 1 if mapping.consumer == "push" else len(_sharing(scenario, mapping))
    rate = lane_rate(scenario, mapping, asked)[2]
    return min(
        records_in(READ_BYTES_PER_S, readers * asked.mean_bytes) / asked.hottest_share(shards),
        rate / asked.hottest_share(shards, lanes),
        rate * pool_sizes(scenario)[mapping.function],
    )


def _drains(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> Iterator[Drain]:
    """After what was written before t = 0, each outage of the function and each time that the mapping is disabled."""
    spare = capacity(scenario, mapping, asked) - asked.records_per_s
    if asked.waiting_records and mapping.starting_position != "latest":
        yield _drain("records from before t = 0", asked.waiting_records, spare)
    for each in scenario.functions[mapping.function].failures:
        if isinstance(each, Outage) and each.probability == 1:
            yield _drain("outage", asked.records_per_s * (each.to - each.from_), spare)
    for period in mapping.disabled:
        yield _drain("disabled", asked.records_per_s * (period.to - period.from_), spare)


def _drain(cause: str, backlog: float, spare: float) -> Drain:
    return Drain(cause, backlog / spare if spare > 0 else math.inf)


def _latency_p99(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> tuple[float, str]:
    """The 99th percentile of latency where a formula holds, else NaN; and the formula, or why there is none.

    A record waits for its poll, evenly distributed over the interval, and is then in the one batch of that poll. This
    holds where lanes have little to do and a poll does not fill a batch.
    """
    why = next((why for why, holds in _obstacles(scenario, mapping, asked) if holds), "")
    if why:
        return math.nan, f"no formula: {why}"
    function, shards = scenario.functions[mapping.function], scenario.streams[mapping.stream].shards
    if mapping.consumer == "push":
        busy_s = batch_s(mapping, function, 1, asked.mean_bytes)
        return mapping.push.propagation + busy_s, "propagation + the time of a batch of 1"
    interval = mapping.polling.interval
    a_poll = asked.records_per_s * asked.hottest_share(shards, mapping.parallelization_factor) * interval
    busy_s = batch_s(mapping, function, max(1.0, a_poll), asked.mean_bytes)
    value = 0.99 * interval + mapping.polling.latency + busy_s
    return value, f"0.99 of the poll's interval + its latency + the time of a batch of {max(1.0, a_poll):.3g}"


def _obstacles(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> Iterator[tuple[str, bool]]:
    """What makes batches queue, or wait for other things than their poll."""
    function, shards = scenario.functions[mapping.function], scenario.streams[mapping.stream].shards
    lanes = shards * mapping.parallelization_factor
    a_lane = asked.records_per_s * asked.hottest_share(shards, mapping.parallelization_factor)
    yield "no records come", asked.records_per_s == 0
    yield "the rate changes", asked.peak_records_per_s > 1.05 * asked.records_per_s
    yield "there is a backlog to begin with", asked.waiting_records > 0
    yield "a batching window", mapping.maximum_batching_window > 0
    yield "failures", bool(function.failures or mapping.disabled)
    yield "concurrency below the lanes", pool_sizes(scenario)[mapping.function] < lanes
    yield (
        "the shards' write limits",
        asked.records_per_s * asked.hottest_share(shards)
        > LIGHT * min(RECORDS_PER_S, records_in(BYTES_PER_S, asked.mean_bytes)),
    )
    if mapping.consumer == "push":
        use = a_lane * batch_s(mapping, function, 1, asked.mean_bytes)
        yield "pushed records queue for a lane that is busy", use > 0.01
        return
    a_poll = a_lane * mapping.polling.interval
    busy_s = batch_s(mapping, function, a_poll, asked.mean_bytes)
    yield "the polls share the read limits", len(_sharing(scenario, mapping)) > 1
    yield "polls are missed", mapping.polling.missed > 0
    yield "a poll brings more than a batch", a_poll + 4 * math.sqrt(a_poll) > full_batch(mapping, asked.mean_bytes)
    yield "batches queue", busy_s > LIGHT * mapping.polling.interval
