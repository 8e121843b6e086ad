"""The settings of a scenario by the names of AWS's API; what AWS has no setting for is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from simulator.scenario.bounds import KIB, MIB
from simulator.scenario.spec import AtTimestamp, EventSourceMapping, Function, Scenario, Stream

HOUR_S: Final = 3600
ARCHITECTURES: Final = {"x86": "x86_64", "arm": "arm64"}
ALIAS: Final = "live"  # what provisioned concurrency is of: it cannot be of an unpublished version


def stream_settings(stream: Stream) -> dict[str, Any]:
    """Of a stream, but for its name."""
    found: dict[str, Any] = {"RetentionPeriodHours": round(stream.retention / HOUR_S)}
    if stream.mode == "on_demand":
        found["StreamModeDetails"] = {"StreamMode": "ON_DEMAND"}
    else:
        found["ShardCount"] = stream.shards
    if stream.max_record_size != MIB:
        found["MaxRecordSizeInKiB"] = stream.max_record_size // KIB
    return found


def function_settings(function: Function) -> dict[str, Any]:
    """Of a function, but for its name."""
    found: dict[str, Any] = {
        "MemorySize": function.memory // MIB,
        "Timeout": round(function.timeout),
        "Architectures": [ARCHITECTURES[function.architecture]],
    }
    if function.reserved_concurrency is not None:
        found["ReservedConcurrentExecutions"] = function.reserved_concurrency
    return found


def mapping_settings(scenario: Scenario, mapping: EventSourceMapping) -> dict[str, Any]:
    """Of a mapping, but for what it reads, what it invokes, and where it sends what it gives up."""
    found: dict[str, Any] = {
        **_starting_position(scenario, mapping),
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": round(mapping.maximum_batching_window),
        "ParallelizationFactor": mapping.parallelization_factor,
        "MaximumRetryAttempts": mapping.maximum_retry_attempts,
        "MaximumRecordAgeInSeconds": round(mapping.maximum_record_age),
        "BisectBatchOnFunctionError": mapping.bisect_batch_on_function_error,
    }
    if mapping.report_batch_item_failures:
        found["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
    return found


def _starting_position(scenario: Scenario, mapping: EventSourceMapping) -> dict[str, Any]:
    position = mapping.starting_position
    if not isinstance(position, AtTimestamp):
        return {"StartingPosition": position.upper()}
    if scenario.start_time is None:
        return {"StartingPosition": "TRIM_HORIZON"}
    when = scenario.start_time + timedelta(seconds=position.at_timestamp)
    return {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": round(when.timestamp())}


def left_out(scenario: Scenario) -> Iterator[str]:
    """What a scenario has that is no setting of AWS, a sentence each."""
    for mapping in scenario.event_source_mappings:
        if mapping.filter is not None:
            yield f"{mapping.name}: a filter is a pattern for AWS; the part that passes tells none"
        if mapping.disabled:
            yield f"{mapping.name}: periods in which it is disabled"
        if isinstance(mapping.starting_position, AtTimestamp) and scenario.start_time is None:
            yield f"{mapping.name}: its starting position is a time of the run, and start_time is not given"
    for name, stream in scenario.streams.items():
        if stream.hash_ranges:
            yield f"stream {name}: the ranges of its shards: those of a new stream are equal"
        if stream.resharding or stream.scaling:
            yield f"stream {name}: requests and rules that change its shards"
    for reader in scenario.readers:
        yield f"reader {reader.name}: who it is"


class Ids:
    """An id of letters and digits for each name, each once."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}  # by id, in small letters

    def of(self, *words: str) -> str:
        """The id of something, always the same; another one if two names differ in marks alone."""
        name = "/".join(words)
        base = "".join(part[:1].upper() + part[1:] for part in re.split("[^A-Za-z0-9]+", name)) or "X"
        id_, number = base, 1
        while self._taken.setdefault(id_.lower(), name) != name:
            number += 1
            id_ = f"{base}{number}"
        return id_
