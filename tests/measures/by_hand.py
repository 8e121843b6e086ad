"""Runs of one shard and one mapping, put together by hand. A tick is a nanosecond unless it is said otherwise."""

import numpy as np

from simulator.measures.times import Reading
from simulator.model.facts import Attempt, Doing, Loss, Poll, PollResult, Throttle
from simulator.traffic.nanoseconds import NEVER
from tests.measures.made_up_runs import Item, MadeUp, Stated

POLLED = Reading(False, 1, 1000, -NEVER, True, 0, [])
PUSHED = Reading(True, 1, 1000, -NEVER, True, 0, [])


def run(reading: Reading, end: int, items: list[Item], *facts: Stated, begin: int = 0) -> MadeUp:
    """A run with one shard."""
    for place, item in enumerate(items):
        item.place = place
    return MadeUp(reading, begin, end, [items], list(facts))


def record(produced: int, let_in: int | None = None, accepted: int | None = None, lane: int = 0) -> Item:
    """A record; without more, it is accepted when it is produced."""
    let_in = produced if let_in is None else let_in
    return Item(0, lane, produced, let_in, let_in if accepted is None else accepted)


def poll(at: int, result: PollResult, first: int = 0, end: int = 0, latency: int = 0) -> Stated:
    """A poll; a call returns the records from place `first` to before `end`."""
    return Stated(at, Poll(0, 0, at, result, at + latency, first, end, 1, False))


def doing(what: str, begin: int, end: int) -> Stated:
    """What lane 0 does."""
    return Stated(begin, Doing(0, 0, 0, what, begin, end))


def throttle(places: list[int], begun: int, asked: int, again: int) -> Stated:
    """An attempt of lane 0 that is not admitted."""
    return Stated(asked, Throttle(0, 0, 0, np.array(places), begun, asked, again, "concurrency"))


def lost(places: list[int], at: int) -> Stated:
    """Records that are dropped."""
    return Stated(at, Loss(0, 0, np.array(places), "dropped", at, False, ""))


def attempt(
    places: list[int],
    done: int,
    started: int,
    cold: int,
    finished: int,
    first_cut: int | None = None,
    begun: int | None = None,
    lane: int = 0,
    cut: int | None = None,
) -> Stated:
    """An attempt that is begun, and its batch cut, when it starts unless it is said otherwise."""
    outcome, failure = ("ok", "") if done == len(places) else ("partial", "poison") if done else ("error", "outage")
    begun = started if begun is None else begun
    first_cut = begun if first_cut is None else first_cut
    cut = first_cut if cut is None else cut
    where = 0, 0, lane, np.array(places), done, 1, 1
    fact = Attempt(*where, first_cut, cut, begun, started, cold, finished, "on_demand", outcome, failure)  # type: ignore[arg-type]
    return Stated(started, fact)
