"""What a month of a scenario's traffic costs at least, without simulating it.

What is paid by the hour is exact. Invocations are as few as the lanes can do with: the fewer, the longer a lane waits
between two batches. Cold starts, retries and chance add to it. A search tries first what can be cheapest by this, and
never what cannot be cheaper than an answer that it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.bill import DAY_S, GB, HOUR_S, MILLION, MONTH_S, Quantity, priced, prices_of
from simulator.measures.billed import PUT_UNIT_BYTES
from simulator.measures.expected import batch_s, full_batch
from simulator.scenario.spec import EventSourceMapping, Scenario, Slow
from simulator.study.demand import Demand, demand

Floats = NDArray[np.float64]
CHANCE: Final = 0.95  # of the expected traffic: chance may bring less


def floor_usd_per_month(scenario: Scenario) -> float:
    """USD a month that a run of the scenario costs at least, if it keeps up."""
    used = [*_by_the_hour(scenario), *_records(scenario)]
    used += [quantity for mapping in scenario.event_source_mappings for quantity in _work(scenario, mapping)]
    return sum(item.usd_per_month for item in priced(used, prices_of(scenario.prices), MONTH_S))


def _by_the_hour(scenario: Scenario) -> Iterator[Quantity]:
    hours = MONTH_S / HOUR_S
    for name, stream in scenario.streams.items():
        yield Quantity("kinesis_shard_hour", name, stream.shards * hours)
        if stream.retention > DAY_S:
            yield Quantity("kinesis_extended_retention_shard_hour", name, stream.shards * hours)
    for mapping in scenario.event_source_mappings:
        if mapping.consumer == "push":
            shards = scenario.streams[mapping.stream].shards
            yield Quantity("kinesis_fan_out_shard_hour", mapping.name, shards * hours)
    for name, function in scenario.functions.items():
        gb_s = function.provisioned_concurrency * MONTH_S * function.memory / GB
        yield Quantity(f"lambda_provisioned_gb_second_{function.architecture}", name, gb_s)


def _month_s(scenario: Scenario) -> float:
    """The part of a month in which there is the traffic from t = 0 on; what came before is left out."""
    begin_s = min([0.0, *(producer.start for producer in scenario.producers)])
    return CHANCE * MONTH_S * scenario.duration / (scenario.duration - begin_s)


def _records(scenario: Scenario) -> Iterator[Quantity]:
    """Putting records, and pushing them."""
    for name in scenario.streams:
        asked = demand(scenario, name)
        records = 0.0 if _drops(scenario, name) else asked.records_per_s * _month_s(scenario)
        units = max(1.0, asked.mean_bytes / PUT_UNIT_BYTES)
        yield Quantity("kinesis_million_put_units", name, records * units / MILLION)
        for mapping in scenario.event_source_mappings:
            if mapping.stream == name and mapping.consumer == "push" and not _may_cost_less(scenario, mapping):
                yield Quantity("kinesis_fan_out_gb", mapping.name, records * asked.mean_bytes / GB)


def _work(scenario: Scenario, mapping: EventSourceMapping) -> Iterator[Quantity]:
    """The invocations that a month's records take at least."""
    if _may_cost_less(scenario, mapping):
        return
    asked, function, month = demand(scenario, mapping.stream), scenario.functions[mapping.function], _month_s(scenario)
    attempts = attempts_per_s(scenario, mapping, asked)
    empty_s = batch_s(mapping, function, 0, asked.mean_bytes) - mapping.invoke_overhead
    record_s = batch_s(mapping, function, 1, asked.mean_bytes) - mapping.invoke_overhead - empty_s
    yield Quantity("lambda_million_requests", mapping.function, month * attempts / MILLION)
    if not function.provisioned_concurrency:  # its duration is cheaper there
        busy = min(attempts * empty_s + asked.records_per_s * record_s, attempts * function.timeout)
        gb_s = month * busy * function.memory / GB
        yield Quantity(f"lambda_gb_second_{function.architecture}", mapping.function, gb_s)


def attempts_per_s(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> float:
    """The least invocations a second, in the mean over the time of the traffic.

    A free lane takes what there is, so at most one wait and one batch lie between two batches of it. It waits for a
    poll, or for the next pushed record, and for the batching window. The time c from batch to batch then follows from
    c = wait + time of a batch of rate * c records. No batch is more than full.
    """
    shares, times = asked.shares(scenario.streams[mapping.stream].shards, mapping.parallelization_factor)
    rates = np.outer(asked.levels, shares)  # records/s of lanes, at each level of the traffic
    function = scenario.functions[mapping.function]
    empty_s = batch_s(mapping, function, 0, asked.mean_bytes)
    record_s = batch_s(mapping, function, 1, asked.mean_bytes) - empty_s
    least = rates / full_batch(mapping, asked.mean_bytes)
    spare = np.maximum(1 - rates * record_s, 1e-9)
    with np.errstate(divide="ignore"):
        if mapping.consumer == "polling":
            interval = mapping.polling.interval
            found = -np.expm1(-rates * interval)  # the part of the polls that find a record
            in_time = empty_s + rates * interval * record_s < interval  # done before the next poll
            waits = np.where(in_time, interval, (interval + empty_s) / spare)
        else:
            found, waits = np.ones_like(rates), (1 / rates + empty_s) / spare
    batches = np.maximum(least, found / (waits + mapping.maximum_batching_window))
    return float((np.minimum(batches, rates) * times).sum(axis=1).mean())


def _may_cost_less(scenario: Scenario, mapping: EventSourceMapping) -> bool:
    """Whether there may be records that no invocation is paid for, or not a whole one."""
    failures = scenario.functions[mapping.function].failures
    return (
        mapping.maximum_retry_attempts >= 0
        or mapping.maximum_record_age >= 0
        or mapping.starts_after > 0
        or bool(mapping.disabled)
        or _drops(scenario, mapping.stream)
        or any(isinstance(each, Slow) and each.factor < 1 for each in failures)
    )


def _drops(scenario: Scenario, stream: str) -> bool:
    return any(each.stream == stream and each.on_throttle == "drop" for each in scenario.producers)
