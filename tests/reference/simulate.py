"""Running a scenario without randomness by the rules of docs/model.md."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from .clock import EXPIRE, Clock
from .compare import differences
from .functions import function_states
from .inputs import Scenario, parse
from .mappings import MappingState
from .readers import Poller, Reader, ReadLimits, Subscription
from .result import Result, totals_of
from .traffic import Written, write


def run(scenario: dict[str, Any], folder: Path | str, reverse: bool = False) -> Result:
    """Simulate a scenario given as a parsed file; raises NotDeterministic if it has real randomness.

    `reverse` takes what is due at one instant the other way round where the model leaves the order open.
    """
    parsed = parse(scenario, Path(folder))
    written = {name: write(parsed, stream) for name, stream in parsed.streams.items()}
    clock = Clock(reverse)
    mappings = make_mappings(parsed, written, clock)
    readers = make_readers(mappings, written)
    for reader in readers:
        arrange_expiry(reader, parsed)
        reader.begin()
    ended_at = go(parsed, clock, mappings)
    return collect(mappings, written, ended_at, clock.close_calls)


def run_without_ties(scenario: dict[str, Any], folder: Path | str) -> Result | None:
    """The result of a scenario, or none if it depends on an order that section 10 of the model leaves open."""
    result, reverse = run(scenario, folder), run(scenario, folder, reverse=True)
    same = not differences(result.invocations, reverse.invocations, result.totals, reverse.totals)
    return result if same and result.reads == reverse.reads and not result.close_calls else None


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


def arrange_expiry(reader: Reader, scenario: Scenario) -> None:
    """Records that become gone before they are read end then (sections 3 and 8)."""
    for item in reader.items:
        gone_at = item.accepted + reader.mapping.stream.retention
        if gone_at < scenario.duration + scenario.drain:
            reader.clock.at(gone_at, EXPIRE, partial(reader.expire, item))


def go(scenario: Scenario, clock: Clock, mappings: list[MappingState]) -> float:
    """Section 8: the run ends at the later of `duration` and the end of every record, at the latest after `drain`."""
    latest = scenario.duration + scenario.drain
    while clock.next_time() <= latest:
        ended = not any(mapping.unended for mapping in mappings)
        if ended and clock.next_time() > end_of(scenario, mappings):
            break
        clock.step()
    return latest if any(mapping.unended for mapping in mappings) else end_of(scenario, mappings)


def end_of(scenario: Scenario, mappings: list[MappingState]) -> float:
    """The end of a run in which every record has ended."""
    return max([scenario.duration, *(mapping.last_end for mapping in mappings)])


def collect(mappings: list[MappingState], written: dict[str, Written], ended_at: float, close: int) -> Result:
    """The result, when the run has ended."""
    result = Result([], {}, {}, {name: w.throttles for name, w in written.items()}, ended_at, close)
    for mapping in mappings:
        counts, w = mapping.counts, written[mapping.spec.stream]
        counts.ends["dropped_at_write"] = sum(record.accepted is None for record in w.records)
        counts.ends["unprocessed"] = mapping.unended
        result.totals[mapping.spec.name] = totals_of(counts, mapping.rows)
        result.reads[mapping.spec.name] = counts.reads()
    order = {mapping.spec.name: mapping.spec.number for mapping in mappings}
    result.invocations = [row for mapping in mappings for row in mapping.rows]
    result.invocations.sort(key=lambda r: (r["started_at"], order[r["mapping"]], r["shard"], r["lane"]))
    return result
