"""How long a run takes and how much memory, and what most of it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from simulator.model.concurrency import pool_sizes
from simulator.scenario.spec import Scenario
from simulator.study.effort.read import Read
from simulator.study.effort.speed import COSTS, RUN_S, Kind, machine_factor, wall_s
from simulator.study.effort.written import Written

UNTRIED_S: Final = 3.0  # work of so many seconds takes no minute on any machine, nor by the plain rules


@dataclass(frozen=True)
class Task:
    """Much of the same to do; `what` says whose, and `less` what a user would change to have less of it."""

    kind: Kind
    count: float
    what: str
    less: str
    waiting: float = 0.0  # of them, in memory at once

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return self.count * COSTS[self.kind].seconds

    @property
    def bytes(self) -> float:
        """The memory that is needed at least."""
        return self.waiting * COSTS[self.kind].bytes


@dataclass(frozen=True)
class Effort:
    """What one run takes."""

    tasks: tuple[Task, ...]

    @property
    def seconds(self) -> float:
        """About how long it takes, on a machine like that of docs/performance.md; right in proportion elsewhere."""
        return RUN_S + sum(each.seconds for each in self.tasks)

    @property
    def bytes(self) -> float:
        """The memory that it needs at least."""
        return sum(each.bytes for each in self.tasks)

    def count(self, *kinds: Kind) -> float:
        """How many there are of some kinds: records, attempts, polls."""
        return sum(each.count for each in self.tasks if each.kind in kinds)


@dataclass(frozen=True)
class Work:
    """Runs to be simulated by so many workers; `factor`: how much longer this machine takes than predicted."""

    efforts: Sequence[Effort]
    workers: int = 1
    factor: float = 1.0

    @property
    def wall_s(self) -> float:
        """About how long all of them take."""
        return self.factor * wall_s([each.seconds for each in self.efforts], self.workers)

    @property
    def bytes(self) -> float:
        """The memory that one of them needs at least."""
        return max((each.bytes for each in self.efforts), default=0.0)

    @property
    def longest(self) -> Task:
        """What most of the time goes into, over all runs."""
        alike: dict[tuple[str, str], list[Task]] = {}
        for task in (task for each in self.efforts for task in each.tasks):
            alike.setdefault((task.kind, task.what), []).append(task)
        most = max(alike.values(), key=lambda tasks: sum(each.seconds for each in tasks))
        return replace(most[0], count=sum(each.count for each in most))

    @property
    def largest(self) -> Task:
        """What most of the memory of one goes into."""
        return max((task for each in self.efforts for task in each.tasks), key=lambda task: task.bytes)


def effort(scenario: Scenario) -> Effort:
    """What a run of a scenario takes, from its fields alone."""
    written = {name: Written(scenario, name) for name in scenario.streams}
    units = pool_sizes(scenario)
    readings = [
        Read(scenario, each, written[each.stream], units[each.function]) for each in scenario.event_source_mappings
    ]
    tasks = [task for each in written.values() for task in _writing(each)]
    tasks += [task for each in readings for task in _reading(each)]
    return Effort(tuple(task for task in tasks if task.count))


def work_of(scenarios: Sequence[Scenario], replications: int) -> Work:
    """So many runs of each scenario, one after the other. Only where it matters is this machine's speed found out."""
    work = Work([each for scenario in scenarios for each in [effort(scenario)] * replications])
    if work.wall_s < UNTRIED_S:
        return work
    return replace(work, factor=machine_factor(max(scenarios, key=predicted_s), predicted_s))


def predicted_s(scenario: Scenario) -> float:
    """Seconds that one run takes, right in proportion to other runs."""
    return effort(scenario).seconds


def _writing(of: Written) -> Iterator[Task]:
    shorter = "a shorter `duration`, or a part of the shards with their part of the traffic"
    yield Task("records", of.records, f"records written to '{of.stream}'", shorter)
    more = f"more shards for '{of.stream}', or a lower rate of its producers"
    yield Task("waiting", of.waiting, f"waits of records at the producers of '{of.stream}'", more, of.waiting)


def _reading(of: Read) -> Iterator[Task]:
    name = of.mapping.name
    shorter = "a shorter `duration`" + (" or `drain`" if of.end_s > of.scenario.duration else "")
    yield Task("shards", of.shards, f"shards that '{name}' reads", f"fewer shards, {shorter}", of.shards)
    yield Task("records", of.records, f"records read by '{name}'", f"{shorter}, or settings that keep up", of.waiting)

    def facts(kind: Kind, count: float, less: str) -> Task:
        return Task(kind, count, f"{kind} of '{name}'", f"{less}, {shorter}")

    yield facts("attempts", of.batches, "a larger batch_size")
    yield facts("retries", of.retries, "maximum_retry_attempts or maximum_record_age")
    yield facts("throttles", of.throttles, f"more concurrency for '{of.mapping.function}', a longer throttle_backoff")
    yield facts("polls", of.polls, "a longer polling.interval")
