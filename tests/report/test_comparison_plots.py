"""The plots of comparisons: what they say, and that they are drawn for every kind of comparison."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from matplotlib.text import Text

from simulator.cli import cli
from simulator.report.page.build import page_of
from simulator.report.page.view import Figure
from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.choice import of_comparison
from simulator.report.plots.comparing import PLOTS, draw_comparison
from simulator.scenario.objectives import Objectives
from simulator.study.compare import Comparison
from simulator.study.figures import Curves, Figures
from tests.page.folders import STUDIES, study
from tests.study import synthetic

CURVES = Curves(5000, 1.0, [1.0, 0.0, 3.0, 2.0])
EMPTY = Curves(0, 1.0, [0.0] * 4)


def run(i: int, usd: float, age: float, mappings: tuple[str, ...] = ("reader",), curves: Curves = CURVES) -> Figures:
    one = synthetic.run(i, usd=usd, iterator_age_p99_s=age)
    return replace(
        one,
        values=dict.fromkeys(mappings, one.values["reader"]),
        verdicts=dict.fromkeys(mappings, "stable"),
        binding=dict.fromkeys(mappings, "none"),
        curves=dict.fromkeys(mappings, curves),
        tallies=dict.fromkeys(mappings, one.tallies["reader"] if curves.records else synthetic.NONE),
    )


def comparison(settings: int, objectives: Objectives | None = None, **kind: object) -> Comparison:
    """Settings that cost the more the less behind they are."""
    runs = {
        synthetic.setting(shards=n): [run(i, 10.0 * n, 60.0 / n, **kind) for i in range(2)]  # type: ignore[arg-type]
        for n in range(1, settings + 1)
    }
    first = next(iter(runs))
    return Comparison("made up", first, runs, objectives or Objectives(), today=first)


def drawn(found: Comparison) -> dict[str, Plot]:
    with style():
        return {plot.name: plot for plot in (draw(of_comparison(found)) for draw in PLOTS)}


def texts(plot: Plot) -> str:
    return "\n".join(each.get_text() for each in cast(list[Text], plot.drawn().findobj(Text)))


@pytest.mark.parametrize("settings", [1, 2, 8, 9, 40])
@pytest.mark.parametrize("mappings", [("reader",), ("reader", "other")])
def test_any_number_of_settings_and_mappings_is_drawn_and_named(settings: int, mappings: tuple[str, ...]) -> None:
    plots = drawn(comparison(settings, mappings=mappings))
    assert list(plots) == ["settings", "setting_lags", "setting_quantiles"]
    for name, most in (("setting_quantiles", 8), ("setting_lags", 6)):
        assert (f"Shown are {most} of" in plots[name].subtitle) == (settings > most)
        assert ("Of each setting the mapping" in plots[name].subtitle) == (len(mappings) > 1)


def test_two_drawings_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        draw_comparison(comparison(2), tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a" / "plots").iterdir())
    assert len(files) == 12
    for name in files:
        assert (tmp_path / "a/plots" / name).read_bytes() == (tmp_path / "b/plots" / name).read_bytes()


def test_the_tightest_objective_is_the_line_and_chosen_today_and_cheaper_are_named() -> None:
    plots = drawn(comparison(4, Objectives(iterator_age_p99=31.0, iterator_age_max=2.0e4)))
    written = texts(plots["settings"])
    costs, ages = plots["settings"].drawn().axes
    assert [bar.get_height() for bar in costs.patches] == [10, 20, 30, 40]  # type: ignore[attr-defined]
    curve, bound = ages.get_lines()
    assert list(cast(list[float], curve.get_ydata())) == [60, 30, 20, 15]
    assert set(cast(list[float], bound.get_ydata())) == {31}
    assert "chosen" in written
    assert "today, one step cheaper" in written
    assert plots["settings"].title.endswith("does, for USD 20.00 a month: iterator age p99 30 s")


def test_settings_lie_along_the_knob_in_which_most_differ_from_the_chosen_one() -> None:
    runs = {
        synthetic.setting(shards=n, batch_size=b): [run(0, 10.0 * n + b / 100, 60.0 / n)]
        for b in (100, 500)
        for n in (1, 2, 3)
    }
    plot = drawn(Comparison("made up", next(iter(runs)), runs))["settings"]
    axes = plot.drawn().axes[0]
    assert axes.get_xlabel() == "shards"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "3"]
    assert "3 more settings are in the table" in plot.subtitle


def test_where_nothing_was_processed_the_plots_are_sentences() -> None:
    found = comparison(2, curves=EMPTY)
    plots = drawn(found)
    assert plots["setting_quantiles"].figure is plots["setting_lags"].figure is None
    assert plots["setting_quantiles"].title == "Latency: no record was processed"
    assert plots["setting_lags"].title == "Lag: no record waited"


def test_a_comparison_without_a_run_is_a_sentence() -> None:
    nothing = Comparison("made up", synthetic.setting(shards=1), {synthetic.setting(shards=1): []})
    assert drawn(nothing)["settings"].title == "Settings: every run failed"


def test_terminal_page_and_files_name_the_same_nearest_setting(tmp_path: Path) -> None:
    """The cheapest is the furthest off: what is nearest is decided by how far it is from the objectives."""
    folder = study("compare", "--shards", "1-3", "-n", "2", rate="6000/s", on_throttle="drop")(tmp_path / "result")
    data = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    assert list(data["chosen"].values()) == ["3"]
    page = page_of(folder)
    assert "the nearest, 3 shards," in page.title
    again = ["--shards", "1-3", "-n", "2", "-j", "1", "-o", str(tmp_path / "again")]
    said = CliRunner().invoke(cli, ["compare", str(folder.with_suffix(".yaml")), *again]).output
    assert "the nearest is shards 3" in said


def test_of_too_many_settings_the_baseline_and_the_best_are_shown() -> None:
    found = comparison(40)
    settings = found.settings
    found = replace(found, baseline=settings[13], today=None)
    some = of_comparison(found).some(8)
    assert len(some) == 8
    assert settings[13] in some
    assert settings[0] in some  # the cheapest
    assert some == [each for each in settings if each in some]


def test_long_names_are_told_by_their_values() -> None:
    setting = synthetic.setting
    runs = {setting(maximum_batching_window=w, batch_size=n): [run(0, 1.0, 1.0)] for w in ("0s", "2s") for n in (1, 2)}
    plots = drawn(Comparison("made up", next(iter(runs)), runs))
    assert "Settings are named by maximum_batching_window, batch_size." in plots["setting_lags"].subtitle
    assert "2s, 1" in texts(plots["setting_lags"])


def test_lags_are_curves_on_one_axis_of_time_whose_peaks_are_kept_and_which_end_where_their_runs_end() -> None:
    short, long = (Curves(1, every_s, lags_s) for every_s, lags_s in ((1.0, [1.0, 9.0]), (2.0, [0.5, 4.0, 2.0])))
    runs = {synthetic.setting(shards=n): [run(0, n, 1.0, curves=c)] for n, c in ((1, long), (2, short))}
    plot = drawn(Comparison("made up", next(iter(runs)), runs))["setting_lags"]
    (chart,) = plot.charts
    assert chart.end_s == 6
    assert list(chart.times_s) == [1, 3, 5]
    assert [series.values for series in chart.series] == [(0.5, 4, 2), (9, None, None)]
    assert [series.label for series in chart.series] == ["shards 1 (chosen, baseline)", "shards 2"]
    assert plot.title == "The oldest waiting record reaches 4 s with shards 1 (chosen, baseline), 9 s with shards 2"


def test_fields_that_are_varied_together_are_one_knob_with_one_name() -> None:
    runs = {
        synthetic.setting(**{"a.batch_size": n, "b.batch_size": n, "shards": 4}): [run(0, n, 1.0)] for n in (100, 200)
    }
    choice = of_comparison(Comparison("made up", next(iter(runs)), runs))
    assert choice.knobs == {"batch_size": ("a.batch_size", "b.batch_size")}
    assert list(choice.names.values()) == ["batch_size 100", "batch_size 200"]
    plot = drawn(Comparison("made up", next(iter(runs)), runs))["settings"]
    assert plot.drawn().axes[0].get_xlabel() == "batch size"


def test_a_baseline_that_is_not_the_scenario_as_it_is_is_not_called_today() -> None:
    found = comparison(3)
    assert of_comparison(found).marks[found.baseline] == "chosen, today"
    assert of_comparison(replace(found, today=None)).marks[found.baseline] == "chosen, baseline"


@pytest.mark.parametrize(("kind", "marks"), [("size", "chosen"), ("advise", "today")])
def test_size_and_advise_show_the_lag_of_their_settings(kind: str, marks: str, tmp_path: Path) -> None:
    folder = STUDIES[kind](tmp_path / "result")
    about = json.loads((folder / "plots" / "setting_lags.json").read_text(encoding="utf-8"))
    labels = [series["label"] for series in about["charts"][0]["series"]]
    assert 2 <= len(labels) <= 6
    assert any(marks in label for label in labels)
    assert "setting_lags" in {b.name for s in page_of(folder).sections for b in s.blocks if isinstance(b, Figure)}
