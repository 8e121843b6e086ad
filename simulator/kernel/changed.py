"""What became of the shards of a stream, and of the requests to change them, from the kernel's words (blocks.py)."""

from __future__ import annotations

from typing import Final

from simulator.kernel.blocks import Block
from simulator.scenario import spec
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.requests import Asker, Request, words

ASKERS: Final[tuple[Asker, ...]] = ("file", "rule", "on_demand")
SHARD_COUNT: Final = 0  # what a request wants
REFUSALS: Final = (
    "", "as many as there are", "more than twice", "less than half", "ten in 24 h", "not open", "not side by side",
    "too narrow", "maximum",
)  # fmt: skip


def requests(stream: spec.Stream, spans: Block, found: Block) -> list[Request]:
    """The requests to change a stream, those of the file and then others."""
    closed: dict[int, list[int]] = {}
    for shard, number in enumerate(spans["closed_by"].tolist()):
        closed.setdefault(number, []).append(shard)
    return [_request(stream, number, row, closed.get(number, [])) for number, row in enumerate(found)]


def parents(span: Block) -> tuple[int, ...]:
    """The parents of a shard."""
    return tuple(parent for parent in span["parents"].tolist() if parent >= 0)


def _request(stream: spec.Stream, number: int, row: Block, closes: list[int]) -> Request:
    of_count = row["wants"] == SHARD_COUNT
    return Request(
        int(row["at_ns"]),
        ASKERS[row["asker"]],
        _words(stream, number, row),
        int(row["shards"]) if of_count else 0,
        int(row["open_before"]),
        int(row["open_after"]),
        _time(int(row["begun_ns"])),
        _time(int(row["done_ns"])),
        REFUSALS[row["refused"]],
        closes,
    )


def _words(stream: spec.Stream, number: int, row: Block) -> str:
    if number < len(stream.resharding):
        return words(stream.resharding[number])
    shards = int(row["shards"])
    return words(
        spec.Resharding(at=0, shards=shards) if row["wants"] == SHARD_COUNT else spec.Resharding(at=0, split=shards)
    )


def _time(time_ns: int) -> int | None:
    return None if time_ns == NEVER else time_ns
