"""How the shards of a provisioned stream change: requests of the file and of a rule (docs/model.md, section 14)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from simulator.scenario import spec
from simulator.traffic.draws import bits
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER, NS, half_up, ns
from simulator.traffic.operations import Operation
from simulator.traffic.quantiles import Same, quantile
from simulator.traffic.requests import Request, operations, refusal, words
from simulator.traffic.scaling import Rule
from simulator.traffic.shards import Shard


class Changes(Protocol):
    """What changes the shards of a stream."""

    requests: list[Request]  # those of the file, made or not, and then others, in order of time

    @property
    def next_ns(self) -> int:
        """When it has something to do next; NEVER: nothing any more."""

    @property
    def decides_ns(self) -> int:
        """When it decides next by what has been accepted before; NEVER: not at all."""

    def accepted(self, shard: Integers, accepted_ns: Integers, bytes_: Integers) -> None:
        """Records have been accepted."""

    def due(self, now_ns: int, open_: Sequence[Shard]) -> Iterator[Operation]:
        """What is done at a time; each operation is carried out in `open_` before the next is asked for."""


class Resharding:
    """The requests of one stream, one at a time; each consists of operations, one after the other."""

    def __init__(self, stream: spec.Stream, draws: Callable[[str], int]) -> None:
        """`draws`: the key of the stream's draws for a purpose."""
        self._file = deque(
            (each, Request(ns(each.at), "file", words(each), each.shards or 0)) for each in stream.resharding
        )
        self.requests = [request for _, request in self._file]
        self._request: Request | None = None  # the last one that has begun
        self._rule = Rule(stream.scaling) if stream.scaling else None
        self._begin = _drawn(stream.resharding_time.begin, draws("resharding begin"))
        self._each = _drawn(stream.resharding_time.each, draws("resharding each"))
        self._begun = self._done = 0  # requests and operations
        self._at_work: Iterator[Operation] | None = None
        self._operation: Operation | None = None
        self._due_ns = NEVER  # when it is done
        self._free_ns = -NEVER  # since when no request has been at work
        self._changed_ns = 0  # when the last request was done that was carried out
        self._shard_counts_ns: list[int] = []  # when those of UpdateShardCount began

    @property
    def next_ns(self) -> int:
        """When an operation is done, a request begins, or the rule decides."""
        if self._operation is not None:
            return min(self._due_ns, self.decides_ns)
        return min(max(self._file[0][1].at_ns, self._free_ns) if self._file else NEVER, self.decides_ns)

    @property
    def decides_ns(self) -> int:
        """When the rule decides."""
        return self._rule.next_ns if self._rule else NEVER

    def accepted(self, shard: Integers, accepted_ns: Integers, bytes_: Integers) -> None:
        """Records have been accepted."""
        if self._rule:
            self._rule.accepted(accepted_ns, bytes_)

    def due(self, now_ns: int, open_: Sequence[Shard]) -> Iterator[Operation]:
        """Operations that are done now, requests that begin, and then what the rule asks for."""
        while True:
            yield from self._finish(now_ns, open_)
            if self._operation is not None or not self._file or self._file[0][1].at_ns > now_ns:
                break
            self._begin_request(*self._file.popleft(), now_ns, open_)
        if self._rule and self._rule.next_ns <= now_ns:
            shards = self._rule.decide(now_ns, len(open_), self._changed_ns)
            if shards and self._operation is None:
                wanted = spec.Resharding(at=now_ns / NS, shards=shards)
                self.requests.append(Request(now_ns, "rule", words(wanted), shards))
                self._begin_request(wanted, self.requests[-1], now_ns, open_)
                yield from self._finish(now_ns, open_)

    def _finish(self, now_ns: int, open_: Sequence[Shard]) -> Iterator[Operation]:
        """The operations that are done now."""
        while self._operation is not None and self._due_ns <= now_ns:
            request = self._request
            assert request is not None
            yield self._operation
            request.closes += (parent.number for parent in self._operation.parents)
            if not self._next(now_ns):
                request.done_ns = self._free_ns = self._changed_ns = now_ns
                request.open_after = len(open_)

    def _begin_request(self, wanted: spec.Resharding, request: Request, now_ns: int, open_: Sequence[Shard]) -> None:
        request.begun_ns, request.open_before = now_ns, len(open_)
        request.refused = refusal(wanted, open_, self._shard_counts_ns, now_ns)
        if request.refused:
            return
        self._request = request
        if wanted.shards is not None:
            self._shard_counts_ns.append(now_ns)
        self._at_work = operations(wanted, open_)
        self._next(now_ns + self._begin(self._begun))
        self._begun += 1

    def _next(self, since_ns: int) -> bool:
        """Go on with the next operation, if there is one."""
        assert self._at_work is not None
        self._operation = next(self._at_work, None)
        if self._operation is None:
            return False
        self._due_ns = since_ns + self._each(self._done)
        self._done += 1
        return True


def _drawn(time: spec.Distribution, key: int) -> Callable[[int], int]:
    """A time in ns, by number."""
    of = quantile(time)
    if isinstance(of, Same):
        same_ns = ns(of.value)
        return lambda _: same_ns
    return lambda number: half_up(of.one(bits(key, number)) * NS)
