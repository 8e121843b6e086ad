"""The events that a scenario's functions get: a pure function of scenario, seed and replication, and a shard's log."""

from __future__ import annotations

from typing import Any

from simulator.events.names import Names
from simulator.events.records import Records, event_record
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard


class Events:
    """The events of one run."""

    def __init__(self, scenario: Scenario, seed: int, replication: int) -> None:
        self.names = Names.of(scenario)
        self.records = Records(scenario, self.names, seed, replication)

    def event(self, mapping: EventSourceMapping, shard: Shard, places: Integers) -> dict[str, Any]:
        """The event of a batch: some records of a shard's log, for the function of a mapping."""
        role, source = self.names.role(mapping.function), self.names.source(mapping)
        records = self.records.of(mapping.stream, shard, places)
        return {"Records": [event_record(each, shard.number, self.names, source, role) for each in records]}
