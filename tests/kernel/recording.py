"""All that an engine states of a run, as plain data that can be compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator.kernel.engines import Engine, run_by
from simulator.model.facts import Facts
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.shards import Shard
from simulator.traffic.written import Written


@dataclass
class Recording:
    """An observer that keeps everything: by kind, whatever the windows are."""

    logs: dict[tuple[str, int], list[list[Any]]] = field(default_factory=dict)  # by stream and shard: the columns
    shards: dict[tuple[str, int], tuple[Any, ...]] = field(default_factory=dict)  # range, parents, times
    requests: dict[str, list[Any]] = field(default_factory=dict)
    offered: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    stated: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Keep a window."""
        for name, shards in streams.items():
            produced = written[name].produced
            self.shards |= {(name, each.number): _span(each, end_ns) for each in shards if each.opens_ns <= end_ns}
            self.requests[name] = _requests(written[name], end_ns)
            self.offered[name] += zip(*(column.tolist() for column in vars(produced).values()), strict=True)
            for shard in shards:
                new = written[name].accepted_from[shard.number] - shard.log.first
                columns = [column[new:].tolist() for column in shard.log.kept.each]
                kept = self.logs.setdefault((name, shard.number), [[] for _ in columns])
                for column, more in zip(kept, columns, strict=True):
                    column += more
        for kind, some in vars(facts).items():
            self.stated[kind] += [_plain(tuple(fact)) for fact in some if kind not in ("sent", "losses")]
        self.stated["sent"] += _sent(facts)
        self.stated["losses"] += [_plain(tuple(loss._replace(places=p))) for loss in facts.losses for p in loss.places]


def record(scenario: Scenario, engine: Engine, seed: int | None = None) -> dict[str, Any]:
    """All that was stated of a run, and when it ended."""
    recording = Recording()
    end_ns = run_by(engine)(scenario, scenario.seed if seed is None else seed, 0, recording)
    stated = {kind: sorted(facts) for kind, facts in recording.stated.items()}
    offered = {stream: sorted(records) for stream, records in recording.offered.items()}
    logs = {shard: columns for shard, columns in recording.logs.items() if columns[0]}
    changed = {"shards": recording.shards, "requests": recording.requests}
    return {"end": end_ns, "logs": logs, **changed, "offered": offered, **stated}


def first_difference(plain: Any, kernel: Any) -> str:
    """Where two recordings differ first, in words; empty if they do not."""
    return "" if plain == kernel else _different(plain, kernel)


def _span(shard: Shard, last_ns: int) -> tuple[Any, ...]:
    closed = shard.closes_ns is not None and shard.closes_ns <= last_ns
    return shard.first_hash, shard.last_hash, shard.parents, shard.opens_ns, shard.closes_ns if closed else None


def _requests(written: Written, last_ns: int) -> list[dict[str, Any]]:
    """As far as they have come to pass; which shards they have closed, those tell."""
    made = sorted((each for each in written.requests if each.at_ns < last_ns), key=lambda each: each.at_ns)
    return [vars(replace(each.until(last_ns), closes=[])) for each in made]


def _sent(facts: Facts) -> list[tuple[int, int, int, int, int]]:
    """Record by record: how they are put together in facts is no fact."""
    return [
        (each.mapping, each.shard, *row)
        for each in facts.sent
        for row in zip(each.places.tolist(), each.leaves_ns.tolist(), each.available_ns.tolist(), strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


def _different(a: Any, b: Any) -> str:
    """The innermost place at which two structures differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        name = next(name for name in a if a[name] != b.get(name))
        return f"{name}: {_different(a[name], b.get(name))}"
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        for number, (x, y) in enumerate(zip(a, b, strict=False)):
            if x != y:
                return f"{number}: {_different(x, y)}"
        return f"{len(a)} and {len(b)} items"
    return f"{a!r} and {b!r}"
