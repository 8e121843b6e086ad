"""The least that a month of a scenario's traffic can cost, without simulating it.

What depends on the shards and on provisioned concurrency is exact. Of the invocations it is what full batches would
cost: smaller batches, cold starts and retries only add to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.measures.bill import DAY_S, GB, HOUR_S, MILLION, MONTH_S, Quantity, priced, prices_of
from simulator.scenario.spec import EventSourceMapping, Scenario, Slow
from simulator.study.demand import demand
from simulator.study.estimate import batch_s, full_batch

CHANCE: Final = 0.9  # of the expected work, that chance may bring less


def floor_usd_per_month(scenario: Scenario) -> float:
    """USD a month that any run of the scenario costs at least."""
    used = [*_provisioned(scenario), *(q for m in scenario.event_source_mappings for q in _work(scenario, m))]
    return sum(item.usd_per_month for item in priced(used, prices_of(scenario.prices), MONTH_S))


def _provisioned(scenario: Scenario) -> Iterator[Quantity]:
    """What is paid for by the hour of a month."""
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


def _work(scenario: Scenario, mapping: EventSourceMapping) -> Iterator[Quantity]:
    """The invocations that a month's records take, all in full batches; what was there before t = 0 is left out."""
    if _may_cost_less(scenario, mapping):
        return
    asked, function = demand(scenario, mapping.stream), scenario.functions[mapping.function]
    begin_s = min([0.0, *(producer.start for producer in scenario.producers)])
    records = CHANCE * asked.records_per_s * scenario.duration / (scenario.duration - begin_s) * MONTH_S
    size = full_batch(mapping, asked.mean_bytes)
    busy_s = min(batch_s(mapping, function, size, asked.mean_bytes) - mapping.invoke_overhead, function.timeout)
    yield Quantity("lambda_million_requests", mapping.function, records / size / MILLION)
    if not function.provisioned_concurrency:  # its duration is cheaper there
        gb_s = records / size * busy_s * function.memory / GB
        yield Quantity(f"lambda_gb_second_{function.architecture}", mapping.function, gb_s)


def _may_cost_less(scenario: Scenario, mapping: EventSourceMapping) -> bool:
    """Whether there may be records that no invocation is paid for, or not a whole one."""
    producers = [each for each in scenario.producers if each.stream == mapping.stream]
    failures = scenario.functions[mapping.function].failures
    return (
        mapping.maximum_retry_attempts >= 0
        or mapping.maximum_record_age >= 0
        or mapping.starts_after > 0
        or any(each.on_throttle == "drop" for each in producers)
        or any(isinstance(each, Slow) and each.factor < 1 for each in failures)
    )
