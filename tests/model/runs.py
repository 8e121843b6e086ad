"""Runs for tests: scenarios from parsed files, and all that a run says of itself, kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from unittest import mock

import numpy as np

from simulator.model import windows
from simulator.model.facts import Attempt, Facts, Poll
from simulator.model.mapping import starting_position
from simulator.model.observer import Streams
from simulator.model.simulation import run as simulate
from simulator.scenario.loading import load
from simulator.scenario.spec import EventSourceMapping, Reader, Scenario
from simulator.traffic.log import Columns
from simulator.traffic.nanoseconds import NS
from simulator.traffic.shards import Shard
from simulator.traffic.written import Produced, Waiting, Written

Section = dict[str, Any]
T = TypeVar("T")


def scenario(content: Section) -> Scenario:
    """The scenario of a parsed file, which names no other files."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text(json.dumps(content), encoding="utf-8")
        return load(path)


def small(**changes: Section) -> Section:
    """A small scenario without randomness; each change is made to the section (of its first entry) of that name.

    Backoffs and polls have no jitter but what a change gives them.
    """
    content: Section = {
        "name": "small",
        "duration": "10s",
        "streams": {"s": {"shards": 1}},
        "producers": [{"name": "p", "stream": "s", "rate": "7.3/s", "arrivals": "constant"}],
        "functions": {"f": {"duration": {"per_batch": "53ms", "per_record": "1.1ms"}, "cold_start": "0s"}},
        "event_source_mappings": [
            {
                "name": "m",
                "stream": "s",
                "function": "f",
                "starting_position": "trim_horizon",
                "polling": {"phase": "370ms"},
            }
        ],
    }
    content |= changes.pop("run", {})
    content["streams"]["s"] |= changes.pop("stream", {})
    content["producers"][0] |= changes.pop("producer", {})
    content["functions"]["f"] |= changes.pop("function", {})
    mapping = content["event_source_mappings"][0] | changes.pop("mapping", {})
    steady = {name: {"jitter": 0, **mapping.get(name, {})} for name in ("retry_backoff", "throttle_backoff", "polling")}
    content["event_source_mappings"][0] = mapping | steady
    assert not changes
    return content


@dataclass
class Run:
    """A finished run: its facts, the logs of its shards, and what was written, window by window."""

    scenario: Scenario
    facts: Facts = field(default_factory=Facts)
    logs: dict[tuple[str, int], Columns] = field(default_factory=dict)
    produced: dict[str, list[Produced]] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)  # when the last window that was brought in ends
    shards: dict[str, list[Shard]] = field(default_factory=dict)
    windows: list[tuple[int, int]] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)  # by window: the rows of all logs
    stated: list[int] = field(default_factory=list)  # by window: its facts
    end_ns: int = 0

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Keep a window (see simulator.model.observer)."""
        self.windows.append((begin_ns, end_ns))
        self.stated.append(facts.count)
        for kind in fields(Facts):
            getattr(self.facts, kind.name).extend(getattr(facts, kind.name))
        for name, shards in streams.items():
            self.produced.setdefault(name, []).append(written[name].produced)
            self.waiting[name], self.shards[name] = written[name].waiting, shards
            for shard, first in zip(shards, written[name].accepted_from, strict=True):
                new = shard.log.kept.rows(slice(first - shard.log.first, None))
                before = self.logs.get((name, shard.number))
                self.logs[name, shard.number] = new.then(new.rows(slice(0, 0))) if before is None else before.then(new)
        self.kept.append(sum(len(shard.log.kept) for shards in streams.values() for shard in shards))

    @property
    def all_readers(self) -> tuple[EventSourceMapping | Reader, ...]:
        """The mappings and other readers, by number."""
        return *self.scenario.event_source_mappings, *self.scenario.readers

    @property
    def mappings(self) -> tuple[EventSourceMapping, ...]:
        """The mappings, by number."""
        return self.scenario.event_source_mappings

    def log(self, mapping: int, shard: int) -> Columns:
        """The log of a shard of the stream that a mapping, or another reader, reads."""
        return self.logs[self.all_readers[mapping].stream, shard]

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that have finished."""
        return [attempt for attempt in self.facts.attempts if attempt.finished_ns <= self.end_ns]

    @property
    def starts_s(self) -> list[float]:
        """When they were admitted."""
        return [attempt.started_ns / NS for attempt in self.attempts]

    @property
    def batches(self) -> list[list[int]]:
        """The places of their records."""
        return [attempt.places.tolist() for attempt in self.attempts]

    def polls(self, mapping: int = 0, shard: int = 0) -> list[Poll]:
        """The polls of one poller."""
        return [poll for poll in self.facts.polls if (poll.mapping, poll.shard) == (mapping, shard)]

    def results(self, mapping: int = 0) -> dict[str, int]:
        """How often a mapping's polls had which result."""
        return counts([poll.result for poll in self.facts.polls if poll.mapping == mapping])

    def lanes(self) -> Iterator[list[Attempt]]:
        """The attempts of each lane, those that have not finished, too."""
        lanes: dict[tuple[int, int, int], list[Attempt]] = {}
        for attempt in self.facts.attempts:
            lanes.setdefault((attempt.mapping, attempt.shard, attempt.lane), []).append(attempt)
        yield from lanes.values()

    def ended(self, mapping: int) -> list[tuple[int, int, str]]:
        """Shard, place and kind of each end of a record: once for each that was stated."""
        processed = [
            (attempt.shard, place, "processed")
            for attempt in self.attempts
            if attempt.mapping == mapping
            for place in attempt.places[: attempt.done].tolist()
        ]
        lost = [
            (loss.shard, place, str(loss.how))
            for loss in self.facts.losses
            if loss.mapping == mapping
            for place in loss.places.tolist()
        ]
        return processed + lost

    def ends(self, mapping: int = 0) -> dict[str, int]:
        """How many of the records offered to a mapping's stream ended how, or are left; kinds without any left out."""
        of = self.mappings[mapping]
        found = counts([how for *_, how in self.ended(mapping)])
        at_ns, inclusive = starting_position(of)
        for (stream, _), log in self.logs.items():
            if stream == of.stream:
                accepted = log.accepted_ns[log.accepted_ns <= self.end_ns]
                before = (accepted < at_ns) if inclusive else (accepted <= at_ns)
                found["skipped"] = found.get("skipped", 0) + int(before.sum())
        found["dropped_at_write"] = sum(int(each.dropped.sum()) for each in self.produced[of.stream])
        found["left"] = sum(len(each.produced_ns) for each in self.produced[of.stream]) - sum(found.values())
        return {how: n for how, n in found.items() if n}


def counts(values: list[T]) -> dict[T, int]:
    """How often each value occurs."""
    return {value: values.count(value) for value in dict.fromkeys(values)}


def run(
    content: Section | Scenario,
    seed: int = 1,
    replication: int = 0,
    window_records: int = windows.WINDOW_RECORDS,
    window_facts: int = windows.WINDOW_FACTS,
) -> Run:
    """Run a scenario, in windows of about so many records and facts, and keep everything."""
    of = Run(content if isinstance(content, Scenario) else scenario(content))
    with (
        mock.patch.object(windows, "WINDOW_RECORDS", window_records),
        mock.patch.object(windows, "WINDOW_FACTS", window_facts),
    ):
        of.end_ns = simulate(of.scenario, seed, replication, of)
    return of


def told(of: Run) -> dict[str, Any]:
    """All that a run has said, in a form that can be compared, and that no window shows in.

    What was said when a window began, of what lies ahead, is told record by record.
    """
    facts: dict[str, Any] = {
        kind.name: [plain(fact) for fact in getattr(of.facts, kind.name)]
        for kind in fields(Facts)
        if kind.name != "sent"
    }
    sent: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for each in of.facts.sent:
        columns = (each.places.tolist(), each.leaves_ns.tolist(), each.available_ns.tolist())
        sent.setdefault((each.mapping, each.shard), []).extend(zip(*columns, strict=True))
    logs = {
        key: [row for row in zip(*(column.tolist() for column in log.each), strict=True) if row[2] <= of.end_ns]
        for key, log in of.logs.items()
    }
    offered = {name: offers(windows_) for name, windows_ in of.produced.items()}
    return {**facts, "sent": sent, "logs": logs, "offered": offered, "end_ns": of.end_ns}


def offers(of: list[Produced]) -> list[tuple[Any, ...]]:
    """What was offered to a stream: production time, shard, size, throttled, dropped; in order of production."""
    columns = (
        np.concatenate([getattr(each, kind.name) for each in of]).tolist() if of else [] for kind in fields(Produced)
    )
    return sorted(zip(*columns, strict=True))


def plain(fact: tuple[Any, ...]) -> tuple[Any, ...]:
    """A fact with tuples for its arrays."""
    return tuple(tuple(value.tolist()) if isinstance(value, np.ndarray) else value for value in fact)
