"""What the records that a mapping has left would take of its function: a month is to process them, too."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.measures.expected import batch_s, full_batch
from simulator.measures.finished import MappingResult
from simulator.measures.stream import StreamMeasures
from simulator.scenario.spec import Scenario


@dataclass(frozen=True)
class Owed:
    """Requests, and their billed time in on-demand environments, at least."""

    requests: float
    seconds: float


def owed_work(scenario: Scenario, mapping: MappingResult, stream: StreamMeasures) -> Owed:
    """As what was processed took, without what was wasted; where nothing was, as full batches that succeed take."""
    left = mapping.ends.unprocessed
    if not left:
        return Owed(0.0, 0.0)
    if not mapping.ends.processed:
        return _expected(scenario, mapping, stream, left)
    billed, part = mapping.measures.billed, left / mapping.ends.processed
    useful_s = float((billed.ms - billed.wasted_ms).sum()) / 1e3
    return Owed((billed.requests - billed.wasted_requests) * part, useful_s * part)


def _expected(scenario: Scenario, mapping: MappingResult, stream: StreamMeasures, left: int) -> Owed:
    spec = next(each for each in scenario.event_source_mappings if each.name == mapping.name)
    mean_bytes = float(stream.offered_bytes_by_shard.sum() / stream.offered_by_shard.sum())
    records = full_batch(spec, mean_bytes)
    took_s = batch_s(spec, scenario.functions[spec.function], records, mean_bytes) - spec.invoke_overhead
    return Owed(left / records, left / records * took_s)
