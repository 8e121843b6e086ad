"""What functions' own handlers made of a run: their errors, and which records they were handed how often."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from simulator.events.events import Events
from simulator.events.records import Batch
from simulator.handlers.answered import Answered
from simulator.model.facts import Facts, Loss
from simulator.model.observer import Streams
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.shards import Shard
from simulator.traffic.written import Written

BY_RESPONSE: Final = "batchItemFailures"  # the kind of a failure that the response tells
MOST_KEYS, MOST_SEEN, MOST_ORDER = 10, 30, 3
EXCERPT: Final = 200  # bytes of a record's data

Record = tuple[int, int]  # shard and place


@dataclass
class Error:
    """Attempts that ended with errors of one kind at one line; the example is of the smallest batch."""

    attempts: int = 0
    example: dict[str, Any] = field(default_factory=dict)


class Handled:
    """An observer of one run. It follows mappings whose functions have a handler."""

    def __init__(self, scenario: Scenario, seed: int, replication: int) -> None:
        events = Events(scenario, seed, replication)
        self._of = {
            number: _MappingHandled(mapping, events)
            for number, mapping in enumerate(scenario.event_source_mappings)
            if scenario.functions[mapping.function].handler
        }
        self._streams = [mapping.stream for mapping in scenario.event_source_mappings]

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        for answered in facts.answered:
            self._of[answered.mapping].take(answered, streams[self._streams[answered.mapping]][answered.shard])
        for loss in facts.losses:
            if loss.mapping in self._of:
                self._of[loss.mapping].lose(loss)

    def told(self) -> dict[str, Any]:
        """What there is to tell, as handlers.json has it."""
        return {"mappings": {each.name: each.told() for each in self._of.values()}}


class _MappingHandled:
    def __init__(self, mapping: EventSourceMapping, events: Events) -> None:
        self.name, self._mapping, self._events = mapping.name, mapping, events
        self._attempts = 0
        self._errors: dict[tuple[str, str, int], Error] = {}
        self._seen: dict[Record, int] = {}  # of records that have been seen and have not ended: how often
        self._times: Counter[int] = Counter()  # records that have ended, by how often they were seen
        self._again: Counter[str] = Counter()  # by key: how often a record was seen once more
        self._most: Counter[str] = Counter()  # by key: how often one of its records was seen at most
        self._order: dict[str, list[list[str]]] = {}  # by key: its records by attempt, from the first failure on

    def take(self, answered: Answered, shard: Shard) -> None:
        """An attempt and what came of it."""
        self._attempts += 1
        keys = self._events.records.keys(self._mapping.stream, Batch.of(shard, answered.places))
        for place, (key, _) in zip(answered.places.tolist(), keys, strict=True):
            times = self._seen[answered.shard, place] = self._seen.get((answered.shard, place), 0) + 1
            if times > 1:
                self._again[key] += 1
                self._most[key] = max(self._most[key], times)
        failed = answered.done < len(answered.places)
        if failed:
            self._note(answered, shard)
        self._follow_order(keys, failed)
        self._end(answered.shard, answered.places[: answered.done].tolist())

    def lose(self, loss: Loss) -> None:
        """Records that ended without being processed; those that were never seen count as seen 0 times."""
        if loss.how != "filtered":
            self._end(loss.shard, loss.places.tolist())

    def _end(self, shard: int, places: list[int]) -> None:
        for place in places:
            self._times[self._seen.pop((shard, place), 0)] += 1

    def _note(self, answered: Answered, shard: Shard) -> None:
        """An attempt of which not all is done; the example is the first record of those."""
        by_response = not answered.kind and answered.response
        kind = answered.kind or (BY_RESPONSE if self._mapping.report_batch_item_failures and by_response else "")
        if not kind:
            return  # it failed for another cause
        error = self._errors.setdefault((kind, Path(answered.file).name, answered.line), Error())
        error.attempts += 1
        batch = len(answered.places)
        if not error.example or batch < error.example["batch"]:
            first = answered.places[answered.done : answered.done + 1]
            record = self._events.records.of(self._mapping.stream, Batch.of(shard, first))[0]
            error.example = {
                "message": answered.message or answered.response[:EXCERPT],
                "batch": batch,
                "key": record.partition_key,
                "sequence_number": record.sequence_number,
                "data": record.data[:EXCERPT].decode(errors="replace"),
            }

    def _follow_order(self, keys: list[tuple[str, str]], failed: bool) -> None:
        """Records of a few keys, attempt by attempt, from the first failure of each key on."""
        here: dict[str, list[str]] = {}
        for key, word in keys:
            if key in self._order or (failed and len(self._order) + len(here) < MOST_KEYS):
                here.setdefault(key, []).append(word)
        for key, words in here.items():
            order = self._order.setdefault(key, [])
            if sum(map(len, order)) < MOST_SEEN:
                order.append(words)

    def told(self) -> dict[str, Any]:
        times = self._times + Counter(self._seen.values())
        errors = sorted(self._errors.items(), key=lambda each: -each[1].attempts)
        first = sorted(self._order, key=lambda key: -self._again[key])[:MOST_ORDER]
        return {
            "function": self._mapping.function,
            "attempts": self._attempts,
            "errors": [
                {"kind": kind, "file": file, "line": line, "attempts": error.attempts, "example": error.example}
                for (kind, file, line), error in errors
            ],
            "seen": [{"times": n, "records": times[n]} for n in sorted(times)],
            "unfinished": len(self._seen),  # of these: they had not ended when the run did
            "keys": [
                {"key": key, "again": again, "most": self._most[key]}
                for key, again in self._again.most_common(MOST_KEYS)
            ],
            "order": [{"key": key, "attempts": self._order[key]} for key in first],
        }


def text(told: dict[str, Any]) -> str:
    """The text of handlers.json."""
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"
