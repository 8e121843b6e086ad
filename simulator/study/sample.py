"""Some shards of a stream in place of all, where all are alike and share nothing that can run short.

With keys that are all different each shard gets its own part of the traffic at random, as it would with fewer shards
and as much less traffic. What shards share is refused where it could bind: then the few would not be like the many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from simulator.model.concurrency import pool_sizes
from simulator.model.environments import NEW_BURST_NS, NEW_NS
from simulator.scenario.expectations import bounds
from simulator.scenario.memory import work
from simulator.scenario.objectives import Objectives
from simulator.scenario.scaling import scaled
from simulator.scenario.spec import Function, Poison, Scenario, Slow, UniqueKeys
from simulator.study.settings import SettingsError

NEW_AT_ONCE: Final = NEW_BURST_NS // NEW_NS  # environments that a function gets before it has to wait for more
OF_ALL: Final = ("latency_max", "iterator_age_max", "iterator_age_at_send_max", "recovery_time")


class SampleError(SettingsError):
    """Some shards would not tell what all do; the message says why."""


def sampled(scenario: Scenario, shards: int) -> tuple[Scenario, float]:
    """The scenario with so many shards of its stream and their part of the traffic, and how many times that it is.

    A stream without more shards is left as it is. Raises SampleError.
    """
    for why in _reasons(scenario):
        raise SampleError(f"sample {shards}: {why}; leave the sample out")
    (name, stream), *_ = scenario.streams.items()
    if stream.shards <= shards:
        return scenario, 1.0
    part = shards / stream.shards
    producers = tuple(replace(each, rate=scaled(each.rate, part)) for each in scenario.producers)
    return replace(scenario, streams={name: replace(stream, shards=shards)}, producers=producers), 1 / part


def _reasons(scenario: Scenario) -> Iterator[str]:
    """Why a sample of the shards would mislead."""
    if len(scenario.streams) > 1:
        yield f"the scenario has {len(scenario.streams)} streams, and a sample is of one"
    for name, stream in scenario.streams.items():
        if stream.unequal:
            yield f"the shards of stream '{name}' have unequal ranges of hash keys"
        if stream.changes:
            yield f"the shards of stream '{name}' change, by what all of them take"
    for producer in scenario.producers:
        if not isinstance(producer.partition_keys, UniqueKeys):
            yield f"producer {producer.name}: its keys are not all different, so no shard is like another"
        if producer.arrivals != "poisson":
            yield f"producer {producer.name}: evenly spaced arrivals are only so for all shards together"
    yield from _shared(scenario)
    yield from _of_all(scenario.objectives)


def _shared(scenario: Scenario) -> Iterator[str]:
    """What all lanes of a function share, and may run short of."""
    each_s = scenario.account.requests_per_concurrency
    sizes, lanes = pool_sizes(scenario), dict.fromkeys(scenario.functions, 0)
    for mapping in scenario.event_source_mappings:
        lanes[mapping.function] += scenario.streams[mapping.stream].shards * mapping.parallelization_factor
    unreserved = sum(n for name, n in lanes.items() if scenario.functions[name].reserved_concurrency is None)
    for name, function in scenario.functions.items():
        asked = unreserved if function.reserved_concurrency is None else lanes[name]
        if asked > sizes[name]:
            yield f"{asked:,} lanes share {sizes[name]:,} units of concurrency, so that may bind"
        if each_s and asked > each_s * sizes[name] * _shortest_s(function):
            yield f"function {name}: {asked:,} lanes of short attempts share {each_s * sizes[name]:,.0f} invocations/s"
        if lanes[name] > NEW_AT_ONCE:
            yield f"function {name}: its {lanes[name]:,} lanes may wait for environments: {NEW_AT_ONCE:,} come at once"
        if function.provisioned_concurrency:
            yield f"function {name}: its lanes share provisioned concurrency"
        if any(isinstance(failure, Poison) for failure in function.failures):
            yield f"function {name}: poison records are few, and may be in no shard of the sample"


def _shortest_s(function: Function) -> float:
    """How long an attempt takes at least."""
    parts = [each.fails_after for each in function.failures if not isinstance(each, Slow)]
    return bounds(work(function).per_batch)[0] * min(parts, default=1.0)


def _of_all(objectives: Objectives) -> Iterator[str]:
    """Objectives that ask for the most of all shards, or that something happens in none."""
    for name in OF_ALL:
        if getattr(objectives, name) is not None:
            yield f"objective {name}: the most of all shards is not that of a sample"
    for name in ("records_lost", "records_to_destination"):
        if getattr(objectives, name) == 0:
            yield f"objective {name} 0: what happens in none of the sample may happen in another shard; allow some"
