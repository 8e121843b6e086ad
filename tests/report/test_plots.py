"""The plots are drawn for every kind of run, and say what is seen."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import cast

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from simulator.files import beside
from simulator.report.output import write_run
from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.drawing import PLOTS, draw
from simulator.report.plots.heading import IDS
from simulator.report.plots.narrow import narrowed
from simulator.report.plots.panels import short, shortened
from simulator.report.plots.rows import Rows
from simulator.report.plots.thinning import MOST, Grouping, bridged
from simulator.report.tables import RunTables
from tests.results import read_tables

from .conftest import Simulated, simulate_small

NAMES = [
    "lag", "waiting", "offered", "shard_load", "latency_quantiles", "iterator_age", "throughput", "backlog",
    "concurrency",
]  # fmt: skip
OUTAGE = "{kind: outage, from: 10s, to: 20s}"
ALWAYS_DOWN = "{kind: outage, from: 0s, to: 1h}"


def figures(tables: RunTables) -> dict[str, Plot]:
    """The plots, not saved."""
    with style():
        return {plot.name: plot for plot in (draw_one(tables) for draw_one in PLOTS)}


def saved(tables: RunTables, folder: Path) -> dict[str, Plot]:
    """The plots, and saved as files."""
    draw(tables, folder)
    drawn = figures(tables)
    for plot in drawn.values():
        about = json.loads((folder / "plots" / f"{plot.name}.json").read_text(encoding="utf-8"))
        assert (about["title"], about["drawn"]) == (plot.title, plot.figure is not None)
        if plot.figure is not None:
            assert (folder / "plots" / f"{plot.name}.png").stat().st_size > 5000
            assert "</svg>" in (folder / "plots" / f"{plot.name}.svg").read_text(encoding="utf-8")
    return drawn


def written_in(plot: Plot) -> list[Text]:
    return cast(list[Text], plot.drawn().findobj(Text))


def texts(plot: Plot) -> str:
    """All that is written in a plot."""
    return "\n".join(each.get_text() for each in written_in(plot))


@dataclass(frozen=True)
class Run:
    """An ordinary run, drawn into a folder."""

    tables: RunTables
    plots: dict[str, Plot]
    folder: Path

    def bytes(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "plots").iterdir()}


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Run:
    result = simulate_small(tmp_path_factory.mktemp("scenario"), failures=OUTAGE, names=("001", "NA"))
    folder = tmp_path_factory.mktemp("run")
    tables = write_run(result, folder, "", 0.0)
    return Run(tables, saved(tables, folder), folder)


def test_an_ordinary_run_has_all_plots_with_units_on_their_axes(ordinary: Run) -> None:
    plots = ordinary.plots
    assert list(plots) == NAMES
    assert [plot.drawn().axes[0].get_ylabel() for plot in plots.values()] == [
        "lag (s)", "waiting (records)", "", "shard", "latency", "iterator age (s)", "rate (records/s)",
        "backlog (records)", "concurrency",
    ]  # fmt: skip
    over_time = {name: plot for name, plot in plots.items() if name not in ("latency_quantiles", "offered")}
    times = {plot.drawn().axes[-1].get_xlabel() for plot in over_time.values()}
    assert times == {"time (s)", ""}  # the last axes of the heat map are its scale


def test_an_incident_is_shaded_and_named(ordinary: Run) -> None:
    written = texts(ordinary.plots["lag"])
    assert "outage 1" in written
    assert "fixed 20 s" in written
    assert len(re.findall(r"caught up 30\.\d s", written)) == 1


def test_one_shard_is_a_strip(simulated: Simulated) -> None:
    plot = figures(RunTables.of(simulated(shards=1)))["shard_load"]
    assert plot.drawn().get_figheight() < 3
    assert plot.title.startswith("The only shard takes up to ")


def test_of_many_shards_the_busiest_come_first_and_none_is_lost(simulated: Simulated, tmp_path: Path) -> None:
    tables = RunTables.of(simulated(shards=320, rate="30/s", interval=5))
    plot = saved(tables, tmp_path)["shard_load"]
    axes = plot.drawn().axes[0]
    image = np.asarray(axes.get_images()[0].get_array())
    load = tables.shard_load["clicks"].drop(columns="time_s").to_numpy()
    assert axes.get_ylabel() == "shards, busiest first"
    assert len(image) == 100
    assert image.max() == pytest.approx(load.max() / 1000)
    assert axes.get_images()[0].get_clim() == (0, 1)
    assert re.search(r"The hottest: shard \d+ \(.*%", plot.subtitle)


@pytest.mark.parametrize("mappings", [2, 9])
def test_several_mappings_have_panels_of_their_own_eight_at_most(simulated: Simulated, mappings: int) -> None:
    names = tuple(f"reader-{i}" for i in range(mappings))
    plots = figures(RunTables.of(simulated(rate="20/s", names=names, interval=2)))
    assert len(plots["iterator_age"].drawn().axes) == min(8, mappings)
    assert ("Shown are 8 of 9" in plots["iterator_age"].subtitle) == (mappings > 8)
    assert f"reader-{mappings - 1}" in texts(plots["latency_quantiles"]) or mappings > 8


def test_a_run_in_which_nothing_arrives_has_sentences_and_no_empty_pictures(
    simulated: Simulated, tmp_path: Path
) -> None:
    plots = saved(RunTables.of(simulated(rate="0/s")), tmp_path)
    assert [name for name, plot in plots.items() if plot.figure is not None] == [
        "offered"
    ]  # polls are made all the same
    assert plots["backlog"].title == "Backlog: none"
    assert plots["waiting"].subtitle == "Nothing arrived."


def test_a_run_in_which_everything_fails_says_so(simulated: Simulated, tmp_path: Path) -> None:
    plots = saved(RunTables.of(simulated(failures=ALWAYS_DOWN)), tmp_path)
    assert plots["latency_quantiles"].title == "Latency: too few records were processed"
    assert plots["latency_quantiles"].figure is None
    assert "of all waiting is for the outage" in plots["waiting"].title


def test_a_stream_that_nothing_reads_has_its_shards_and_limits(simulated: Simulated, tmp_path: Path) -> None:
    plots = saved(RunTables.of(simulated(names=())), tmp_path)
    assert "no event source mapping" in plots["lag"].subtitle.lower()
    assert "of what it may" in plots["shard_load"].title
    assert "is the limit most used" in plots["offered"].title


def test_the_waiting_drawn_adds_up_to_the_waiting_measured(ordinary: Run) -> None:
    for chart in ordinary.plots["waiting"].charts:
        times = np.array(chart.times_s, float)
        drawn_s = sum(np.sum(np.array(each.values, float)) for each in chart.series) * (times[1] - times[0])
        measured = sum(ordinary.tables.summary["event_source_mappings"][chart.name]["waiting_s"].values())
        assert drawn_s == pytest.approx(measured, rel=0.02)


def test_the_lag_drawn_reaches_the_peak_of_the_summary(ordinary: Run) -> None:
    [chart] = ordinary.plots["lag"].charts
    for series in chart.series:
        peak_s = ordinary.tables.summary["event_source_mappings"][series.label]["lag"]["peak_s"]
        assert max(value for value in series.values if value is not None) == pytest.approx(peak_s, rel=1e-3)
        assert ordinary.plots["lag"].drawn().axes[0].get_ylim()[1] >= peak_s


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["orders-prod-audit", "orders-prod-billing"], ["audit", "billing"]),
        (["team-1", "team-2"], ["team-1", "team-2"]),
        (["a-team-1", "a-team-12"], ["team-1", "team-12"]),
        (["audit-consumer-v2", "billing-consumer-v2"], ["audit", "billing"]),
        (["reader", "reader-2"], ["reader", "reader-2"]),
        (["only-one"], ["only-one"]),
    ],
)
def test_names_are_shortened_by_what_they_share(names: list[str], short: list[str]) -> None:
    assert shortened(names) == dict(zip(names, short, strict=True))


def test_names_with_dollars_underscores_and_of_great_length_are_drawn_as_they_are(simulated: Simulated) -> None:
    long = "x" * 128
    plots = figures(RunTables.of(simulated(names=("'a$b_$c'", long, "'_hidden, or <b>'"))))
    written = texts(plots["lag"])
    assert "a$b_$c" in written
    assert "_hidden, or <b>" in written
    assert "_hidden, or <b>" in texts(plots["latency_quantiles"])
    assert short(long) in written
    assert long not in written


def test_the_same_tables_give_the_same_bytes_whatever_the_users_own_settings_are(ordinary: Run, tmp_path: Path) -> None:
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "savefig.bbox": "tight"}):
        draw(ordinary.tables, tmp_path)
        assert mpl.rcParams["font.size"] == 20
    assert Run(ordinary.tables, {}, tmp_path).bytes() == ordinary.bytes()


def test_pictures_are_the_same_bytes_when_one_process_draws_all(
    ordinary: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_forked", lambda *_: beside.NONE)
    draw(ordinary.tables, tmp_path)
    assert Run(ordinary.tables, {}, tmp_path).bytes() == ordinary.bytes()


def test_redrawing_from_the_files_gives_the_same_bytes_as_the_run(ordinary: Run, tmp_path: Path) -> None:
    draw(read_tables(ordinary.folder), tmp_path)
    assert Run(ordinary.tables, {}, tmp_path).bytes() == ordinary.bytes()


def test_all_text_is_of_eight_points_or_more_inside_the_figure_and_on_no_other_text(simulated: Simulated) -> None:
    names = tuple(f"a-reader-with-a-long-name-{i}" for i in range(5))
    for plot in figures(RunTables.of(simulated(failures=OUTAGE, names=names))).values():
        with style():
            FigureCanvasAgg(plot.drawn()).draw()  # type: ignore[no-untyped-call]
        hidden = beyond_their_axes(plot)
        written = [text for text in written_in(plot) if text.get_text() and text.get_visible() and text not in hidden]
        assert min(float(text.get_fontsize()) for text in written) >= 8
        boxes = [text.get_window_extent() for text in written]
        for text, box in zip(written, boxes, strict=True):
            assert plot.drawn().bbox.x0 <= box.x0 < box.x1 <= plot.drawn().bbox.x1, text
            assert plot.drawn().bbox.y0 <= box.y0 < box.y1 <= plot.drawn().bbox.y1, text
        for i, j in combinations(range(len(written)), 2):
            assert not boxes[i].overlaps(boxes[j]), (plot.name, written[i], written[j])


def beyond_their_axes(plot: Plot) -> set[Text]:
    """The labels of ticks outside the range of their axes, which are not drawn."""
    axes = [axis for each in plot.drawn().axes for axis in (each.xaxis, each.yaxis)]
    return {
        tick.label1
        for axis in axes
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) - 1e-9 <= tick.get_loc() <= max(axis.get_view_interval()) + 1e-9
    }


def test_an_svg_holds_text_and_no_date(ordinary: Run) -> None:
    svg = ordinary.bytes()["iterator_age.svg"].decode()
    assert re.search(r"<text[^>]*>Iterator age reaches", svg)
    assert "dc:date" not in svg


def test_thinning_keeps_every_peak() -> None:
    values = np.zeros(5003)
    values[[17, 2500, 5002]] = (3.0, -7.0, 9.0)
    grouping = Grouping(len(values), 1.0, 5003.0)
    highest = grouping.highest(values)
    assert len(highest) == len(grouping.middles_s) <= MOST
    assert sorted(highest[highest > 0]) == [3.0, 9.0]
    assert grouping.lowest(values).min() == -7.0


def test_the_mean_of_a_group_is_weighted_and_leaves_out_what_is_missing() -> None:
    values = np.tile([1.0, 4.0, np.nan], 200)
    grouping = Grouping(600, 1.0, 600.0)
    assert grouping.stride == 3
    assert set(grouping.mean(values, np.tile([3.0, 1.0, 9.0], 200))) == {1.75}
    assert np.isnan(grouping.mean(np.full(600, np.nan))).all()


def test_a_value_now_and_then_is_no_gap_but_a_long_time_without_any_is() -> None:
    values = np.full(100, np.nan)
    values[[0, 3, 6, 50, 53]] = 1.0
    times, kept = bridged(np.arange(100.0), 100.0, values)
    assert times.tolist() == [0, 3, 6, 28, 50, 53]
    assert np.isnan(kept).tolist() == [False, False, False, True, False, False]


def test_the_command_line_starts_without_pandas_and_matplotlib() -> None:
    code = "import sys, simulator.report.output; print([m for m in ('pandas', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def rows_of(times_s: list[float], end_s: float, duration_s: float, **columns: list[float]) -> Rows:
    table = pd.DataFrame({"time_s": times_s, **columns})
    return Rows(table, Grouping(len(table), 10.0, end_s), duration_s)


def test_the_rate_of_a_last_row_that_is_cut_short_is_by_the_time_that_it_spans() -> None:
    rows = rows_of([0, 10, 20], 26.0, 20.0, done=[100, 100, 60])
    assert rows.rate("done").tolist() == [10, 10, 10]
    rows = rows_of([0, 10, 20], 20.5, 20.0, done=[100, 100, 21])  # 0.5 s alone would say 42/s
    assert rows.rate("done").tolist() == [10, 10, 121 / 10.5]


def test_a_narrow_drawing_has_no_heading_letters_as_large_and_words_that_do_not_overlap(ordinary: Run) -> None:
    for name, plot in ordinary.plots.items():
        if plot.figure is None:
            continue
        with style():
            narrowed(plot.figure, plot.head_in)
            plot.figure.draw_without_rendering()
        assert not [text for text in plot.figure.texts if text.get_gid() in IDS]
        assert plot.figure.get_figwidth() < 5
        for axes in plot.figure.axes:
            assert axes.get_position().width > 0, name
            shown = [tick for tick in axes.xaxis.get_majorticklabels() if tick.get_text()]
            boxes = sorted((tick.get_window_extent() for tick in shown), key=lambda box: box.x0)
            assert all(a.x1 < b.x0 + 1 for a, b in pairwise(boxes)), (name, [tick.get_text() for tick in shown])


@pytest.mark.parametrize("mappings", [4, 5, 8])
def test_panels_that_stand_side_by_side_stand_one_above_the_other_in_a_narrow_drawing(
    simulated: Simulated, tmp_path: Path, mappings: int
) -> None:
    tables = RunTables.of(simulated(names=tuple("abcdefgh"[:mappings])))
    plot = saved(tables, tmp_path)["backlog"]
    assert {f"{name}-narrow.svg" for name in ("backlog", "lag")} <= {path.name for path in tmp_path.rglob("*.svg")}
    on = plot.drawn()
    with style():
        narrowed(on, plot.head_in)
    boxes = [axes.get_position() for axes in on.axes]
    assert len(boxes) == mappings
    assert len({box.x0 for box in boxes}) == 1
    assert all(above.y0 > below.y1 for above, below in pairwise(boxes))  # in their order
    assert [bool(axes.get_xlabel()) for axes in on.axes] == [False] * (mappings - 1) + [True]
    assert min(min(box.x0, box.y0) for box in boxes) > 0
    assert max(max(box.x1, box.y1) for box in boxes) < 1
