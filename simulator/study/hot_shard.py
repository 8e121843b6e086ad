"""Where to split a hot shard: at the point that divides the load of its keys best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.study.demand import HOT, Demand

Floats = NDArray[np.float64]
DIVIDED: Final = 0.8  # of the load: where one half has more, a split is of no use


@dataclass(frozen=True)
class Split:
    """A shard, the part of its range that the lower half gets, and the larger part of its load that a half then has."""

    shard: int
    point: float
    larger: float

    @property
    def divides(self) -> bool:
        """Whether it is of use: no single key has nearly all of the load."""
        return self.larger <= DIVIDED


def best_split(asked: Demand, shards: int) -> Split | None:
    """How to split the hottest of so many shards; None where none gets more than its share."""
    parts = asked.shares(shards)[0]
    hottest = int(parts.argmax())
    if len(parts) < shards or parts[hottest] < HOT / shards:
        return None
    begin, end = asked.edges(shards)[hottest : hottest + 2]
    within = (asked.hot.places - begin) / (end - begin)
    mine = (within >= 0) & (within < 1)
    order = np.argsort(within[mine], kind="stable")
    places, weights = within[mine][order], asked.hot.weights[mine][order]
    even = max(0.0, float(parts[hottest]) - float(weights.sum()))
    point, larger = _halved(places, weights, even)
    return Split(hottest, point, larger / float(parts[hottest]))


def undivided_key(asked: Demand, shards: int) -> tuple[int, str, float] | None:
    """The hottest of so many shards, its most popular key and that key's part of it, where no split divides it."""
    found, keys = best_split(asked, shards), asked.hot_keys(shards)
    if found is None or found.divides or not keys:
        return None
    key, part = keys[0]
    return found.shard, key, part / asked.hottest_share(shards)


def _halved(places: Floats, weights: Floats, even: float) -> tuple[float, float]:
    """The point from 0 to 1 at which the larger half is least, and its load: of keys at places, the rest even."""
    edges = np.concatenate([[0.0], places, [1.0]])
    below = np.concatenate([[0.0], np.cumsum(weights)])  # the keys' load in each gap between edges
    total = float(below[-1]) + even
    ideal = (total / 2 - below) / even if even else np.full(len(below), 0.5)
    low, high = edges[:-1], edges[1:]
    rim = (high - low) * 1e-6  # off the keys themselves
    points = np.clip(ideal, low + rim, high - rim) if even else (low + high) / 2
    loads = below + even * points
    larger = np.maximum(loads, total - loads)
    larger[high <= low] = np.inf  # keys at one place
    best = int(larger.argmin())
    return float(points[best]), float(larger[best])
