"""Scenarios with handlers of their own."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulator.model.facts import Attempt, Facts
from simulator.model.observer import Streams
from simulator.model.simulation import run
from simulator.scenario.loading import load
from simulator.scenario.spec import Scenario
from simulator.traffic.written import Written

HEAD: Final = "import base64, json, os, sys, time\n"
NUMBERS: Final = "\n".join(str(i) for i in range(20)) + "\n"  # the data of records: their numbers
TEXT: Final = """\
name: own
duration: 2s
drain: 5m
streams: {s: {shards: 1}}
producers:
  - name: p
    stream: s
    rate: 10/s
    start: -2s
    stop: 0s
    arrivals: constant
    partition_keys: {count: 3, order: round_robin}
    data: {text_lines: numbers.txt, order: in_order}
functions:
  f: {duration: {per_batch: 20ms}, cold_start: 0s, handler: app.py:handler OPTIONS}
event_source_mappings:
  - {stream: s, function: f, starting_position: trim_horizon, batch_size: 5, maximum_retry_attempts: 2 MAPPING}
"""


def own(folder: Path, code: str, options: str = "", mapping: str = "") -> Scenario:
    """Twenty records that are there from the start, in batches of five, for a handler.

    In its code `data(record)` is the record's number.
    """
    helper = "def data(record):\n    return int(base64.b64decode(record['kinesis']['data']))\n"
    (folder / "app.py").write_text(HEAD + helper + textwrap.dedent(code), encoding="utf-8")
    (folder / "numbers.txt").write_text(NUMBERS, encoding="utf-8")
    path = folder / "own.yaml"
    path.write_text(TEXT.replace(" OPTIONS", options).replace(" MAPPING", mapping), encoding="utf-8")
    return load(path)


@dataclass
class Told:
    """All that a run states of attempts, losses and answers."""

    facts: Facts = field(default_factory=Facts)

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        for name, stated in vars(facts).items():
            getattr(self.facts, name).extend(stated)

    @property
    def attempts(self) -> list[Attempt]:
        return self.facts.attempts

    @property
    def batches(self) -> list[tuple[list[int], str, int]]:
        """Of each attempt: its records, how it ended, and how many were done by it."""
        return [(each.places.tolist(), each.outcome, each.done) for each in self.attempts]

    @property
    def lost(self) -> list[int]:
        return [place for loss in self.facts.losses for place in loss.places.tolist()]

    @property
    def kinds(self) -> set[tuple[str, str, int]]:
        """The errors: kind, the name of the file, and its line."""
        return {(each.kind, Path(each.file).name, each.line) for each in self.facts.answered if each.kind}


def told(scenario: Scenario, seed: int = 1) -> Told:
    """What the run of a scenario states."""
    found = Told()
    run(scenario, seed, 0, found)
    return found
