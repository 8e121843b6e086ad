"""cimba: the model is compiled with the C engine before anything is timed."""

from __future__ import annotations

import time

import cimba as cb
import numpy as np
from cimba import inputs

from benchmarks.queues import Outcome, Work


class Queue(cb.Model):  # type: ignore[misc]
    """One shard: its records are a level, so what it knows of latency is Little's law."""

    gap_s: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    service_s: float = 1.0
    waiting: cb.Container
    mean_waiting: cb.Output[float]
    served: cb.Output[float]

    @cb.on_start  # type: ignore[untyped-decorator]
    def begin(self) -> None:
        """Nothing is served yet."""
        self.served = 0.0

    @cb.process  # type: ignore[untyped-decorator]
    def produce(self) -> None:
        """Records come."""
        while True:
            cb.hold(self.gap_s.next())
            self.waiting.put(1)

    @cb.process  # type: ignore[untyped-decorator]
    def serve(self) -> None:
        """They are served one by one."""
        while True:
            self.waiting.get(1)
            cb.hold(self.service_s)
            self.served += 1.0

    @cb.on_end  # type: ignore[untyped-decorator]
    def measure(self) -> None:
        """The mean number that wait."""
        self.mean_waiting = self.waiting.mean_level()


def queue(work: Work, seed: int) -> Outcome:
    """Shards are replications, in one thread."""
    model = Queue()
    model.gap_s = inputs.dist.exponential(mean=1 / work.rate)
    model.service_s = work.per_batch_s
    _run(model, work.shards, 1.0, seed)  # compiled now
    began = time.perf_counter()
    served, mean_waiting = _run(model, work.shards, work.seconds, seed)
    return Outcome(time.perf_counter() - began, served, mean_waiting / work.rate + work.per_batch_s)


def _run(model: Queue, shards: int, seconds: float, seed: int) -> tuple[int, float]:
    experiment = cb.Experiment(model, replications=shards, window=cb.Window(duration=seconds), seed=seed)
    results = experiment.run(workers=1)[model]
    return int(np.sum(results.served.values)), float(np.mean(results.mean_waiting.values))
