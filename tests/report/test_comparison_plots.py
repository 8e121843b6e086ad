"""The plots of comparisons: what they say, and that they are drawn for every kind of comparison."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from matplotlib.text import Text

from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.comparing import PLOTS, draw_comparison
from simulator.report.plots.cost_and_age import Point, frontier
from simulator.report.plots.setting_choice import shown
from simulator.scenario.objectives import Objectives
from simulator.study.compare import Comparison
from simulator.study.figures import Curves, Figures
from simulator.study.statistics import Interval
from tests.study import synthetic

CURVES = Curves(5000, [0.1 * (i + 1) for i in range(13)], 1.0, [1.0, math.nan, 3.0, 2.0])
EMPTY = Curves(0, [math.nan] * 13, 1.0, [math.nan] * 4)


def run(i: int, usd: float, age: float, mappings: tuple[str, ...] = ("reader",), curves: Curves = CURVES) -> Figures:
    one = synthetic.run(i, usd=usd, iterator_age_p99_s=age)
    return replace(
        one,
        values=dict.fromkeys(mappings, one.values["reader"]),
        verdicts=dict.fromkeys(mappings, "stable"),
        binding=dict.fromkeys(mappings, "none"),
        curves=dict.fromkeys(mappings, curves),
    )


def comparison(settings: int, objectives: Objectives | None = None, **kind: object) -> Comparison:
    """Settings that cost the more the less behind they are."""
    runs = {
        synthetic.setting(shards=n): [run(i, 10.0 * n, 60.0 / n, **kind) for i in range(2)]  # type: ignore[arg-type]
        for n in range(1, settings + 1)
    }
    return Comparison("made up", next(iter(runs)), runs, objectives or Objectives())


def drawn(found: Comparison) -> dict[str, Plot]:
    with style():
        return {plot.name: plot for plot in (draw(found) for draw in PLOTS)}


def texts(plot: Plot) -> str:
    return "\n".join(each.get_text() for each in cast(list[Text], plot.drawn().findobj(Text)))


@pytest.mark.parametrize("settings", [1, 2, 8, 9, 40])
@pytest.mark.parametrize("mappings", [("reader",), ("reader", "other")])
def test_any_number_of_settings_and_mappings_is_drawn_and_named(settings: int, mappings: tuple[str, ...]) -> None:
    plots = drawn(comparison(settings, mappings=mappings))
    assert list(plots) == ["cost_and_age", "setting_quantiles", "setting_ages"]
    for name in ("setting_quantiles", "setting_ages"):
        assert ("Shown are 8 of" in plots[name].subtitle) == (settings > 8)
        assert ("Of each setting the mapping" in plots[name].subtitle) == (len(mappings) > 1)


def test_two_drawings_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        draw_comparison(comparison(2), tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a" / "plots").iterdir())
    assert len(files) == 9
    for name in files:
        assert (tmp_path / "a/plots" / name).read_bytes() == (tmp_path / "b/plots" / name).read_bytes()


def test_the_objectives_have_lines() -> None:
    plots = drawn(comparison(3, Objectives(iterator_age_p99=30.0, cost_per_month=25.0, iterator_age_max=2.0)))
    axes = plots["cost_and_age"].drawn().axes[0]
    constant = [line for line in axes.get_lines() if line.get_linestyle() == "--"]
    heights = {tuple(cast(list[float], line.get_ydata())) for line in constant}
    places = {tuple(cast(list[float], line.get_xdata())) for line in constant}
    assert (30.0, 30.0) in heights
    assert (25.0, 25.0) in places
    assert "objective, USD 25.00" in texts(plots["cost_and_age"])
    assert "objective, 2 s" in texts(plots["setting_ages"])


def test_where_nothing_was_processed_the_plots_say_so() -> None:
    found = comparison(2, curves=EMPTY)
    runs = {
        setting: [
            replace(each, values={"reader": {**each.values["reader"], "iterator_age_p99_s": math.nan}}) for each in some
        ]
        for setting, some in found.runs.items()
    }
    plots = drawn(replace(found, runs=runs))
    assert plots["cost_and_age"].title == "Cost and iterator age: no attempt has ended"
    assert plots["setting_quantiles"].title == "Latency: no record was processed"
    assert "no data: no attempt ended" in texts(plots["setting_ages"])


def test_a_comparison_without_a_run_is_drawn() -> None:
    nothing = Comparison("made up", synthetic.setting(shards=1), {synthetic.setting(shards=1): []})
    assert drawn(nothing)["cost_and_age"].title == "Cost and iterator age: no attempt has ended"


def test_the_frontier_holds_what_no_other_beats_in_both() -> None:
    def point(usd: float, age: float) -> Point:
        return Point(f"{usd} {age}", usd, Interval(age, 0.0, 2))

    points = [point(1, 9), point(2, 9), point(2, 5), point(3, 6), point(4, 1), point(4, 1), point(5, 1)]
    assert [(each.usd, each.age.mean) for each in frontier(points)] == [(1, 9), (2, 5), (4, 1), (4, 1)]


def test_of_too_many_settings_the_baseline_and_the_best_are_shown() -> None:
    found = comparison(40)
    settings = found.settings
    found = replace(found, baseline=settings[13])
    some = shown(found)
    assert len(some) == 8
    assert settings[13] in some
    assert settings[0] in some  # the cheapest
    assert some == [each for each in settings if each in some]


def test_long_names_are_told_by_their_values() -> None:
    setting = synthetic.setting
    runs = {setting(maximum_batching_window=w, batch_size=n): [run(0, 1.0, 1.0)] for w in ("0s", "2s") for n in (1, 2)}
    plots = drawn(Comparison("made up", next(iter(runs)), runs))
    assert "Settings are named by maximum_batching_window, batch_size." in plots["setting_ages"].subtitle
    assert "2s, 1" in texts(plots["setting_ages"])
