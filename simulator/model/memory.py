"""A bound on the memory that waiting records take: a run stops with a clear message before the machine swaps."""

from __future__ import annotations

import os
from typing import Final

from simulator.traffic.stream import Stream

BYTES_A_RECORD: Final = 160  # in the log of its shard, and in the measures
UNKNOWN_MEMORY: Final = 8 * 2**30
GIB: Final = 2**30


class BacklogTooLargeError(Exception):
    """The records that wait take too much memory; the message says how many there are and what would help."""


def most_bytes() -> int:
    """What waiting records may take: half of the machine's memory (of 8 GiB where the machine does not tell)."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):  # Windows
        return UNKNOWN_MEMORY // 2


def check_backlog(waiting: dict[str, int], now_s: float, most: int) -> None:
    """Raises BacklogTooLargeError when the records that are kept, by stream, take more than `most` bytes."""
    takes = sum(waiting.values()) * BYTES_A_RECORD
    if takes > most:
        why = f"what waits takes {takes / GIB:.1f} GiB of memory, and half of the machine's, {most / GIB:.1f} GiB, is"
        raise BacklogTooLargeError(too_large(waiting, now_s, f"{why} the limit"))


def too_large(waiting: dict[str, int], now_s: float, why: str) -> str:
    """What is said when a run takes too much memory; the records that are kept, by stream."""
    worst = max(waiting, key=lambda name: waiting[name])
    return (
        f"after {now_s:,.0f} s {waiting[worst]:,} records of stream '{worst}' wait for a mapping; {why}. "
        "Simulate a shorter time, a part of the shards with their part of the traffic, or settings that keep up"
    )


def kept(streams: dict[str, Stream]) -> dict[str, int]:
    """The records that are kept of each stream, and those that wait at its producers."""
    return {name: stream.held + sum(len(s.log.kept) for s in stream.shards) for name, stream in streams.items()}
