"""Event source mappings, and who else reads the streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from simulator.scenario.units import format_duration
from simulator.twin.fields.field import Field, Path, Row, field, fields
from simulator.twin.found import Remark, not_modelled
from simulator.twin.measured.evidence import Evidence, uuid
from simulator.twin.merging import Known
from simulator.twin.system import System, title

POSITIONS: Final = {"LATEST": "latest", "TRIM_HORIZON": "trim_horizon"}


def _word(position: Any) -> str:
    if position not in POSITIONS:
        raise ValueError
    return POSITIONS[position]


def _age(seconds: int) -> Any:
    return -1 if seconds == -1 else format_duration(seconds)


ROWS: Final = (
    Row("BatchSize", "batch_size", 100, int),
    Row("MaximumBatchingWindowInSeconds", "maximum_batching_window", "0s", format_duration),
    Row("ParallelizationFactor", "parallelization_factor", 1, int),
    Row("MaximumRetryAttempts", "maximum_retry_attempts", -1, int),
    Row("MaximumRecordAgeInSeconds", "maximum_record_age", -1, _age),
    Row("BisectBatchOnFunctionError", "bisect_batch_on_function_error", False, bool),
    Row("FunctionResponseTypes", "report_batch_item_failures", False, lambda types: "ReportBatchItemFailures" in types),
    Row("DestinationConfig", "on_failure_destination", False, bool),
)
POSITION: Final = Row("StartingPosition", "starting_position", "latest", _word)


def passing(system: System, seen: Evidence) -> dict[str, float]:
    """The part of the records that each mapping's filter lets through, by its UUID, where metrics tell it."""
    found = {}
    for each in system.mappings:
        polled = seen.total("PolledEventCount", uuid(each))
        filtered = seen.total("FilteredOutEventCount", uuid(each))
        if polled and filtered is not None:
            found[uuid(each)] = float(f"{min(max(1 - filtered / polled, 0.0), 1.0):.4g}")
    return found


def mapping_fields(system: System, passes: Mapping[str, float], start: datetime | None) -> Iterator[Field]:
    """The fields of all mappings. passes: as `passing` gives it; start: the time of t = 0 where metrics tell it."""
    for i, (known, name) in enumerate(zip(system.mappings, _names(system.mappings), strict=True)):
        stream, consumer, function, _ = known.key
        path = ("event_source_mappings", i)
        if name:
            yield Field((*path, "name"), name, "assumed", "to tell it from another of this function and stream")
        yield Field((*path, "stream"), stream, "data", str(known.place))
        yield Field((*path, "function"), function, "data", str(known.place))
        how = f"it reads the consumer {consumer}" if consumer else "it reads the stream itself"
        yield Field((*path, "consumer"), "push" if consumer else "polling", "data", f"{known.place}: {how}")
        yield from fields(path, ROWS, known)
        yield _position(path, known, start)
        yield from _filter(path, known, passes)


def reader_fields(system: System) -> Iterator[Field]:
    """The fields of those who read beside the mappings."""
    for i, known in enumerate(system.readers):
        yield Field(("readers", i, "name"), f"{known.key[1]}-{i + 1}", "data", str(known.place))
        yield Field(("readers", i, "stream"), known.key[0], "data", str(known.place))


def mapping_remarks(system: System) -> Iterator[Remark]:
    """What of mappings is not modelled."""
    for known in system.mappings:
        if known.value("TumblingWindowInSeconds"):
            seconds = known.value("TumblingWindowInSeconds")
            yield not_modelled(f"{title(known)}: a tumbling window of {seconds} s, which is left out")


def _names(mappings: Sequence[Known]) -> list[str]:
    """A name for each mapping that has not function and stream to itself; empty for the others."""
    same = Counter((each.key[2], each.key[0]) for each in mappings)
    found = []
    for i, each in enumerate(mappings):
        stream, consumer, function, qualifier = each.key
        alone = same[function, stream] == 1
        found.append("" if alone else f"{function}-{stream}-{consumer or qualifier or 'polling'}-{i}"[:193])
    return found


def _position(path: Path, known: Known, start: datetime | None) -> Field:
    """As it is written; a time before the run is the oldest record there is."""
    said, time = known.get("StartingPosition"), known.get("StartingPositionTimestamp")
    if said is None or said.value != "AT_TIMESTAMP":
        found = field(path, POSITION, known)
        if said is None:
            return Field(found.path, found.value, "missing", f"{known.place} does not say it")
        return found
    here = (*path, POSITION.field)
    if time is None or not time.known:
        return Field(here, "trim_horizon", "missing", f"{said.place}: AT_TIMESTAMP of a time that is not known")
    if start is not None and time.value > start:
        after = format_duration((time.value - start).total_seconds())
        return Field((*here, "at_timestamp"), after, "data", str(time.place))
    return Field(here, "trim_horizon", "data", f"{time.place}: a time that is past")


def _filter(path: Path, known: Known, passes: Mapping[str, float]) -> Iterator[Field]:
    said = known.get("FilterCriteria")
    if said is None or said.value == []:
        return
    if (part := passes.get(uuid(known))) is not None:
        source = "FilteredOutEventCount / PolledEventCount of its metrics"
        yield Field((*path, "filter", "passes"), part, "data", source)
        return
    what = "the metrics FilteredOutEventCount and PolledEventCount tell the part that its patterns let through"
    yield Field((*path, "filter", "passes"), 1.0, "missing", f"{said.place}: {what}")
