"""All that an engine states of a run, as plain data that can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.kernel.engines import Engine, run_by
from simulator.model.facts import Facts
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.written import Written


@dataclass
class Recording:
    """An observer that keeps everything, window by window."""

    windows: list[Any] = field(default_factory=list)

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Keep a window."""
        logs = {
            name: [
                [_plain(column[written[name].accepted_from[shard.number] - shard.log.first :]) for column in columns]
                for shard in shards
                for columns in [shard.log.kept.arrays()]
            ]
            for name, shards in streams.items()
        }
        stated = {name: [_plain(tuple(fact)) for fact in kind] for name, kind in vars(facts).items()}
        stated["sent"] = sorted(_sent(facts))
        offered = {name: _plain((vars(each.produced), vars(each.waiting))) for name, each in written.items()}
        self.windows.append((begin_ns, end_ns, last, logs, offered, stated))


def record(scenario: Scenario, engine: Engine, seed: int | None = None) -> tuple[int, list[Any]]:
    """When a run ended, and all that was stated of it."""
    recording = Recording()
    end_ns = run_by(engine)(scenario, scenario.seed if seed is None else seed, 0, recording)
    return end_ns, recording.windows


def first_difference(plain: tuple[int, list[Any]], kernel: tuple[int, list[Any]]) -> str:
    """Where two recordings differ first, in words; empty if they do not."""
    if plain[0] != kernel[0]:
        return f"the run ends at {plain[0]} ns and {kernel[0]} ns"
    for number, (a, b) in enumerate(zip(plain[1], kernel[1], strict=False)):
        if a != b:
            return f"window {number}: {_different(a, b)}"
    return "" if len(plain[1]) == len(kernel[1]) else f"{len(plain[1])} windows and {len(kernel[1])}"


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
