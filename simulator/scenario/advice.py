"""Warnings: what is allowed but unwise, found without simulating. They are asked for a scenario without errors only."""

from collections.abc import Iterator, Mapping, Sequence

from simulator.scenario.bounds import MIB
from simulator.scenario.data import line_bytes
from simulator.scenario.expectations import expected_records, grouped, hottest_share, mean
from simulator.scenario.memory import work
from simulator.scenario.place import Problem, joined
from simulator.scenario.spec import EventSourceMapping, Function, Outage, Polling, Producer, Push, Scenario, Stream
from simulator.scenario.units import format_duration, format_rate, format_size

SHARD_RECORDS = 1000.0  # records/s that a shard accepts
SHARD_BYTES = float(MIB)  # bytes/s that a shard accepts
SHARD_CALLS = 5.0  # GetRecords calls/s that a shard answers
MUCH_LARGER = 1.5  # times
UNRESERVED = 100  # concurrency that AWS keeps from being reserved


def advice(scenario: Scenario) -> Iterator[Problem]:
    """All warnings of a valid scenario."""
    yield from _warmup(scenario)
    yield from _account(scenario)
    writers, readers = grouped(scenario.producers, "stream"), grouped(scenario.event_source_mappings, "stream")
    invokers, left = grouped(scenario.event_source_mappings, "function"), _unreserved(scenario)
    for name, stream in scenario.streams.items():
        yield from _stream(name, stream, writers.get(name, ()), readers.get(name, ()))
    for i, producer in enumerate(scenario.producers):
        yield from _hot_key(joined("producers", i), producer)
        yield from _data_size(joined("producers", i), producer)
    for name, function in scenario.functions.items():
        yield from _function(name, function, invokers.get(name, ()), scenario.streams, left)
    for i, mapping in enumerate(scenario.event_source_mappings):
        yield from _mapping(joined("event_source_mappings", i), mapping, writers.get(mapping.stream, ()), scenario)


def _warn(field: str, message: str, hint: str = "") -> Problem:
    return Problem(field, message, hint, "warning")


def _warmup(scenario: Scenario) -> Iterator[Problem]:
    if scenario.warmup_s >= scenario.duration:
        yield _warn("warmup", "is not shorter than the duration: the statistics are left with no records")


def _account(scenario: Scenario) -> Iterator[Problem]:
    reserves = {name: each.reserved_concurrency or 0 for name, each in scenario.functions.items()}
    left = scenario.account.concurrency - sum(reserves.values())
    if any(reserves.values()) and left < UNRESERVED <= scenario.account.concurrency:
        largest = max(reserves, key=lambda name: reserves[name])
        message = f"the reserves leave {left} of the account's concurrency; AWS keeps {UNRESERVED} from being reserved"
        yield _warn(f"functions.{largest}.reserved_concurrency", message)


# --- streams and producers ----------------------------------------------------------------------------------------


def _stream(
    name: str, stream: Stream, producers: Sequence[Producer], mappings: Sequence[EventSourceMapping]
) -> Iterator[Problem]:
    if not producers:
        yield _warn(f"streams.{name}", "nothing writes to it")
    if not mappings:
        yield _warn(f"streams.{name}", "no event source mapping reads it")
    if stream.hash_ranges and len(stream.hash_ranges) != stream.shards:
        message = f"{len(stream.hash_ranges)} are given for {stream.shards} shards; they are taken to be equal"
        yield _warn(f"streams.{name}.hash_ranges", message)
    if not stream.changes:
        yield from _write_limit(f"streams.{name}.shards", stream, producers)
    yield from _read_calls(f"streams.{name}.shards", mappings)


def _write_limit(field: str, stream: Stream, producers: Sequence[Producer]) -> Iterator[Problem]:
    span = max((each.stop for each in producers), default=1.0) - min((each.start for each in producers), default=0.0)
    records = sum(_expected(each) for each in producers) / span
    size = sum(_expected(each) * mean(each.record_size) for each in producers) / span
    if records > stream.shards * SHARD_RECORDS:
        limit = format_rate(stream.shards * SHARD_RECORDS)
        yield _warn(field, f"together accept {limit}, less than the producers' mean of {records:.4g}/s")
    if size > stream.shards * SHARD_BYTES:
        limit = format_size(stream.shards * SHARD_BYTES)
        yield _warn(field, f"together accept {limit}/s, less than the producers' mean of {size / MIB:.3g} MiB/s")


def _read_calls(field: str, mappings: Sequence[EventSourceMapping]) -> Iterator[Problem]:
    calls = sum(1.0 / each.polling.interval for each in mappings if each.consumer == "polling")
    if calls > SHARD_CALLS:
        message = f"its mappings poll each shard {calls:.3g} times a second; a shard answers {SHARD_CALLS:g}"
        yield _warn(field, message, "consumer: push has limits of its own")


def _hot_key(field: str, producer: Producer) -> Iterator[Problem]:
    rate = _expected(producer) / (producer.stop - producer.start) * hottest_share(producer.partition_keys)
    if rate > SHARD_RECORDS or rate * mean(producer.record_size) > SHARD_BYTES:
        message = f"the most popular key gets {rate:.4g} records/s, more than one shard accepts"
        yield _warn(f"{field}.partition_keys", message, "more shards do not help it")


def _data_size(field: str, producer: Producer) -> Iterator[Problem]:
    """The simulation counts with record_size, which has the key in it."""
    lines, counted = line_bytes(producer.data), mean(producer.record_size)
    if lines > MUCH_LARGER * counted or counted > MUCH_LARGER * lines:
        message = f"is {counted:.4g} B on average, while the lines of its data have {lines:.4g} B, without keys"
        yield _warn(f"{field}.record_size", message, "limits, time and bill go by record_size")


def _expected(producer: Producer) -> float:
    return expected_records(producer.rate, producer.start, producer.stop)


# --- functions ----------------------------------------------------------------------------------------------------


def _function(
    name: str, function: Function, mappings: Sequence[EventSourceMapping], streams: Mapping[str, Stream], left: int
) -> Iterator[Problem]:
    if not mappings:
        yield _warn(f"functions.{name}", "no event source mapping invokes it")
    lanes = sum(streams[each.stream].shards * each.parallelization_factor for each in mappings)
    reserve = function.reserved_concurrency
    if reserve is not None and reserve < lanes:
        message = f"{reserve} is below the {lanes} batches that may be in flight: shards x parallelization_factor"
        yield _warn(f"functions.{name}.reserved_concurrency", message, "expect throttles")
    elif reserve is None and left < lanes:
        message = f"the account leaves it {left}, below the {lanes} batches that may be in flight"
        yield _warn(f"functions.{name}", message, "expect throttles")


def _unreserved(scenario: Scenario) -> int:
    reserves = sum(each.reserved_concurrency or 0 for each in scenario.functions.values())
    return scenario.account.concurrency - scenario.account.other_concurrency - reserves


# --- mappings -----------------------------------------------------------------------------------------------------


def _mapping(
    field: str, mapping: EventSourceMapping, producers: Sequence[Producer], scenario: Scenario
) -> Iterator[Problem]:
    yield from _timeout(field, mapping, producers, scenario.functions[mapping.function])
    yield from _retention(field, mapping, scenario)
    yield from _latest(field, mapping, producers)
    yield from _unused(field, mapping)


def _timeout(
    field: str, mapping: EventSourceMapping, producers: Sequence[Producer], function: Function
) -> Iterator[Problem]:
    size = max((mean(each.record_size) for each in producers), default=0.0)
    duration = work(function)
    full = mean(duration.per_batch) + mapping.batch_size * (
        mean(duration.per_record) + size / MIB * mean(duration.per_mib)
    )
    if full > function.timeout:
        message = (
            f"a full batch takes {full:.3g} s in the mean, more than the timeout of {format_duration(function.timeout)}"
        )
        yield _warn(f"{field}.batch_size", message)


def _retention(field: str, mapping: EventSourceMapping, scenario: Scenario) -> Iterator[Problem]:
    retention = scenario.streams[mapping.stream].retention
    for i, period in enumerate(mapping.disabled):
        if period.to - period.from_ >= retention:
            message = f"is disabled longer than the retention of {format_duration(retention)} of '{mapping.stream}'"
            yield _warn(f"{field}.disabled[{i}]", message, "records will expire")
    for i, failure in enumerate(scenario.functions[mapping.function].failures):
        if isinstance(failure, Outage) and failure.to - failure.from_ >= retention:
            message = f"outlasts the retention of {format_duration(retention)} of '{mapping.stream}'"
            yield _warn(f"functions.{mapping.function}.failures[{i}]", message, "records will expire")


def _latest(field: str, mapping: EventSourceMapping, producers: Sequence[Producer]) -> Iterator[Problem]:
    early = [each for each in producers if each.start < mapping.starts_after]
    if mapping.starting_position == "latest" and early:
        first = min(early, key=lambda producer: producer.start)
        start, reads = format_duration(first.start), format_duration(mapping.starts_after)
        message = f"skips what '{first.name}' writes from {start} until the mapping starts at {reads}"
        yield _warn(f"{field}.starting_position", message, "trim_horizon skips nothing")


def _unused(field: str, mapping: EventSourceMapping) -> Iterator[Problem]:
    if mapping.consumer == "push" and mapping.polling != Polling():
        yield _warn(f"{field}.polling", "is of no effect with consumer: push")
    if mapping.consumer == "polling" and mapping.push != Push():
        yield _warn(f"{field}.push", "is of no effect with consumer: polling")
