"""The settings of a stream: its shards, and what changes them (docs/model.md, sections 14 and 15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from simulator.report.what_if.knob import (
    COUNTS,
    Knob,
    Need,
    Place,
    Sets,
    Value,
    counted,
    knob,
    lasting,
    moment,
    on_off,
    percent,
    plain,
    seconds,
    told_whole,
)
from simulator.scenario.spec import Resharding, ScaleDown, ScaleUp, Scaling, Scenario, Stream

KEPT_D: Final = (1, 2, 3, 7, 14, 30, 90, 365)
MANY: Final = 64  # shards that any stream may be given
BEGINS: Final = tuple(i / 20 for i in range(20))  # parts of the traffic
USES: Final = tuple(i / 20 for i in range(1, 21))
PERIODS_S: Final = (60, 120, 300, 600, 900, 1800, 3600)
UP_PERIODS: Final = ((1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 5), (4, 5), (5, 5), (5, 10), (10, 10), (15, 15))
DOWN_PERIODS: Final = (
    (1, 1), (2, 2), (3, 3), (5, 5), (10, 10), (15, 15), (20, 20), (30, 30), (45, 45), (57, 60), (60, 60),
)  # fmt: skip
COOLDOWNS_S: Final = (0, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
DELAYS_S: Final = (0, 10, 30, 60, 120, 180, 300, 600, 900)
UP_FACTORS: Final = (1.1, 1.25, 1.5, 1.75, 2.0)
DOWN_FACTORS: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
BY: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64)


def stream_knobs(scenario: Scenario, i: int, name: str) -> Iterator[Knob]:
    """All that a reader may move of a stream."""
    stream, of = scenario.streams[name], _Of(i, name)
    yield from _mode(stream, of)
    values = [each for each in COUNTS if each <= max(MANY, 4 * stream.shards)]
    yield of.plain("shards", "shards", "shards", stream.shards, values, counted)
    yield of.plain("retention", "retention", "retention_s", stream.retention, (24 * 3600.0 * days for days in KEPT_D),
                   lasting, seconds)  # fmt: skip
    yield from _requests(scenario, stream, of)
    yield from _rule(stream.scaling or Scaling(), of, stream.scaling is not None)
    yield from _growth(stream, of)


def added_request(scenario: Scenario) -> dict[str, Any]:
    """The request, in a recipe, that a stream without one may be given: as it is, it is not made."""
    at_s = float(round(scenario.duration / 2))
    return {"at_s": at_s, "kind": 0, "shards": 0, "rest": [0, 1, 1], "made": True, "written": {}}


class _Of:
    """Knobs of one stream."""

    def __init__(self, i: int, name: str) -> None:
        self.i, self.at = i, f"streams.{name}"
        self.group, self.changes = f"Stream {name}", f"Resharding {name}"
        self.provisioned: tuple[Need, ...] = ((f"{self.at}.mode", "on_demand"),)
        self.on_demand: tuple[Need, ...] = ((f"{self.at}.mode", "provisioned"),)

    def plain(
        self, field: str, label: str, path: str, today: Value, values: Iterable[Value], told: Callable[[Any], str],
        written: Callable[[Any], str] = str, needs: tuple[Need, ...] = (),
    ) -> Knob:  # fmt: skip
        """One field of the stream."""
        place: Place = ("streams", self.i, *path.split("."))
        id_, explained = f"{self.at}.{field}", f"streams.{field}"
        group = self.changes if needs else self.group
        return plain(id_, group, label, place, today, values, told, explained, written, needs)

    def part(
        self, field: str, label: str, path: tuple[str | int, ...], today: Value, values: Iterable[Value],
        told: Callable[[Any], str], needs: tuple[Need, ...], explained: str = "",
    ) -> Knob:  # fmt: skip
        """A part of its requests, or of its rule."""
        id_, place = f"{self.at}.{field}", ("streams", self.i, *path)
        return told_whole(id_, self.changes, label, place, today, values, told, explained, needs)


def _mode(stream: Stream, of: _Of) -> Iterator[Knob]:
    """In on-demand mode nothing else may change the shards; a stream in the other one has a number of them."""
    none = {"resharding": "[]" if stream.resharding else "", "scaling": "none" if stream.scaling else ""}

    def sets(mode: str) -> Sets:
        more = {"shards": str(stream.shards)} if mode == "provisioned" else none
        return ((f"{of.at}.mode", mode), *((f"{of.at}.{name}", text) for name, text in more.items() if text))

    yield knob(f"{of.at}.mode", of.group, "capacity mode", ("streams", of.i, "mode"), stream.mode,
               ("provisioned", "on_demand"), lambda mode: mode.replace("_", " "), sets, "streams.mode")  # fmt: skip


def _requests(scenario: Scenario, stream: Stream, of: _Of) -> Iterator[Knob]:
    """Of each request its time, and how many shards it goes to or whether it is made; of one that may be added, too."""
    added = Resharding(at=added_request(scenario)["at_s"], shards=0)
    for j, each in enumerate(stream.resharding or (added,)):
        field, path = f"resharding.{j}", ("requests", j)
        which = f"resharding {j + 1}" if len(stream.resharding) > 1 else "resharding"
        if each.shards is not None:
            counts = [n for n in COUNTS if n <= max(MANY, 4 * max(stream.shards, each.shards))]
            made = of.part(f"{field}.shards", f"{which} to", (*path, "shards"), each.shards, (0, *counts), _shards,
                           of.provisioned, "streams.resharding.shards")  # fmt: skip
            without: Value = 0
        else:
            what = f"merge of {each.merge[0]} and {each.merge[1]}" if each.merge else f"split of {each.split}"
            made = of.part(f"{field}.made", f"{which}: {what}", (*path, "made"), True, (False, True), on_off,
                           of.provisioned)  # fmt: skip
            without = False
        yield made
        begins_s = (float(round(scenario.duration * part)) for part in BEGINS)
        yield of.part(f"{field}.at", f"{which} at", (*path, "at_s"), each.at, begins_s, moment, ((made.id, without),),
                      "streams.resharding.at")  # fmt: skip


def _rule(scaling: Scaling, of: _Of, there: bool) -> Iterator[Knob]:
    """Of a rule that is there, or one as by default; each direction may be off."""
    up, down = scaling.up or ScaleUp(), scaling.down or ScaleDown()
    up_on: Need = (f"{of.at}.scaling.up", False)
    down_on: Need = (f"{of.at}.scaling.down", False)

    def part(
        field: str, label: str, today: Value, values: Iterable[Value], told: Callable[[Any], str], *needs: Need
    ) -> Knob:  # fmt: skip
        path, explained = field.split("."), field.replace("periods", "of")
        place = ("rule", *path) if field not in ("up", "down") else ("rule", field, "on")
        return of.part(f"scaling.{field}", label, place, today, values, told, needs, f"streams.scaling.{explained}")

    def direction(name: str, mine: ScaleUp | ScaleDown, by: int, needs: Need, field: str) -> Iterator[Knob]:
        periods = UP_PERIODS if name == "up" else DOWN_PERIODS
        yield part(f"{name}.period", f"{name}: period", mine.period, map(float, PERIODS_S), lasting, needs)
        yield part(
            f"{name}.periods", f"{name}: periods that count", (mine.points, mine.of), periods, _of_periods, needs
        )
        if by:
            yield part(f"{name}.{field}", f"{name}: by", by, BY, _shards, needs)
        else:
            factors = UP_FACTORS if name == "up" else DOWN_FACTORS
            yield part(f"{name}.factor", f"{name}: to", mine.part, factors, _as_many, needs)
        yield part(f"{name}.cooldown", f"{name}: cooldown", mine.cooldown, map(float, COOLDOWNS_S), lasting, needs)

    yield part("up", "scales up by rule", there and scaling.up is not None, (False, True), on_off, *of.provisioned)
    yield part("up.above", "up: above", up.above, USES, percent, up_on)
    yield from direction("up", up, up.add, up_on, "add")
    yield part("maximum", "up: at most", scaling.maximum, COUNTS, _shards, up_on)
    yield part("down", "scales down by rule", there and scaling.down is not None, (False, True), on_off,
               *of.provisioned)  # fmt: skip
    yield part("down.below", "down: below", down.below, USES, percent, down_on)
    yield from direction("down", down, down.subtract, down_on, "subtract")
    yield part("minimum", "down: at least", scaling.minimum, COUNTS, _shards, down_on)
    yield part("metric", "rule looks at", scaling.metric, ("use", "records", "bytes"), str, up_on, down_on)
    yield part("delay", "rule's delay", scaling.delay, map(float, DELAYS_S), lasting, up_on, down_on)


def _growth(stream: Stream, of: _Of) -> Iterator[Knob]:
    growth = stream.on_demand
    yield of.plain("on_demand.split_above", "splits a shard from", "growth.split_above", growth.split_above, USES,
                   percent, needs=of.on_demand)  # fmt: skip
    yield of.plain("on_demand.maximum", "grows to at most", "growth.maximum", growth.maximum, COUNTS, _shards,
                   needs=of.on_demand)  # fmt: skip


def _shards(n: int) -> str:
    return "none" if n == 0 else "1 shard" if n == 1 else f"{counted(n)} shards"


def _as_many(factor: float) -> str:
    return f"{factor:g} times as many"


def _of_periods(periods: tuple[int, int]) -> str:
    return f"{periods[0]} of {periods[1]}"
