"""Running a scenario without randomness by the rules of docs/model.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from . import traffic
from .clock import Clock
from .functions import function_states
from .inputs import SECOND, UNDECIDED, Scenario, parse
from .mappings import MappingState
from .readers import Poller, Reader, ReadLimits, Subscription
from .result import Result, in_seconds, totals_of
from .traffic import Written, write
from .waiting import waiting


def run(scenario: dict[str, Any], folder: Path | str) -> Result:
    """Simulate a scenario given as a parsed file; raises NotDeterministic if it has real randomness."""
    parsed = parse(scenario, Path(folder))
    written = {name: write(parsed, stream) for name, stream in parsed.streams.items()}
    clock = Clock()
    mappings = make_mappings(parsed, written, clock)
    readers = make_readers(mappings, written)
    for reader in readers:
        reader.begin()
    ended_at = go(parsed, clock, mappings)
    return collect(mappings, readers, written, ended_at)


def undecided(scenario: dict[str, Any], folder: Path | str) -> bool:
    """Whether doubles may give a nanosecond more or less than `run`: a record's production, a backoff, a duration."""
    UNDECIDED.clear()
    run(scenario, folder)
    return bool(UNDECIDED) or traffic.undecided(parse(scenario, Path(folder)))


def make_mappings(scenario: Scenario, written: dict[str, Written], clock: Clock) -> list[MappingState]:
    """The mappings, in the file's order."""
    functions = function_states(scenario, written)
    return [MappingState(m, scenario.streams[m.stream], clock, functions[m.function]) for m in scenario.mappings]


def make_readers(mappings: list[MappingState], written: dict[str, Written]) -> list[Reader]:
    """A poller or a subscription per mapping and shard; pollers of a stream share each shard's limits."""
    limits = {(name, shard): ReadLimits() for name, w in written.items() for shard in range(len(w.logs))}
    readers: list[Reader] = []
    for mapping in mappings:
        for shard, log in enumerate(written[mapping.spec.stream].logs):
            if mapping.spec.push:
                readers.append(Subscription(mapping, shard, log))
            else:
                readers.append(Poller(mapping, shard, log, limits[mapping.spec.stream, shard]))
    return readers


def go(scenario: Scenario, clock: Clock, mappings: list[MappingState]) -> int:
    """Section 8: the run ends at the later of `duration` and the end of every record, at the latest after `drain`."""
    latest = scenario.duration + scenario.drain
    while clock.next_time() <= latest:
        ended = not any(mapping.unended for mapping in mappings)
        if ended and clock.next_time() > end_of(scenario, mappings):
            break
        clock.step()
    return latest if any(mapping.unended for mapping in mappings) else end_of(scenario, mappings)


def end_of(scenario: Scenario, mappings: list[MappingState]) -> int:
    """The end of a run in which every record has ended."""
    return max([scenario.duration, *(mapping.last_end for mapping in mappings)])


def collect(mappings: list[MappingState], readers: list[Reader], written: dict[str, Written], ended_at: int) -> Result:
    """The result, when the run has ended."""
    result = Result([], {}, {}, {name: w.throttles for name, w in written.items()}, ended_at / SECOND)
    for mapping in mappings:
        counts, w = mapping.counts, written[mapping.spec.stream]
        counts.ends["dropped_at_write"] = sum(record.accepted is None for record in w.records)
        counts.ends["unprocessed"] = mapping.unended
        waited = sum((waiting(reader, ended_at) for reader in readers if reader.mapping is mapping), Counter())
        result.totals[mapping.spec.name] = totals_of(counts, mapping.rows, waited)
        result.reads[mapping.spec.name] = counts.reads()
    order = {mapping.spec.name: mapping.spec.number for mapping in mappings}
    rows = [row for mapping in mappings for row in mapping.rows]
    rows.sort(key=lambda r: (r["started_at"], order[r["mapping"]], r["shard"], r["lane"]))
    result.invocations = [in_seconds(row) for row in rows]
    return result
