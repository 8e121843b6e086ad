"""What the page asks of a plot's curves."""

from __future__ import annotations

from typing import Final

from simulator.reading.scalars import Flag, Number, Text
from simulator.reading.shapes import Group, ListOf, OrNull

MOST_TIMES: Final = 2_000
MOST: Final = 64
NUMBER: Final = Number()
MARKS: Final = ListOf(Group({"label": Text(), "at": NUMBER}), most=MOST)
SPANS: Final = ListOf(Group({"label": Text(), "start_s": NUMBER, "end_s": NUMBER, "hatch": Text()}), most=MOST)
SERIES: Final = Group(
    {
        "label": Text(),
        "colour": Text(),
        "values": ListOf(OrNull(NUMBER), most=MOST_TIMES),
        "dashes": ListOf(Number(0), most=8),
        "hatch": Text(),
        "width": Number(0, 10),
    }
)
CHART: Final = Group(
    {
        "name": Text(),
        "axis": Text(),
        "unit": Text(),
        "end_s": NUMBER,
        "times_s": ListOf(NUMBER, most=MOST_TIMES),
        "series": ListOf(SERIES, most=MOST),
        "stacked": Flag(),
        "spans": SPANS,
        "moments": MARKS,
        "bounds": MARKS,
    },
    known={"starts": Text()},
)
ABOUT: Final = Group({"title": Text(1), "subtitle": Text(), "drawn": Flag(), "charts": ListOf(CHART, most=MOST)})
