"""What no single field can tell: the errors of docs/model.md, section 1, that need two fields or more.

Each rule is a function from a part of the scenario to the problems in it. A rule asks for what is wrong, never for what
is right: a part that could not be read compares false (see place.Unreadable), and so nothing is said of it twice.

A record_size that can exceed the stream's max_record_size is an error when it has an upper bound (constant, uniform,
empirical) or is centred above the limit. An unbounded one (exponential, normal, lognormal, gamma) is allowed, and what
it draws above the limit is cut to the limit.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from simulator.scenario.data_rules import data_problems, handler_problems
from simulator.scenario.distribution_rules import distribution_problems
from simulator.scenario.expectations import largest, mean
from simulator.scenario.place import UNREADABLE, Problem, joined
from simulator.scenario.resharding_rules import stream_problems
from simulator.scenario.spec import (
    CountedKeys,
    EventSourceMapping,
    Function,
    Outage,
    Period,
    Polling,
    Producer,
    Rate,
    Reader,
    Scenario,
    Slow,
    Spikes,
    Steps,
    Zipf,
)
from simulator.scenario.units import format_duration, format_size


def broken_rules(scenario: Scenario) -> Iterator[Problem]:
    """All problems of a scenario whose fields are each valid, or unreadable."""
    yield from _repeated("producers", scenario.producers)
    yield from _repeated("event_source_mappings", scenario.event_source_mappings)
    for i, producer in enumerate(scenario.producers):
        yield from _producer(joined("producers", i), producer, scenario)
    for name, function in scenario.functions.items():
        yield from _function(joined("functions", name), function)
    for i, mapping in enumerate(scenario.event_source_mappings):
        yield from _mapping(joined("event_source_mappings", i), mapping)
    yield from _repeated("readers", scenario.readers)
    for i, reader in enumerate(scenario.readers):
        yield from _phase(joined("readers", i), "phase", reader)
        yield from _periods(f"{joined('readers', i)}.disabled", reader.disabled)
    for name, stream in scenario.streams.items():
        yield from stream_problems(joined("streams", name), stream)
    yield from _account(scenario)


def _repeated(
    field: str, items: Sequence[Producer] | Sequence[EventSourceMapping] | Sequence[Reader]
) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for i, name in enumerate(item.name for item in items):
        if first.setdefault(name, i) < i and name is not UNREADABLE:
            message = f"'{name}' is also the name of {joined(field, first[name])}; names are unique"
            yield Problem(f"{field}[{i}].name", message, "give each a name of its own")


def _producer(field: str, producer: Producer, scenario: Scenario) -> Iterator[Problem]:
    if producer.start >= producer.stop:
        yield Problem(f"{field}.start", f"{_time(producer.start)} is not before the stop at {_time(producer.stop)}")
    if producer.stop > scenario.duration:
        message = f"{_time(producer.stop)} is later than the scenario's duration of {_time(scenario.duration)}"
        yield Problem(f"{field}.stop", message)
    yield from _rate(f"{field}.rate", producer.rate)
    yield from distribution_problems(f"{field}.record_size", producer.record_size)
    yield from _record_size(f"{field}.record_size", producer, scenario)
    yield from data_problems(f"{field}.data", producer, scenario)
    match producer.partition_keys:
        case CountedKeys(popularity=Zipf(), order="round_robin"):
            message = "round_robin takes every key in turn; popularity says how often each is drawn"
            yield Problem(f"{field}.partition_keys.order", message, "give one of the two")


def _rate(field: str, rate: Rate) -> Iterator[Problem]:
    match rate:
        case Spikes() if rate.lasts > rate.every:
            message = f"{_time(rate.lasts)} is longer than every {_time(rate.every)}"
            yield Problem(f"{field}.spikes.lasts", message, "a spike ends before the next begins")
        case Steps():
            yield from _steps(f"{field}.steps", rate)


def _steps(field: str, rate: Steps) -> Iterator[Problem]:
    if rate.steps == ():
        yield Problem(field, "the list is empty; allowed: one step or more")
    for i, (before, step) in enumerate(pairwise(rate.steps), 1):
        if before.at >= step.at:
            yield Problem(
                f"{field}[{i}].at", f"{_time(step.at)} is not later than {_time(before.at)} of the step before"
            )


def _record_size(field: str, producer: Producer, scenario: Scenario) -> Iterator[Problem]:
    if producer.stream is UNREADABLE or producer.record_size is UNREADABLE:
        return
    limit = scenario.streams[producer.stream].max_record_size
    most = largest(producer.record_size)
    size = mean(producer.record_size) if math.isinf(most) else most
    if size > limit:
        can_be = f"{'is centred at' if math.isinf(most) else 'can be'} {format_size(round(size))}"
        message = f"{can_be}, above the max_record_size of {format_size(limit)} of '{producer.stream}'"
        yield Problem(field, message)


def _function(field: str, function: Function) -> Iterator[Problem]:
    for name in ("per_batch", "per_record", "per_mib"):
        yield from distribution_problems(f"{field}.duration.{name}", getattr(function.duration, name))
    yield from distribution_problems(f"{field}.cold_start", function.cold_start)
    yield from _memory(field, function)
    yield from _periods(f"{field}.failures", function.failures)
    yield from _provisioned(f"{field}.provisioned_concurrency", function)
    yield from handler_problems(field, function)


def _memory(field: str, function: Function) -> Iterator[Problem]:
    table, measured_at = function.duration_by_memory, function.duration_measured_at
    if table is UNREADABLE or measured_at is UNREADABLE:
        return
    if table and measured_at is None:
        message = "is missing; it says with which memory `duration` was measured"
        yield Problem(f"{field}.duration_measured_at", message, "it is given with duration_by_memory")
    elif measured_at is not None and not table:
        yield Problem(f"{field}.duration_measured_at", "is of no use without duration_by_memory", "give both")
    elif table and measured_at is not None:
        for name, memory in (("memory", function.memory), ("duration_measured_at", measured_at)):
            if memory < min(table) or memory > max(table):
                sizes = f"{format_size(min(table))} to {format_size(max(table))}"
                yield Problem(f"{field}.{name}", f"{format_size(memory)} is not within duration_by_memory: {sizes}")


def _provisioned(field: str, function: Function) -> Iterator[Problem]:
    if function.reserved_concurrency is not None and function.provisioned_concurrency > function.reserved_concurrency:
        message = (
            f"{function.provisioned_concurrency} is above the reserved_concurrency of {function.reserved_concurrency}"
        )
        yield Problem(field, message)


def _mapping(field: str, mapping: EventSourceMapping) -> Iterator[Problem]:
    yield from _periods(f"{field}.disabled", mapping.disabled)
    yield from _phase(field, "polling.phase", mapping.polling)


def _phase(field: str, name: str, polling: Polling | Reader) -> Iterator[Problem]:
    if not isinstance(polling.phase, str) and polling.phase >= polling.interval:
        message = f"{_time(polling.phase)} is not below the interval of {_time(polling.interval)}"
        yield Problem(f"{field}.{name}", message)


def _periods(field: str, periods: Iterable[object]) -> Iterator[Problem]:
    for i, period in enumerate(periods):
        if isinstance(period, Outage | Slow | Period) and period.from_ >= period.to:
            message = f"{_time(period.to)} is not later than from {_time(period.from_)}"
            yield Problem(f"{field}[{i}].to", message)


def _account(scenario: Scenario) -> Iterator[Problem]:
    account = scenario.account
    if account.other_concurrency > account.concurrency:
        message = f"{account.other_concurrency} is above the account's concurrency of {account.concurrency}"
        yield Problem("account.other_concurrency", message)
        return
    left = account.concurrency - account.other_concurrency
    for name, function in scenario.functions.items():
        reserve = function.reserved_concurrency or 0
        if reserve > left:
            before = f"other_concurrency and the reserves before it leave of {account.concurrency}"
            message = f"{reserve} is more than the {left} that {before}"
            yield Problem(f"functions.{name}.reserved_concurrency", message)
            return
        left -= reserve
    yield from _provisioned_together(scenario, left)


def _provisioned_together(scenario: Scenario, left: int) -> Iterator[Problem]:
    """Functions without a reserve share what is left, so together they cannot have more than that ready."""
    before = 0
    for name, function in scenario.functions.items():
        provisioned = function.provisioned_concurrency if function.reserved_concurrency is None else 0
        if before + provisioned > left:
            others = f", with the {before} of those before it," if before else ""
            message = (
                f"{provisioned}{others} is more than the {left} that other_concurrency and the reserves leave of "
                f"{scenario.account.concurrency}"
            )
            yield Problem(f"functions.{name}.provisioned_concurrency", message)
            return
        before += provisioned


def _time(seconds: float) -> str:
    return format_duration(seconds)
