"""SimPy with something for every record: a Store, or a timeout and a place in a deque."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import simpy

from benchmarks.queues import Outcome, Work, gaps_s

Process = Generator[simpy.Event, Any, None]
Shard = Callable[[simpy.Environment, Work, int, int, list[float]], tuple[Process, Process]]


def store_queue(work: Work, seed: int) -> Outcome:
    """A put and a get of a Store for each record; records are served one by one."""
    return _run(work, seed, _store_and_server)


def store_polled(work: Work, seed: int) -> Outcome:
    """The same, where a poller gets what the Store holds each second and serves it as a batch."""
    return _run(work, seed, _store_and_poller)


def deque_queue(work: Work, seed: int) -> Outcome:
    """A timeout and a place in a deque for each record; an idle server is woken by an event."""
    return _run(work, seed, _deque_and_server)


def deque_polled(work: Work, seed: int) -> Outcome:
    """The same, where a poller empties the deque each second and serves that as a batch."""
    return _run(work, seed, _deque_and_poller)


def _run(work: Work, seed: int, shard: Shard) -> Outcome:
    began = time.perf_counter()
    env = simpy.Environment()
    latencies_s: list[float] = []
    for number in range(work.shards):
        for process in shard(env, work, seed, number, latencies_s):
            env.process(process)
    env.run(until=work.seconds + 10)
    mean_s = sum(latencies_s) / len(latencies_s)
    return Outcome(time.perf_counter() - began, len(latencies_s), mean_s)


def _put_all(env: simpy.Environment, store: simpy.Store, gaps: list[float]) -> Process:
    for gap in gaps:
        yield env.timeout(gap)
        yield store.put(env.now)


def _store_and_server(
    env: simpy.Environment, work: Work, seed: int, number: int, latencies_s: list[float]
) -> tuple[Process, Process]:
    store = simpy.Store(env)

    def serve() -> Process:
        while True:
            arrived_s = yield store.get()
            yield env.timeout(work.per_batch_s)
            latencies_s.append(env.now - arrived_s)

    return _put_all(env, store, gaps_s(work, seed, number)), serve()


def _store_and_poller(
    env: simpy.Environment, work: Work, seed: int, number: int, latencies_s: list[float]
) -> tuple[Process, Process]:
    store = simpy.Store(env)

    def poll() -> Process:
        yield env.timeout(number / work.shards)
        while True:
            next_s, batch = env.now + 1.0, []
            for _ in range(min(work.batch, len(store.items))):
                batch.append((yield store.get()))
            if batch:
                yield env.timeout(work.per_batch_s + work.per_record_s * len(batch))
                latencies_s.extend(env.now - arrived_s for arrived_s in batch)
            yield env.timeout(next_s - env.now)

    return _put_all(env, store, gaps_s(work, seed, number)), poll()


def _deque_and_server(
    env: simpy.Environment, work: Work, seed: int, number: int, latencies_s: list[float]
) -> tuple[Process, Process]:
    queue: deque[float] = deque()
    asleep: list[simpy.Event] = []

    def produce() -> Process:
        for gap in gaps_s(work, seed, number):
            yield env.timeout(gap)
            queue.append(env.now)
            if asleep:
                asleep.pop().succeed()

    def serve() -> Process:
        while True:
            if not queue:
                asleep.append(env.event())
                yield asleep[0]
            arrived_s = queue.popleft()
            yield env.timeout(work.per_batch_s)
            latencies_s.append(env.now - arrived_s)

    return produce(), serve()


def _deque_and_poller(
    env: simpy.Environment, work: Work, seed: int, number: int, latencies_s: list[float]
) -> tuple[Process, Process]:
    queue: deque[float] = deque()

    def produce() -> Process:
        for gap in gaps_s(work, seed, number):
            yield env.timeout(gap)
            queue.append(env.now)

    def poll() -> Process:
        yield env.timeout(number / work.shards)
        while True:
            next_s = env.now + 1.0
            batch = [queue.popleft() for _ in range(min(work.batch, len(queue)))]
            if batch:
                yield env.timeout(work.per_batch_s + work.per_record_s * len(batch))
                latencies_s.extend(env.now - arrived_s for arrived_s in batch)
            yield env.timeout(next_s - env.now)

    return produce(), poll()
