"""What is written: a trace of IncomingRecords, the size of records, and their keys; MISSING without measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from simulator.scenario.units import format_rate, format_size
from simulator.twin.fields.field import Field, Path
from simulator.twin.found import Remark, warning
from simulator.twin.measured.evidence import Evidence
from simulator.twin.system import System

MOST_KEYS: Final = 100_000
TOLD: Final = 0.001  # of the records: below that refused writes are not worth a word


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the scenario names, to be written beside it."""

    name: str
    text: str


def producer_fields(system: System, seen: Evidence, stem: str) -> Iterator[Field | Attachment]:
    """A producer for each stream, with the files that it reads; stem: of the scenario's file."""
    for i, stream in enumerate(system.streams):
        path = ("producers", i)
        base = stem if stem == stream else f"{stem}-{stream}"
        yield Field((*path, "name"), f"all of {stream}"[:128], "assumed", "all that write to it are one")
        yield Field((*path, "stream"), stream, "assumed", "all that write to it are one")
        yield from _rate(path, stream, seen, f"{base}-traffic.csv")
        yield _size(path, stream, seen)
        yield from _keys(path, stream, seen, f"{base}-keys.csv")


def _rate(path: Path, stream: str, seen: Evidence, file: str) -> Iterator[Field | Attachment]:
    series, counts = seen.find("IncomingRecords", stream), seen.column("IncomingRecords", stream)
    if seen.metrics is None or series is None or counts is None:
        yield Field((*path, "rate"), "100/s", "missing", "the metric IncomingRecords (Sum) tells it")
        return
    step_s = seen.metrics.step_s
    source = f"{series.place}: IncomingRecords, {len(counts)} x {step_s} s"
    if len(counts) < 2:
        yield Field((*path, "rate"), format_rate(float(counts[0]) / step_s), "data", source)
        return
    rows = "".join(f"{i * step_s},{count:.12g}\n" for i, count in enumerate(counts))
    yield Field((*path, "rate", "trace"), file, "data", source)
    yield Attachment(file, f"time_s,records\n{rows}")


def _size(path: Path, stream: str, seen: Evidence) -> Field:
    series, sizes = seen.find("IncomingBytes", stream), seen.column("IncomingBytes", stream)
    records = seen.column("IncomingRecords", stream)
    here = (*path, "record_size")
    if series is None or sizes is None or records is None or not (both := (sizes > 0) & (records > 0)).any():
        return Field(here, "1KiB", "missing", "the metrics IncomingBytes and IncomingRecords (Sum) tell it")
    mean = max(round(float(sizes[both].sum() / records[both].sum())), 1)
    return Field(here, format_size(mean), "data", f"{series.place}: IncomingBytes / IncomingRecords, the mean")


def _keys(path: Path, stream: str, seen: Evidence, file: str) -> Iterator[Field | Attachment]:
    here = (*path, "partition_keys")
    known = seen.keys.get(stream)
    if known is None:
        yield Field(here, "unique", "missing", "a CSV file of keys and counts tells it; a hot key decides a lot")
        return
    counts = dict(sorted(known.counts.items(), key=lambda item: -item[1])[:MOST_KEYS])
    more = f", the {MOST_KEYS:,} most frequent" if len(known.counts) > MOST_KEYS else ""
    yield Field((*here, "weights"), file, "data", f"{known.place}: {len(known.counts):,} keys{more}")
    yield Attachment(file, _weights(counts))


def _weights(counts: Mapping[str, float]) -> str:
    rows = "".join(f'"{key.replace(chr(34), chr(34) * 2)}",{count:.12g}\n' for key, count in counts.items())
    return f"key,weight\n{rows}"


def traffic_remarks(system: System, seen: Evidence) -> Iterator[Remark]:
    """A warning where writers wanted to write more than was accepted."""
    for stream in system.streams:
        refused, records = (
            seen.total("WriteProvisionedThroughputExceeded", stream),
            seen.total("IncomingRecords", stream),
        )
        if refused and records and refused > TOLD * records:
            part = f"{refused:,.0f} records were refused, {refused / records:.1%} of those accepted"
            yield warning(f"stream {stream}: {part}; the trace has what was accepted, the writers wanted more")
