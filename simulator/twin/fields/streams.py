"""Streams: shards, retention, the largest record, and their mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from simulator.scenario.bounds import KIB
from simulator.scenario.hash_ranges import HASHES, range_problems
from simulator.scenario.units import format_size
from simulator.twin.fields.field import NOT_DESCRIBED, Field, Row, field, fields
from simulator.twin.found import Remark, not_modelled, warning
from simulator.twin.measured.evidence import Evidence
from simulator.twin.merging import Known
from simulator.twin.system import System

ON_DEMAND_SHARDS: Final = 4  # a new stream in on-demand mode
SMALLEST_DIFFERENCE: Final = 0.001  # of a shard's part from an equal part: AWS rounds

TELLS: Final = "describe-stream-summary or list-shards tells it"


def _mode(value: Any) -> str:
    if value not in ("PROVISIONED", "ON_DEMAND"):
        raise ValueError
    return str(value).lower()


SHARDS: Final = Row("ShardCount", "shards", 1, int)
MODE: Final = Row("StreamModeDetails", "mode", "provisioned", _mode)
REST: Final = (
    Row("RetentionPeriodHours", "retention", "24h", lambda hours: f"{hours}h"),
    Row("MaxRecordSizeInKiB", "max_record_size", "1MiB", lambda kib: format_size(kib * KIB)),
)


def stream_fields(system: System) -> Iterator[Field]:
    """The fields of all streams."""
    for name, known in system.streams.items():
        mode = field(("streams", name), MODE, known)
        shards = system.shards.get(name, ())
        yield _shards(name, known, shards, mode.value)
        yield from _hash_ranges(name, shards)
        yield mode
        yield from fields(("streams", name), REST, known)


def _shards(name: str, known: Known | None, shards: Sequence[Known], mode: str) -> Field:
    path = ("streams", name, "shards")
    if shards:
        return Field(path, len(shards), "data", f"{shards[0].place.file}: {len(shards)} open shards")
    found = field(("streams", name), SHARDS, known)
    if known is not None and known.get("ShardCount") is None:
        if mode == "on_demand":
            return Field(path, ON_DEMAND_SHARDS, "missing", f"on demand: {TELLS}; a new one has {ON_DEMAND_SHARDS}")
        return Field(path, 1, "missing", f"{known.place} does not say; {TELLS}")
    return Field(path, 1, "missing", f"{NOT_DESCRIBED}; {TELLS}") if known is None else found


def _hash_ranges(name: str, shards: Sequence[Known]) -> Iterator[Field]:
    """The ranges of hash keys, where they are known and not equal."""
    ranges = _ranges(shards)
    if ranges and _covered(ranges) and _unequal(ranges):
        yield Field(("streams", name, "hash_ranges"), [list(each) for each in ranges], "data", str(shards[0].place))


def stream_remarks(system: System, seen: Evidence) -> Iterator[Remark]:
    """What of streams is not modelled, or is not as a scenario has it."""
    for name, known in system.streams.items():
        shards = system.shards.get(name, ())
        if shards:
            yield from _missing(name, _ranges(shards))
            yield from _resharded(name, shards, seen)
        if known is None:
            continue
        if known.value("RecordDistributionStrategy") == "AUTO":
            yield not_modelled(
                f"stream {name}: RecordDistributionStrategy AUTO; records go to shards by their keys here"
            )
        if known.value("QueueCount"):
            yield not_modelled(f"stream {name}: queues")
        if known.value("WarmThroughputMiBps"):
            yield not_modelled(f"stream {name}: warm throughput of {known.value('WarmThroughputMiBps')} MiB/s")


def _resharded(name: str, shards: Sequence[Known], seen: Evidence) -> Iterator[Remark]:
    """A warning if shards were made while metrics were measured: the scenario has those of the end all the time."""
    if seen.metrics is None:
        return
    opened = [each.value("Opened") for each in shards]
    late = sorted(each for each in opened if isinstance(each, datetime) and each > seen.metrics.start)
    if late:
        into_s = (late[0] - seen.metrics.start).total_seconds()
        when = f"the first at {late[0]:%Y-%m-%d %H:%M:%S} UTC, {into_s:,.0f} s into it"
        yield warning(f"stream {name}: {len(late)} of its shards were made within the time of the metrics, {when}")


def _ranges(shards: Sequence[Known]) -> list[tuple[int, int]]:
    return [each.settings["Range"].value for each in shards]


def _covered(ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether all hash keys are in one range each."""
    return not any(range_problems("", ranges))


def _unequal(ranges: Sequence[tuple[int, int]]) -> bool:
    return any(abs((high - low + 1) / HASHES * len(ranges) - 1) > SMALLEST_DIFFERENCE for low, high in ranges)


def _missing(name: str, ranges: Sequence[tuple[int, int]]) -> Iterator[Remark]:
    """A warning if open shards do not cover all keys."""
    if not _covered(ranges):
        covered = sum(high - low + 1 for low, high in ranges) / HASHES
        yield warning(f"stream {name}: its open shards have {covered:.0%} of the hash keys; a page may be missing")
