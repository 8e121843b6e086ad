"""Every kind of page, opened offline: it asks for nothing, complains of nothing, and can be read by everybody."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.report.page.build import REPORT

from .browser import Opened
from .conftest import Folder
from .folders import RESULTS, RUNS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
    opened.page.emulate_media(media="print")  # with the pictures, whatever a script has drawn again
    plots = opened.page.evaluate(
        """[...document.querySelectorAll('figure.plot .wide svg')].map(svg => ({
            role: svg.getAttribute('role'),
            said: svg.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent),
            drawn: [...svg.querySelectorAll('path, use, image')].filter(each => each.getBBox().width > 0).length,
            text: [...svg.querySelectorAll('text')].map(each => each.textContent).join(' '),
            caption: svg.closest('figure').querySelector('figcaption').textContent.replaceAll('\u00a0', ' '),
        }))"""
    )
    assert 1 <= len(plots) <= 9 if kind in RUNS else plots
    for plot in plots:
        title, description = plot["said"]
        assert plot["role"] == "img"
        assert title == plot["caption"]
        assert len(description) > 20
        assert plot["drawn"] >= 8 or "no data" in plot["text"], title


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
    assert len(boxes) == 9
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
    running = opened.page.locator("script:not([type])").all_text_contents()
    assert running
    assert not any("alert(1)" in script for script in running)


@pytest.mark.parametrize("kind", ["run", "replications", "compare", "size", "advise", "sweep-load"])
def test_no_column_of_a_table_is_cut_at_any_width(kind: str, folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of(kind) / REPORT)
    opened.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for width in (390, 480, 640, 768, 900, 1024, 1101, 1280, 1920):
        opened.seen_as("light", width)
        cut = opened.page.evaluate(
            """[...document.querySelectorAll('.wide:has(table)')].filter(each => each.scrollWidth > each.clientWidth)
            .map(each => each.getAttribute('aria-label') + ' ' + each.scrollWidth)"""
        )
        assert cut == [], width


def test_a_table_is_sorted_by_a_click_on_a_head_and_the_sum_stays_below(folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of("run") / REPORT)
    column = """document.querySelectorAll('#bill tbody tr').values().map(row => row.cells[4].textContent).toArray()"""
    before = opened.page.evaluate(column)
    head = opened.page.locator("#bill thead th").nth(4)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert opened.page.evaluate(column) == [*reversed(before[:-1]), before[-1]]


def test_a_command_is_copied_by_a_button(folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of("run") / REPORT)
    opened.page.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }")
    opened.page.locator("#actions .copy").first.click()
    assert opened.page.evaluate("window.copied").startswith("shardsim advise scenario.yaml ")


def test_curves_are_drawn_again_with_the_value_under_the_pointer_and_one_range_of_time(
    folder_of: Folder, opened: Opened
) -> None:
    opened.seen_as("light", 1280)
    opened.open(folder_of("run") / REPORT)
    over = opened.page.locator("#plot-lag .u-over")
    over.scroll_into_view_if_needed()
    assert not opened.page.locator("#plot-lag .wide svg").is_visible()
    box = over.bounding_box()
    assert box
    opened.page.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 20)
    told = opened.page.locator("#plot-lag .legend b").first
    told.filter(has_text=" s").wait_for()
    assert "at " in opened.page.locator("#plot-lag .legend span").inner_text()
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 20, steps=4)
    opened.page.mouse.up()
    whole = opened.page.locator("#plot-waiting .whole")
    whole.wait_for()
    whole.click()
    whole.wait_for(state="hidden")
    assert opened.complaints == []


def test_a_series_is_switched_off_and_on_with_the_keyboard(folder_of: Folder, opened: Opened) -> None:
    opened.open(folder_of("run") / REPORT)
    for plot in ("lag", "waiting"):
        button = opened.page.locator(f"#plot-{plot} .legend button").first
        for pressed in ("false", "true"):
            button.focus()
            opened.page.keyboard.press("Enter")
            assert button.get_attribute("aria-pressed") == pressed
    assert opened.complaints == []


def test_without_script_the_page_is_whole(folder_of: Folder, browser: Browser) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((folder_of("run") / REPORT).as_uri())
    assert page.locator("#plot-lag .wide svg").is_visible()
    assert page.locator("button").count() == 0
    context.close()


@pytest.mark.parametrize("kind", ["run", "compare", "size", "advise", "sweep-load"])
@pytest.mark.parametrize("script", [True, False])
def test_every_figure_fits_a_phone(kind: str, script: bool, folder_of: Folder, browser: Browser) -> None:
    context = browser.new_context(offline=True, java_script_enabled=script, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto((folder_of(kind) / REPORT).as_uri())
    for figure in page.locator("section figure.plot").all():
        figure.scroll_into_view_if_needed()
        if script and figure.locator("script").count():  # it is drawn again when it comes into view
            figure.locator("canvas").first.wait_for()
        seen = [svg for svg in figure.locator("svg, canvas").all() if svg.is_visible()]
        assert len(seen) >= 1
        for each in seen:
            box = each.bounding_box()
            assert box
            assert box["x"] + box["width"] <= 390
            assert box["width"] > 200
    context.close()


def test_a_script_that_is_not_of_the_page_does_not_run(folder_of: Folder, opened: Opened, tmp_path: Path) -> None:
    html = (folder_of("run") / REPORT).read_text(encoding="utf-8")
    planted = tmp_path / "planted.html"
    planted.write_text(html.replace("</body>", "<script>document.title = 'planted'</script></body>"), encoding="utf-8")
    opened.open(planted)
    assert opened.page.title() != "planted"
    assert any("Content Security Policy" in each for each in opened.complaints)


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
