"""How long runs take: predicted from the scenario, in proportion; and in seconds, by trying a small part of one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from simulator.measures.run import simulate
from simulator.scenario.expectations import expected_records, mean
from simulator.scenario.spec import EventSourceMapping, Scenario

RECORD_S: Final = 1e-7  # each mapping, on a machine like that of docs/performance.md
ATTEMPT_S: Final = 3e-5
RUN_S: Final = 0.005  # whatever it simulates
TRIAL_S: Final = 0.15


def predicted_s(scenario: Scenario) -> float:
    """Seconds that one run takes, right in proportion to other runs."""
    return RUN_S + sum(_mapping_s(scenario, mapping) for mapping in scenario.event_source_mappings)


def machine_factor(scenario: Scenario) -> float:
    """How much longer this machine takes than predicted: measured on the first part of a run, in no time."""
    part = 1.0
    while part > 1e-4 and predicted_s(_first_part(scenario, part)) > TRIAL_S:
        part /= 2
    trial = _first_part(scenario, part)
    began = time.perf_counter()
    simulate(trial)
    return (time.perf_counter() - began) / predicted_s(trial)


def wall_s(runs_s: Sequence[float], workers: int) -> float:
    """Seconds until runs of such lengths are done by so many workers."""
    return max(sum(runs_s) / workers, max(runs_s, default=0.0))


def _mapping_s(scenario: Scenario, mapping: EventSourceMapping) -> float:
    records = sum(
        expected_records(each.rate, each.start, each.stop)
        for each in scenario.producers
        if each.stream == mapping.stream
    )
    return RECORD_S * records + ATTEMPT_S * _attempts(scenario, mapping, records)


def _attempts(scenario: Scenario, mapping: EventSourceMapping, records: float) -> float:
    """At least a batch of every full size; at most one a record, or as many as the lanes have time for."""
    lanes = scenario.streams[mapping.stream].shards * mapping.parallelization_factor
    work = scenario.functions[mapping.function].duration
    each_s = mean(work.per_batch) + mean(work.per_record) + mapping.maximum_batching_window
    if mapping.consumer == "polling":
        each_s = max(each_s, mapping.polling.interval)
    possible = lanes * scenario.duration / max(each_s, 0.001)
    return max(records / mapping.batch_size, min(records, possible))


def _first_part(scenario: Scenario, part: float) -> Scenario:
    """The same until a part of its duration."""
    until = scenario.duration * part
    producers = tuple(replace(each, stop=min(each.stop, until)) for each in scenario.producers if each.start < until)
    return replace(scenario, duration=until, warmup=min(scenario.warmup_s, until / 2), producers=producers, drain=0.0)
