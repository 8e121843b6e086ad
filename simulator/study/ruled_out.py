"""What is known of a setting without simulating it: that it surely does not keep up, or that full batches never end.

A search does not try such settings (docs/studies.md). What is not sure is left to the simulation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from simulator.measures.expected import full_batch
from simulator.measures.verdict import behind_ns
from simulator.scenario.spec import EventSourceMapping, Scenario, Slow
from simulator.study.demand import Demand, demand
from simulator.study.estimate import lane_rate, records_in
from simulator.traffic.nanoseconds import NS
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

SURELY: Final = 1.05  # times what a limit lets through: what asks for more than that falls back by a twentieth
DEVIATIONS: Final = 4.0  # of the number of batches that chance brings


def too_few(scenario: Scenario, streams: set[str], load: float) -> float:
    """Fewer shards than this many, of each of the streams, surely do not keep up with `load` times the traffic.

    Keys are taken to be spread evenly, which is the best case, and the traffic to be at its lowest level all the time.
    0 where nothing is sure, also where keeping up is not asked for.
    """
    if not scenario.objectives.keeps_up or any(stream.changes for stream in scenario.streams.values()):
        return 0.0
    mappings = [each for each in scenario.event_source_mappings if each.stream in streams]
    return max((_too_few(scenario, each, load) for each in mappings), default=0.0)


def endless_batches(scenario: Scenario) -> str:
    """Why a full batch never ends, where it takes longer than the timeout; empty if all of them end.

    Such a mapping may serve its traffic with batches that are not full, until for once it is behind: then for good.
    """
    for mapping in scenario.event_source_mappings:
        records, busy_s, rate = lane_rate(scenario, mapping, demand(scenario, mapping.stream))
        if not rate:
            timeout_s = scenario.functions[mapping.function].timeout
            return f"a full batch of {records:,} takes {busy_s:.3g} s, more than the timeout of {timeout_s:g} s"
    return ""


def _too_few(scenario: Scenario, mapping: EventSourceMapping, load: float) -> float:
    asked = demand(scenario, mapping.stream)
    lowest = load * float(asked.levels.min(initial=math.inf))
    if not math.isfinite(lowest):
        return 0.0
    fits = max(lowest / rate for rate in (*_written(asked), *_served(scenario, mapping, asked)))
    return fits / _excess(mapping, asked, scenario.duration)


def _written(asked: Demand) -> Iterator[float]:
    """Records/s that a shard accepts."""
    yield RECORDS_PER_S
    yield records_in(BYTES_PER_S, asked.mean_bytes)


def _served(scenario: Scenario, mapping: EventSourceMapping, asked: Demand) -> Iterator[float]:
    """Records/s that the lanes of a shard serve with full batches, where all records are to be served all the time."""
    function = scenario.functions[mapping.function]
    faster = any(isinstance(each, Slow) and each.factor < 1 for each in function.failures)
    if faster or mapping.filter or mapping.disabled or mapping.starts_after:
        return
    if rate := lane_rate(scenario, mapping, asked)[2]:
        yield mapping.parallelization_factor * rate


def _excess(mapping: EventSourceMapping, asked: Demand, duration_s: float) -> float:
    """How many times what fits is surely too much: chance does not make up for it, and at the end it shows as a lag."""
    batches = asked.records_per_s * duration_s / full_batch(mapping, asked.mean_bytes)
    hidden = 2 * behind_ns(mapping) / NS / duration_s
    by_chance = DEVIATIONS / math.sqrt(batches) if batches else math.inf
    return max(SURELY, 1 / (1 - hidden)) + by_chance if hidden < 1 else math.inf
