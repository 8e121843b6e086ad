"""Which settings of streams, functions and mappings are read, by the names of AWS's API, and what each may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.scenario.nodes import shortened
from simulator.twin.found import Remark, warning
from simulator.twin.said import Place, Said, Unknown
from simulator.twin.values import Reader, flag, instant, text, texts, whole

PlaceOf = Callable[[str], Place]  # of a setting by its name


def _group(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def _destination(value: Any) -> bool:
    return bool(_group(_group(value).get("OnFailure") or {}).get("Destination"))


def _patterns(value: Any) -> list[str]:
    filters = _group(value).get("Filters") or []
    if not isinstance(filters, list):
        raise ValueError
    return sorted(_pattern(_group(each).get("Pattern")) for each in filters)


def _pattern(value: Any) -> str:
    """A pattern, however its JSON is spaced and ordered, so that equal ones are equal."""
    try:
        return json.dumps(json.loads(value), sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def _reserve(value: Any) -> int | None:
    """None: no reserve, which Terraform writes as -1."""
    units = whole(value)
    return None if units < 0 else units


def _mode(value: Any) -> str:
    return text(_group(value).get("StreamMode"))


def _target(value: Any) -> int:
    return whole(_group(value).get("TargetMiBps"))


def _snap_start(value: Any) -> str:
    return text(_group(value).get("ApplyOn") or "None")


def _anything(value: Any) -> bool:
    return bool(value)


MAPPING: Final[Mapping[str, Reader]] = {
    "Enabled": flag,
    "State": text,
    "BatchSize": whole,
    "MaximumBatchingWindowInSeconds": whole,
    "ParallelizationFactor": whole,
    "StartingPosition": text,
    "StartingPositionTimestamp": instant,
    "MaximumRetryAttempts": whole,
    "MaximumRecordAgeInSeconds": whole,
    "BisectBatchOnFunctionError": flag,
    "FunctionResponseTypes": texts,
    "DestinationConfig": _destination,
    "FilterCriteria": _patterns,
    "TumblingWindowInSeconds": whole,
    "UUID": text,
}
FUNCTION: Final[Mapping[str, Reader]] = {
    "MemorySize": whole,
    "Timeout": whole,
    "Architectures": texts,
    "ReservedConcurrentExecutions": _reserve,
    "SnapStart": _snap_start,
    "CapacityProviderConfig": _anything,
    "DurableConfig": _anything,
}
STREAM: Final[Mapping[str, Reader]] = {
    "ShardCount": whole,
    "OpenShardCount": whole,
    "RetentionPeriodHours": whole,
    "StreamModeDetails": _mode,
    "MaxRecordSizeInKiB": whole,
    "WarmThroughputMiBps": whole,
    "WarmThroughput": _target,
    "RecordDistributionStrategy": text,
    "QueueCount": whole,
}
SAME: Final = {"OpenShardCount": "ShardCount", "WarmThroughput": "WarmThroughputMiBps"}


def settings(
    properties: Mapping[str, Any], readers: Mapping[str, Reader], place_of: PlaceOf
) -> tuple[dict[str, Said], list[Remark]]:
    """The settings that properties have, each with its place; and warnings about values that are none."""
    found: dict[str, Said] = {}
    remarks: list[Remark] = []
    for name, reader in readers.items():
        value = properties.get(name)
        if value is None:
            continue
        place = place_of(name)
        try:
            known = value if isinstance(value, Unknown) else reader(value)
        except (ValueError, OverflowError):
            remarks.append(warning(f"{place}: {_shown(value)} is no such value; it is left out"))
            continue
        found.setdefault(SAME.get(name, name), Said(known, place))
    return found, remarks


def _shown(value: Any) -> str:
    return (
        "a group" if isinstance(value, dict) else "a list" if isinstance(value, list) else f"'{shortened(str(value))}'"
    )
