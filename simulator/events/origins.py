"""Whose records those of a stream are: a log knows a record by its number in the stream's order of production."""

from __future__ import annotations

import numpy as np

from simulator.scenario.spec import Scenario
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS, ns
from simulator.traffic.producer import Producer
from simulator.traffic.stream import streams

FEW, MANY = 1 << 13, 1 << 16  # records of a stretch


class Origins:
    """The producers of a stream, and which of its records each has produced.

    Of a stream with one producer they are the same; else the traffic is produced once more, as far as it is asked for.
    """

    def __init__(self, scenario: Scenario, stream: str, seed: int, replication: int) -> None:
        self.producers: list[Producer] = streams(scenario, seed, replication)[stream].producers
        self._until_ns = min([0, *(ns(each.spec.start) for each in self.producers)])
        self._step_ns = NS
        self._firsts: list[int] = []  # the number of the first record of each stretch
        self._parts: list[tuple[Integers, Integers]] = []  # of its records: the producer's place, and its own number
        self._known = 0

    def of(self, numbers: Integers) -> tuple[Integers, Integers]:
        """Of records, by number in the stream: the producer's place in `producers`, and its own number for each."""
        if len(self.producers) == 1:
            return np.zeros(len(numbers), np.int64), numbers
        while self._known <= int(numbers.max(initial=-1)):
            self._learn()
        producers, own = np.empty(len(numbers), np.int64), np.empty(len(numbers), np.int64)
        part = np.searchsorted(np.array(self._firsts), numbers, "right") - 1
        for each in np.unique(part).tolist():
            mine = part == each
            of, number = self._parts[each]
            rows = numbers[mine] - self._firsts[each]
            producers[mine], own[mine] = of[rows], number[rows]
        return producers, own

    def _learn(self) -> None:
        """Produce another stretch of time, in the order of a stream (see simulator.traffic.stream)."""
        self._until_ns += self._step_ns
        batches = [producer.until(self._until_ns) for producer in self.producers]
        n = sum(map(len, batches))
        self._step_ns = self._step_ns * 2 if n < FEW else max(1, self._step_ns // 2) if n > MANY else self._step_ns
        if not n:
            return
        of = np.concatenate([np.full(len(batch), i, np.uint16) for i, batch in enumerate(batches)])
        own = np.concatenate([np.arange(batch.first, batch.first + len(batch)).astype(np.uint32) for batch in batches])
        produced_ns = np.concatenate([batch.produced_ns for batch in batches])
        produced_s = np.concatenate([batch.produced_s for batch in batches])
        order = np.lexsort((produced_s, produced_ns))
        self._firsts.append(self._known)
        self._parts.append((of[order], own[order]))
        self._known += n
