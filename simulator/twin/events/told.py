"""What `shardsim events` tells of a run, each thing as documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simulator.events.events import Events
from simulator.events.names import consumer_name
from simulator.events.records import Batch
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import seconds
from simulator.twin.events.answers import answer
from simulator.twin.events.messages import Service, message, object_key
from simulator.twin.events.policy import policy, registered
from simulator.twin.events.seen import Attempts, Chosen, EnoughError, GivenUp, Losses, Seen, follow
from simulator.twin.events.states import listed, result_of, states
from simulator.twin.events.texts import Document

What = Literal["event", "response", "destination", "states", "consumer", "policy"]


@dataclass(frozen=True)
class Run:
    """A run to tell of."""

    scenario: Scenario
    seed: int

    @property
    def events(self) -> Events:
        """What its functions get."""
        return Events(self.scenario, self.seed, 0)


def told(run: Run, what: What, chosen: Chosen, service: Service) -> list[Document]:
    """The documents of one kind. Raises BacklogTooLargeError."""
    match what:
        case "event" | "response":
            return list(_of_attempts(run, what, chosen))
        case "destination":
            return list(_destination(run, chosen, service))
        case "states":
            return list(_mappings(run, chosen))
        case "consumer":
            return list(_consumers(run, chosen))
        case "policy":
            names = run.events.names
            return [
                Document(f"{each}.json", policy(run.scenario, names, each, service)) for each in run.scenario.functions
            ]


def _of_attempts(run: Run, what: What, chosen: Chosen) -> Iterator[Document]:
    """Events, or what the function answered to them."""
    follow(run.scenario, run.seed, Attempts(run.scenario, chosen.take))
    events = run.events
    for seen in chosen.found:
        mapping = run.scenario.event_source_mappings[seen.attempt.mapping]
        name = f"{_in_a_file_name(mapping.name)}-attempt-{seen.number}.json"
        if what == "event":
            yield Document(name, events.event(mapping, Batch.of(seen.shard, seen.attempt.places)))
        else:
            yield Document(name, answer(run.scenario, events, seen))


def _destination(run: Run, chosen: Chosen, service: Service) -> Iterator[Document]:
    events, found = run.events, []

    def take(given_up: GivenUp) -> None:
        loss = given_up.loss
        here = chosen.mapping is None or loss.mapping == chosen.mapping
        if here and (chosen.at_ns is None or loss.at_ns >= chosen.at_ns):
            found.append(given_up)
        if len(found) == (chosen.most if chosen.most is not None else 1 if chosen.at_ns is not None else -1):
            raise EnoughError

    follow(run.scenario, run.seed, Losses(run.scenario, take))
    for number, each in enumerate(found, 1):
        name = object_key(run.scenario, events, each) if service == "s3" else f"message-{number}"
        yield Document(f"{name}.json", message(run.scenario, events, each, service))


def _mappings(run: Run, chosen: Chosen) -> Iterator[Document]:
    """Mappings as they are listed: at a time in one answer, else one for each change of a mapping's state."""
    results: list[list[tuple[int, str]]] = [[] for _ in run.scenario.event_source_mappings]

    def take(seen: Seen) -> None:
        attempt = seen.attempt
        results[attempt.mapping].append((attempt.finished_ns, result_of(attempt)))
        if chosen.at_ns is not None and attempt.started_ns > chosen.at_ns:
            raise EnoughError

    end_ns = follow(run.scenario, run.seed, Attempts(run.scenario, take))
    until_ns, names = end_ns if chosen.at_ns is None else chosen.at_ns, run.events.names
    courses = [
        (mapping, states(mapping, names.made_ns, until_ns, results[number]))
        for number, mapping in enumerate(run.scenario.event_source_mappings)
        if chosen.mapping in (None, number)
    ]
    if chosen.at_ns is not None:
        now = [listed(run.scenario, names, mapping, course[-1]) for mapping, course in courses]
        yield Document("mappings.json", {"EventSourceMappings": now})
        return
    changes = sorted(((state.at_ns, i) for i, (_, course) in enumerate(courses) for state in course), key=lambda x: x)
    of = [iter(course) for _, course in courses]
    for number, (at_ns, i) in enumerate(changes[: chosen.most], 1):
        mapping = listed(run.scenario, names, courses[i][0], next(of[i]))
        content = {"time": names.clock(at_ns), "time_s": seconds(at_ns), "EventSourceMappings": [mapping]}
        yield Document(f"mappings-{number}.json", content)


def _consumers(run: Run, chosen: Chosen) -> Iterator[Document]:
    names = run.events.names
    for number, mapping in enumerate(run.scenario.event_source_mappings):
        if mapping.consumer == "push" and chosen.mapping in (None, number):
            yield Document(f"consumer-{consumer_name(mapping)}.json", registered(names, mapping))


def _in_a_file_name(name: str) -> str:
    return re.sub("[^A-Za-z0-9_.-]+", "-", name)
