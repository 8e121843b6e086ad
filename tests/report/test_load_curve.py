"""The plot of lateness against load, also where there is no lateness to draw."""

from __future__ import annotations

import math
from typing import cast

import pytest
from matplotlib.text import Text

from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.load_curve import load_curve
from simulator.study.load_sweep import LoadSweep
from simulator.study.saturation import Loaded
from tests.study import synthetic


def drawn(ages_s: list[float], latencies_s: list[float]) -> Plot:
    """The plot of a load for each of the figures."""
    points = []
    for i, (age_s, latency_s) in enumerate(zip(ages_s, latencies_s, strict=True)):
        one = synthetic.run(i, latency_p99_s=latency_s, iterator_age_p99_s=age_s, iterator_age_max_s=age_s)
        points.append(Loaded(0.5 + i, (one,)))
    with style():
        return load_curve(LoadSweep("made up", ("reader",), tuple(points), None, None))


def texts(plot: Plot) -> list[str]:
    return [each.get_text() for each in cast(list[Text], plot.drawn().findobj(Text))]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_without_any_percentile_a_sentence_stands_in_the_plot(value: float) -> None:
    assert "no data: too little was processed for a 99th percentile" in texts(drawn([math.nan] * 3, [value] * 3))


@pytest.mark.parametrize("level_s", [1e-4, 0.1, 0.5, 7.0, 86400.0])
def test_a_level_line_has_room_and_labelled_ticks_around_it(level_s: float) -> None:
    (axes,) = drawn([level_s] * 2, [math.inf] * 2).drawn().axes
    low, high = axes.get_ylim()
    assert low < level_s / 1.05
    assert high > level_s * 1.05
    assert len([tick for tick in axes.get_yticks() if low <= tick <= high]) >= 2


def test_a_latency_that_is_infinite_ends_its_line_and_leaves_the_rest() -> None:
    (axes,) = drawn([1.0, 2.0, 4.0], [2.0, 3.0, math.inf]).drawn().axes
    low, high = axes.get_ylim()
    assert (low, high) == (0.1, 10.0)
