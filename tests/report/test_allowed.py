"""Plots that are not ours, or no longer: what runs, sends or fetches something does not come into the page."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from simulator.cli import cli
from simulator.report.page.allowed import NoPlotError
from simulator.report.page.build import page_of, strange
from simulator.report.page.drawings import inline
from tests.page.folders import RESULTS

PLOT = """<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 720 300" xmlns="http://www.w3.org/2000/svg">
 <title>What it shows</title>
 <defs><path id="m1" d="M 0 0 L 1 1" style="stroke: #595959"/></defs>
 <g id="axes_1"><use xlink:href="#m1" x="1" y="2" style="fill: none"/><text x="1" y="2">A &lt;b&gt;</text>{more}</g>
</svg>"""
XHTML = "http://www.w3.org/1999/xhtml"


def drawn(more: str = "") -> tuple[str, tuple[str, ...]]:
    """The markup of a plot with something more in it, and what was left out."""
    figure = inline("plot", PLOT.replace("{more}", more))
    return figure.svg, figure.left_out


@pytest.mark.parametrize(
    ("more", "left_out"),
    [
        ("<script>alert(1)</script>", "<script>"),
        (f"<foreignObject><form xmlns='{XHTML}' action='http://x'/></foreignObject>", "<foreignObject>"),
        (f"<h:meta xmlns:h='{XHTML}' http-equiv='refresh' content='0;url=http://x'/>", "<meta>"),
        (f"<h:g xmlns:h='{XHTML}'/>", "<g>"),
        ("<a href='javascript:alert(1)'><text>x</text></a>", "<a>"),
        ("<animate attributeName='href' to='http://x'/>", "<animate>"),
        ("<set attributeName='href' to='http://x'/>", "<set>"),
        ("<style>@import url(http://x/y.css);</style>", "<style>"),
        ("<style>*{stroke-linejoin: round}  body{display: none}</style>", "<style>"),
        ("<use xlink:href='http://x/y.svg#z'/>", "<use>"),
        ("<use xlink:href='#axes_1'/>", "<use>"),  # of itself
        ("<use href='#m1'/>", "<use>"),
        ("<image xlink:href='http://x/y.png'/>", "href"),
        ("<image xlink:href='data:image/svg+xml;base64,PHN2Zz4='/>", "href"),
        ("<g onload='alert(1)'/>", "onload"),
        ("<g class='verdict good'/>", "class"),
        ("<g id='&quot;&gt;&lt;script&gt;'/>", "id"),
        ("<g href='http://x'/>", "href"),
        ("<g clip-path='url(http://x#y)'/>", "clip-path"),
        ("<g fill='url(//x/y#z)'/>", "fill"),
        ("<path d='M 0 0' style='fill: url(http://x#y)'/>", "style fill"),
        ("<path d='M 0 0' style='fill: \\75rl(http://x)'/>", "style fill"),
        ("<path d='M 0 0' style='stroke: red; background: url(x)'/>", "style background"),
        ("<g style='position: fixed; top: 0'/>", "style position"),
        ("<g style='@import url(x)'/>", "style @import url(x)"),
    ],
)  # fmt: skip
def test_what_no_plot_of_ours_has_is_left_out_and_told(more: str, left_out: str) -> None:
    svg, told = drawn(more)
    assert told[0] == left_out
    for word in ("http:", "javascript", "script>", "<style", "import", "onload", "fixed", "class", "base64", "75rl"):
        assert word not in svg, word
    assert 'href="#plot-plot-m1"' in svg


def test_what_ours_have_stays() -> None:
    picture = '<image xlink:href="data:image/png;base64,iVBORw0KGgo=" x="1" y="2" width="3" height="4"/>'
    hatched = '<pattern id="h1" patternUnits="userSpaceOnUse" x="0" y="0" width="9" height="9"/>'
    svg, told = drawn(f'{picture}{hatched}<path d="M 0 0" style="fill: url(#h1); stroke-dasharray: 1.2,1.98"/>')
    assert told == ()
    assert 'href="data:image/png;base64,iVBORw0KGgo="' in svg
    assert "fill: url(#plot-plot-h1); stroke-dasharray: 1.2,1.98" in svg
    assert "A &lt;b&gt;</text>" in svg


def test_text_that_looks_like_markup_stays_text() -> None:
    svg, told = drawn("<text>&lt;/svg&gt;&lt;script&gt;alert(1)&lt;/script&gt;</text>")
    assert told == ()
    assert "&lt;/svg&gt;&lt;script&gt;" in svg


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLOT.replace("<title>What it shows</title>", ""), "it has no title"),
        (PLOT.replace("viewBox", "viewbox"), "it has no box"),
        (PLOT.replace('"0 0 720 300"', '"0 0 720"'), "it has no box"),
        (PLOT.replace("{more}", "<g>" * 100_000 + "</g>" * 100_000), "its elements are nested too deeply"),
        ('<!DOCTYPE svg [<!ENTITY a "ha">]>' + PLOT.replace("{more}", "&a;"), "it defines entities"),
        (PLOT.replace("<svg", "<g").replace("</svg", "</g"), "it is not an SVG file"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_plot_is_refused(text: str, said: str) -> None:
    with pytest.raises(NoPlotError, match=said):
        inline("plot", text)


@pytest.mark.parametrize("text", ["", "<svg", "[" * 1000, PLOT.replace("</svg>", "")])
def test_a_file_that_is_no_xml_is_refused(text: str) -> None:
    with pytest.raises(ElementTree.ParseError):
        inline("plot", text)


@pytest.mark.parametrize("kind", RESULTS)
def test_of_our_own_plots_nothing_is_left_out(kind: str, tmp_path: Path) -> None:
    assert list(strange(page_of(RESULTS[kind](tmp_path / "result")))) == []


def test_report_says_in_one_line_what_was_left_out_of_a_plot(tmp_path: Path) -> None:
    folder = RESULTS["one shard"](tmp_path / "result")
    plot = folder / "plots" / "backlog.svg"
    text = plot.read_text(encoding="utf-8")
    plot.write_text(
        text.replace("</svg>", "<script>alert(1)</script><g onload='a' onclick='b'/></svg>"), encoding="utf-8"
    )
    done = CliRunner().invoke(cli, ["report", str(folder)])
    assert done.exit_code == 0
    assert done.stderr == (
        f"{plot}: left out what no plot of shardsim has: <script>, onload, onclick\nwrote {folder / 'report.html'}\n"
    )
    assert "alert" not in (folder / "report.html").read_text(encoding="utf-8")
    shutil.rmtree(folder)
