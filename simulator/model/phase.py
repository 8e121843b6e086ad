"""When the shards of the start are first polled (docs/model.md, section 4)."""

from __future__ import annotations

from simulator.scenario.spec import Polling, Reader
from simulator.traffic.draws import bits, unit
from simulator.traffic.nanoseconds import NS, half_up, ns


def first_polls_ns(polling: Polling | Reader, starts_after_s: float, key: int, shards: int) -> list[int]:
    """When each shard of the start is first polled; `key` is that of the draws of random phases."""
    starts_ns = ns(starts_after_s)
    if polling.phase == "random":
        return [starts_ns + half_up(polling.interval * NS * unit(bits(key, j))) for j in range(shards)]
    if polling.phase == "spread":
        return [starts_ns + half_up(polling.interval * NS * (j + 0.5) / shards) for j in range(shards)]
    return [starts_ns + ns(polling.phase)] * shards
