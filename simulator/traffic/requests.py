"""Requests to change the shards of a stream, and what came of them (docs/model.md, section 14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from simulator.scenario import spec
from simulator.traffic.nanoseconds import NS
from simulator.traffic.operations import Merge, Operation, split_at, uniform_scaling
from simulator.traffic.shards import Shard

DAY_NS: Final = 86_400 * NS
A_DAY: Final = 10  # requests of UpdateShardCount that are carried out

Asker = Literal["file", "rule", "on_demand"]


@dataclass
class Request:
    """One request. Times are nanoseconds from the start of the run; None: not in the time that is known."""

    at_ns: int
    asker: Asker
    wants: str  # in words
    shards: int  # wanted by UpdateShardCount; 0 for others
    open_before: int = 0
    open_after: int = 0
    begun_ns: int | None = None
    done_ns: int | None = None
    refused: str = ""  # why; refused at begun_ns
    closes: list[int] = field(default_factory=list)  # the shards that it has closed

    def until(self, last_ns: int) -> Request:
        """What had become of it by a time."""
        if self.begun_ns is not None and self.begun_ns > last_ns:
            return replace(self, begun_ns=None, done_ns=None, refused="", open_before=0, open_after=0)
        if self.done_ns is not None and self.done_ns > last_ns:
            return replace(self, done_ns=None, open_after=0)
        return replace(self)


def refusal(wanted: spec.Resharding, open_: Sequence[Shard], begun_before_ns: Sequence[int], now_ns: int) -> str:
    """Why a request is refused that begins now; "" if it is carried out.

    `begun_before_ns`: when the requests of UpdateShardCount began that were carried out, in order.
    """
    if wanted.shards is not None:
        return _of_shard_count(wanted.shards, len(open_), sum(now_ns - begun < DAY_NS for begun in begun_before_ns))
    numbers = [shard.number for shard in open_]
    named = wanted.merge or (wanted.split,)
    if any(number not in numbers for number in named):
        return "not open"
    if wanted.merge and abs(numbers.index(wanted.merge[0]) - numbers.index(wanted.merge[1])) != 1:
        return "not side by side"
    if not wanted.merge and split_at(open_[numbers.index(wanted.split)], wanted.point) is None:  # type: ignore[arg-type]
        return "too narrow"
    return ""


def _of_shard_count(wanted: int, open_: int, in_24_h: int) -> str:
    if wanted == open_:
        return "as many as there are"
    if wanted > 2 * open_:
        return "more than twice"
    if 2 * wanted < open_:
        return "less than half"
    return "ten in 24 h" if in_24_h >= A_DAY else ""


def operations(wanted: spec.Resharding, open_: Sequence[Shard]) -> Iterator[Operation]:
    """The operations of a request that is carried out; each is to be done before the next is asked for."""
    if wanted.shards is not None:
        yield from uniform_scaling(open_, wanted.shards)
    elif wanted.merge:
        lower, upper = (shard for shard in open_ if shard.number in wanted.merge)
        yield Merge(lower, upper)
    else:
        split = split_at(next(shard for shard in open_ if shard.number == wanted.split), wanted.point)
        assert split is not None  # it was not refused
        yield split


def words(wanted: spec.Resharding) -> str:
    """A request in words."""
    if wanted.shards is not None:
        return f"{wanted.shards} shards"
    if wanted.merge:
        return f"merge {wanted.merge[0]} and {wanted.merge[1]}"
    return f"split {wanted.split}" + (f" at {wanted.point:g}" if wanted.point != 0.5 else "")
