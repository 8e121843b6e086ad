"""A bound on the memory that waiting records take: a run stops with a clear message before the machine swaps."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.model.mapping import Mapping

MOST_BYTES_A_RECORD: Final = 128
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


def check_backlog(mappings: list[Mapping], now: float, most: int) -> None:
    """Raises BacklogTooLargeError when the records that wait for some mappings take more than `most` bytes."""
    waiting = {mapping.name: mapping.waiting for mapping in mappings}
    records = sum(waiting.values())
    if records * MOST_BYTES_A_RECORD <= most:
        return
    taken = held_bytes(mappings)
    if taken > most:
        worst = max(waiting, key=lambda name: waiting[name])
        raise BacklogTooLargeError(
            f"after {now:,.0f} s {waiting[worst]:,} records wait for mapping '{worst}'; what waits takes "
            f"{taken / GIB:.1f} GiB of memory, and half of the machine's, {most / GIB:.1f} GiB, is the limit. "
            "Simulate a shorter time, a part of the shards with their part of the traffic, or settings that keep up"
        )


def held_bytes(mappings: list[Mapping]) -> int:
    """The size of all arrays that hold records of some mappings, each counted once."""
    lanes = [lane.segments for mapping in mappings for lane in mapping.lanes.values()]
    pollers = [poller.segments for mapping in mappings for poller in mapping.pollers]
    arrays = [array for segments in lanes + pollers for segment in segments for array in segment.arrays()]
    return sum({id(array): array.nbytes for array in arrays}.values())
