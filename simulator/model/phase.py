"""When the shards of a polling mapping are first polled (docs/model.md, section 4)."""

from __future__ import annotations

from simulator.scenario.spec import EventSourceMapping
from simulator.traffic.draws import bits, unit
from simulator.traffic.nanoseconds import NS, half_up, ns


def first_polls_ns(mapping: EventSourceMapping, key: int, shards: int) -> list[int]:
    """When each shard of the start is first polled (section 4); `key` is that of the draws of random phases."""
    polling, starts_ns = mapping.polling, ns(mapping.starts_after)
    if polling.phase == "random":
        return [starts_ns + half_up(polling.interval * NS * unit(bits(key, j))) for j in range(shards)]
    if polling.phase == "spread":
        return [starts_ns + half_up(polling.interval * NS * (j + 0.5) / shards) for j in range(shards)]
    return [starts_ns + ns(polling.phase)] * shards
