"""A shard of a stream: a range of hashes, a log, and when it opens and closes (docs/model.md, sections 2 and 14)."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.traffic.log import Log


@dataclass
class Shard:
    """One shard of a stream. Hashes are unsigned 128-bit integers, the range's ends included."""

    number: int
    first_hash: int
    last_hash: int
    log: Log
    parents: tuple[int, ...] = ()
    opens_ns: int = 0
    closes_ns: int | None = None  # None: open
