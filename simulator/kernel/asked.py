"""What the kernel asks: what a function's own handler makes of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.events.records import Batch
from simulator.handlers.caller import Answer, Caller
from simulator.kernel.machine import Machine
from simulator.kernel.stated import ASKED
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NEVER

BEFORE: Final = 4  # words before the rows of records


def answer(machine: Machine, scenario: Scenario, callers: Mapping[str, Caller]) -> Answer:
    """Call the handler that a machine asks for, and answer it."""
    words = machine.facts(ASKED, 1).ravel()
    number, shard, opens_ns, records = words[:BEFORE].tolist()
    mapping = scenario.event_source_mappings[number]
    places, production, produced_ns, accepted_ns, size = words[BEFORE:].reshape(records, 5).T.copy()
    opened_ns = opens_ns if opens_ns > -NEVER else None
    batch = Batch(shard, opened_ns, places, production, size, produced_ns, accepted_ns)
    found = callers[mapping.function].answer(mapping, batch)
    ends = found.error is not None and found.error.ends_process
    machine.answer(found.healthy, found.took_ns, found.timed_out, ends)
    return found
