"""What is said when the kernel has had all of the memory that it may have: what takes it, and what would help."""

from __future__ import annotations

from typing import Final

from simulator.kernel.machine import MOST_BYTES
from simulator.model.memory import GIB, too_large
from simulator.scenario.spec import Scenario

BYTES_A_RECORD: Final = 64  # that waits: its cells in a page of the log, with those of one mapping that is measured


def refusal(scenario: Scenario, waiting: dict[str, int], now_s: float, most_bytes: int) -> str:
    """The message; `waiting`: the records that are kept, by stream."""
    most = min(most_bytes, MOST_BYTES)
    why = f"the kernel needs more memory than it may have, {most / GIB:.1f} GiB"
    if sum(waiting.values()) * BYTES_A_RECORD > most / 2:
        return too_large(waiting, now_s, why)
    return (
        f"{why}, for {_what(scenario)}, and for their rows in the time series. "
        "Simulate a part of them, or with a longer interval (--interval)"
    )


def _what(scenario: Scenario) -> str:
    shards = sum(stream.shards for stream in scenario.streams.values())
    parts = (
        _counted(len(scenario.producers), "producer"),
        _counted(len(scenario.streams), "stream"),
        _counted(shards, "shard"),
        _counted(len(scenario.functions), "function"),
    )
    return f"{', '.join(parts)} and {_counted(len(scenario.event_source_mappings), 'event source mapping')}"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
