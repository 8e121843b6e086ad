"""The tiles of the first screen, alike on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from simulator.report.numbers import UNKNOWN, count, estimate, percent
from simulator.report.page.objectives import TONES, bound_text
from simulator.report.page.view import Tile, Tone
from simulator.study.objectives import Assessment
from simulator.study.statistics import Interval

AGES: Final = ("iterator_age_at_send_p99", "iterator_age_p99")
TIGHT: Final = 0.8  # the part of a limit from which on a reader should know of it


def shards_tile(shards: int, note: str) -> Tile:
    """How many shards there are."""
    return Tile("shards", count(shards), note)


def cost_tile(cost: Interval, notes: Sequence[str], assessments: Iterable[Assessment] = ()) -> Tile:
    """USD a month, against the objective for it."""
    if not cost.n:
        return Tile("cost a month", UNKNOWN, "this result has no bill")
    held_to = [each for each in assessments if each.objective == "cost_per_month"]
    return _held("cost a month", estimate(cost, "USD"), notes, held_to)


def age_tile(age: Interval, mapping: str, notes: Sequence[str], assessments: Iterable[Assessment] = ()) -> Tile:
    """The p99 iterator age of a mapping, against the objective for it."""
    held_to = [each for each in assessments if each.objective == "iterator_age_p99" and each.mapping == mapping]
    return _held("iterator age p99", estimate(age, "s") if age.n else UNKNOWN, notes, held_to)


def ages_tile(at_send: Interval, when_done: Interval, mapping: str, assessments: Iterable[Assessment] = ()) -> Tile:
    """The p99 iterator age of a mapping by both definitions, against the objectives for them."""
    held_to = [each for each in assessments if each.objective in AGES and each.mapping == mapping]
    done = f"when done {estimate(when_done, 's') if when_done.n else UNKNOWN}"
    return _held("age at send p99", estimate(at_send, "s") if at_send.n else UNKNOWN, [done, mapping], held_to)


def use_tile(use: float, limit: str) -> Tile:
    """The part of the limit that is used the most; NaN where none is known."""
    tone: Tone = "unsure" if use >= TIGHT else "plain"
    return Tile("limit most used", percent(use), limit, tone)


def lost_tile(lost: float, note: str) -> Tile:
    """Records of which nothing is left."""
    return Tile("records lost", count(lost), note, "bad" if lost else "good")


def _held(label: str, value: str, notes: Sequence[str], held_to: Sequence[Assessment]) -> Tile:
    """A figure that an objective may be held to."""
    said = [*notes, *(f"{bound_text(each)}: {each.state}" for each in held_to)]
    return Tile(label, value, "; ".join(said), TONES[held_to[0].state] if held_to else "plain")
