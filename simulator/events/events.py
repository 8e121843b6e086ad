"""The events that a scenario's functions get: a pure function of scenario, seed and replication, and a shard's log."""

from __future__ import annotations

from typing import Any

from simulator.events.names import Names
from simulator.events.records import Batch, Records, event_record
from simulator.scenario.spec import EventSourceMapping, Scenario


class Events:
    """The events of one run."""

    def __init__(self, scenario: Scenario, seed: int, replication: int) -> None:
        self.names = Names.of(scenario)
        self.records = Records(scenario, self.names, seed, replication)

    def event(self, mapping: EventSourceMapping, batch: Batch) -> dict[str, Any]:
        """The event of a batch, for the function of a mapping."""
        role, source = self.names.role(mapping.function), self.names.source(mapping)
        records = self.records.of(mapping.stream, batch)
        return {"Records": [event_record(each, batch.shard, self.names, source, role) for each in records]}
