"""Calls a function's handler with the events of its attempts, once for each event unless its answers differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from simulator.events.events import Events
from simulator.events.records import Batch, event_line
from simulator.handlers.process import TIMED_OUT, Failed, Process
from simulator.handlers.responses import first_failed
from simulator.scenario.spec import EventSourceMapping, Function, Scenario
from simulator.traffic.nanoseconds import NS, half_up


class Answer(NamedTuple):
    """What the handler made of a batch."""

    healthy: int  # so many records of the batch, the first ones, are done; all of them: it succeeded
    took_ns: int  # that the handler took, of real time
    error: Failed | None  # an error of the function; None: it returned something
    response: str  # JSON, if it returned something

    @property
    def timed_out(self) -> bool:
        """Whether it was ended at the timeout."""
        return self.error is not None and self.error.kind == TIMED_OUT


class Caller:
    """Calls the handler of one function."""

    def __init__(self, name: str, function: Function, events: Events) -> None:
        scale = function.duration.measured or 1.0
        self._events, self._pure, self._function = events, function.pure, name
        self._process = Process(name, function, events.names, function.timeout / scale)
        self._known: dict[bytes, Answer] = {}  # by a hash of what an event follows from
        self.calls = 0  # of the handler itself

    def answer(self, mapping: EventSourceMapping, batch: Batch) -> Answer:
        """What the handler makes of a batch."""
        what = f"{mapping.name}/{batch.shard}/".encode() + batch.places.tobytes()
        event = hashlib.blake2b(what, digest_size=16).digest()
        if event not in self._known:
            answer = self._called(mapping, batch)
            if not self._pure:
                return answer
            self._known[event] = answer
        return self._known[event]

    def close(self) -> None:
        """End its process."""
        self._process.close()

    def _called(self, mapping: EventSourceMapping, batch: Batch) -> Answer:
        names, self.calls = self._events.names, self.calls + 1
        role, source = names.role(mapping.function), names.source(mapping)
        records = self._events.records.of(mapping.stream, batch)
        event = event_line(records, batch.shard, names, source, role)
        request_id = names.uuid("request", mapping.name, batch.shard, int(batch.places[0]), self.calls)
        called = self._process.call(request_id, event)
        took_ns, outcome = half_up(called.took_s * NS), called.outcome
        if isinstance(outcome, Failed):
            return Answer(0, took_ns, outcome, "")
        failed = None
        if mapping.report_batch_item_failures:
            failed = first_failed(outcome.response, [each.sequence_number for each in records])
        return Answer(len(records) if failed is None else failed, took_ns, None, outcome.response)


def callers(scenario: Scenario, seed: int, replication: int) -> dict[str, Caller]:
    """Who calls the handlers of a scenario's functions, by function; of those that have one."""
    own = {name: each for name, each in scenario.functions.items() if each.handler}
    events = Events(scenario, seed, replication) if own else None
    return {name: Caller(name, each, events) for name, each in own.items() if events}


@contextmanager
def closing(callers: Mapping[str, Caller]) -> Iterator[None]:
    """While handlers may be called; then their processes are ended."""
    try:
        yield
    finally:
        for caller in callers.values():
            caller.close()
