"""Every kind of page, opened offline: it asks for nothing, complains of nothing, and can be read by everybody."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from simulator.report.page.build import REPORT

from .browser import Opened
from .conftest import Folder
from .folders import RESULTS, RUNS

A4_PX = (794, 1123)  # at 96 dots an inch
MARGINS_PX = (91, 106)  # both sides
VIEWS = tuple(product(("light", "dark"), (1280, 390)))


@pytest.mark.parametrize("kind", RESULTS)
def test_a_page_fetches_nothing_complains_of_nothing_and_scrolls_up_and_down_only(
    kind: str, folder_of: Folder, opened: Opened
) -> None:
    file = folder_of(kind) / REPORT
    opened.open(file)
    for scheme, width in VIEWS:
        opened.seen_as(scheme, width)
        wide = opened.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], (scheme, width, wide)
    assert opened.requests == [file.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("kind", RESULTS)
def test_axe_core_finds_nothing_in_light_and_in_dark(kind: str, folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of(kind) / REPORT)
    opened.seen_as("light", 1280)
    assert opened.violations() == []
    opened.seen_as("dark", 390)
    assert opened.violations("color-contrast") == []


@pytest.mark.parametrize("kind", RESULTS)
def test_every_plot_has_a_title_a_description_and_data(kind: str, folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of(kind) / REPORT)
    plots = opened.page.evaluate(
        """[...document.querySelectorAll('figure.plot svg')].map(svg => ({
            role: svg.getAttribute('role'),
            said: svg.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent),
            drawn: [...svg.querySelectorAll('path, use, image')].filter(each => each.getBBox().width > 0).length,
            text: [...svg.querySelectorAll('text')].map(each => each.textContent).join(' '),
            caption: svg.closest('figure').querySelector('figcaption').textContent.replaceAll('\u00a0', ' '),
        }))"""
    )
    assert len(plots) == 7 if kind in RUNS else plots
    for plot in plots:
        title, description = plot["said"]
        assert plot["role"] == "img"
        assert title == plot["caption"]
        assert len(description) > 20
        assert plot["drawn"] >= 12 or "no data" in plot["text"], title


@pytest.mark.parametrize("kind", ["run", "a thousand shards"])
def test_a_page_prints_on_a4_without_cutting_a_figure(
    kind: str, folder_of: Folder, opened: Opened, tmp_path: Path
) -> None:
    opened.open(folder_of(kind) / REPORT)
    opened.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    pdf = (tmp_path / "page.pdf").read_bytes()
    assert b"/MediaBox [0 0 595" in pdf or b"/MediaBox [0 0 594" in pdf  # A4 is 595 x 842 points
    opened.page.emulate_media(media="print")
    width, height = (whole - margins for whole, margins in zip(A4_PX, MARGINS_PX, strict=True))
    opened.page.set_viewport_size({"width": width, "height": height})
    boxes = opened.page.evaluate(
        """[...document.querySelectorAll('figure.plot')].map(each =>
            [each.scrollWidth, each.getBoundingClientRect().height, getComputedStyle(each).breakInside])"""
    )
    assert len(boxes) == 7
    assert all(wide <= width and high <= height and inside == "avoid" for wide, high, inside in boxes), boxes
    rows = opened.page.evaluate("[...document.querySelectorAll('table')].map(each => each.scrollWidth)")
    assert max(rows) <= width


def test_a_page_is_read_with_the_keyboard(folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of("run") / REPORT)
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    summary = opened.page.locator("#definitions summary")
    summary.focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("#definitions table").is_visible()


def test_text_of_a_scenario_is_shown_as_it_is(folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of("markup in names") / REPORT)
    assert "<script>alert(1)</script>" in opened.page.locator("h1").inner_text()
    assert opened.page.locator("script").count() == 0


def test_colours_follow_the_reader_in_plots_too(folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of("run") / REPORT)
    colours = {}
    for scheme in ("light", "dark"):
        opened.seen_as(scheme, 1280)
        colours[scheme] = opened.page.evaluate(
            """[document.body, document.querySelector('svg path')].map(each =>
                [getComputedStyle(each).backgroundColor, getComputedStyle(each).fill])"""
        )
    assert colours["light"][0][0] == colours["light"][1][1] == "rgb(255, 255, 255)"
    assert colours["dark"][0][0] == colours["dark"][1][1] != "rgb(255, 255, 255)"
