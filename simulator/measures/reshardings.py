"""Requests that changed the shards of streams, or were refused, and what they did to each mapping."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from simulator.measures.finished import Finished, MappingResult
from simulator.traffic.nanoseconds import NS
from simulator.traffic.requests import Request


@dataclass(frozen=True)
class Resharding:
    """One request, and one mapping of its stream. NaN: not before the run ended, or never."""

    stream: str
    request: str  # 8 shards; split 3; merge 4 and 5
    asked_by: str  # file, rule or on_demand
    requested_at_s: float
    begun_at_s: float
    done_at_s: float
    refused: str  # why; empty: it was not
    open_shards_before: int
    open_shards_after: int
    mapping: str  # empty: none reads the stream
    old_shards_finished_at_s: float  # when each record of the last shard that it closed had ended
    peak_iterator_age_s: float  # from when it was requested until then, or the run's end

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reshardings(result: Finished) -> list[Resharding]:
    """All requests of a run: of each stream in order of time, of each request the mappings in the file's order."""
    return [each for name in result.scenario.streams for each in _of_stream(result, name)]


def _of_stream(result: Finished, name: str) -> Iterator[Resharding]:
    mappings: list[MappingResult | None] = [mapping for mapping in result.mappings if mapping.stream == name]
    for request in result.measures.streams[name].requests:
        for mapping in mappings or [None]:
            yield _told(name, request, mapping, result.end_ns)


def _told(stream: str, request: Request, mapping: MappingResult | None, end_ns: int) -> Resharding:
    finished_ns = _finished_ns(request, mapping)
    until_ns = end_ns if finished_ns is None else finished_ns
    return Resharding(
        stream=stream,
        request=request.wants,
        asked_by=request.asker,
        requested_at_s=request.at_ns / NS,
        begun_at_s=_seconds(request.begun_ns),
        done_at_s=_seconds(request.done_ns),
        refused=request.refused,
        open_shards_before=request.open_before,
        open_shards_after=request.open_after,
        mapping=mapping.name if mapping else "",
        old_shards_finished_at_s=_seconds(finished_ns),
        peak_iterator_age_s=_peak_s(mapping, request.at_ns, until_ns) if mapping else math.nan,
    )


def _finished_ns(request: Request, mapping: MappingResult | None) -> int | None:
    """When the last shard was finished that a request closed."""
    if mapping is None or request.done_ns is None:
        return None
    times_ns = [mapping.measures.finished_ns.get(shard) for shard in request.closes]
    known = [each for each in times_ns if each is not None]
    return max(known) if len(known) == len(times_ns) else None


def _peak_s(mapping: MappingResult, begin_ns: int, end_ns: int) -> float:
    """The greatest iterator age in the usual rows that hold some of a stretch of time; NaN: no attempt ended."""
    ages = mapping.measures.usual_ages
    of = ages.peaks_ns.values[begin_ns // ages.interval_ns : end_ns // ages.interval_ns + 1]
    return float(of.max()) / NS if len(of) and of.max() >= 0 else math.nan


def _seconds(time_ns: int | None) -> float:
    return math.nan if time_ns is None else time_ns / NS
