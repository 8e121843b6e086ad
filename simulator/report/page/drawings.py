"""Plots of a result's folder as parts of a page: in its colours and font, with ids of their own, and said aloud."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from simulator.reading import files
from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.report.folder import OutputError
from simulator.report.page.allowed import HREF, SVG, NoPlotError, leave_out
from simulator.report.page.chart_shapes import ABOUT
from simulator.report.page.view import Figure
from simulator.report.plots import heading, palette

TITLE: Final = f"{SVG}title"
DESCRIPTION: Final = "{http://purl.org/dc/elements/1.1/}description"
# The colours that a page has a light and a dark value for, by the names of its variables.
VARIABLES: Final = {
    palette.PAPER: "paper",
    palette.INK: "ink",
    palette.PALE_INK: "pale-ink",
    palette.GRID: "grid",
    palette.BLACK: "black",
    palette.BLUE: "blue",
    palette.SKY: "sky",
    palette.PALE_BLUE: "pale-blue",
    palette.PALE_GREY: "pale-grey",
    palette.GREY: "grey",
    palette.SHADE: "shade",
}
COLOUR: Final = re.compile("|".join(VARIABLES))
FONT: Final = re.compile(r"font-family: [^;]*;? ?")
DECIMALS: Final = re.compile(r"-?\d+\.\d{3,}")
REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")


POINTS_AN_INCH: Final = 72
LARGEST_SVG: Final = 16 * 2**20  # bytes; lines are thinned to some thousand points
FOLDER: Final = "plots"


def figures(folder: Path, names: Sequence[str]) -> tuple[Figure, ...]:
    """The plots of a result by their names. Raises OutputError if one is not there, or is not of this program."""
    return tuple(_figure(folder, name) for name in names)


def _figure(folder: Path, name: str) -> Figure:
    file = folder / FOLDER / f"{name}.svg"
    try:
        about = read_json(file.with_suffix(".json"), ABOUT)
        if not about["drawn"]:
            return Figure(name, about["title"], about["subtitle"], "")
        figure = inline(name, files.text(file, LARGEST_SVG))
        narrow = _narrow(folder, name)
        left_out = (*figure.left_out, *(narrow.left_out if narrow else ()))
        charts = _charts(about["charts"])
        return replace(figure, charts=charts, narrow=narrow.svg if narrow else "", left_out=left_out)
    except UnreadableError as error:
        raise OutputError(f"{error}; make the result again") from error
    except (NoPlotError, ElementTree.ParseError) as error:
        raise OutputError(f"{file}: is not a plot of this program: {error}; make the result again") from error


def _narrow(folder: Path, name: str) -> Figure | None:
    """The drawing for narrow screens; nothing where there is none."""
    file = folder / FOLDER / f"{name}{heading.NARROW}.svg"
    return inline(file.stem, files.text(file, LARGEST_SVG)) if file.exists() else None


def _charts(charts: Any) -> str:
    """Curves as JSON that ends no element of a page, in the page's colours; nothing if there are none."""
    if not charts:
        return ""
    text = json.dumps(charts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return COLOUR.sub(lambda found: f"--{VARIABLES[found[0]]}", text)


def inline(name: str, file: str) -> Figure:
    """The text of a plot's SVG file as it stands in a page, which tells its title beside it.

    Raises NoPlotError and ParseError.
    """
    if "<!ENTITY" in file:
        raise NoPlotError("it defines entities")
    root = ElementTree.fromstring(file)
    title, subtitle = (root.findtext(f".//{tag}", "") for tag in (TITLE, DESCRIPTION))
    if not title:
        raise NoPlotError("it has no title")
    left_out = leave_out(root)
    _drop_head(root)
    used = {reference for element in root.iter() for reference in _references(element)}
    for element in root.iter():
        _own_id(element, name, used)
        _own_style(element)
        if "d" in element.attrib:
            element.set("d", DECIMALS.sub(lambda found: f"{float(found[0]):.2f}", element.attrib["d"]))
    _say(root, name, title, subtitle, 0.0 if name.endswith(heading.NARROW) else heading.height_in(subtitle))
    markup = ElementTree.tostring(_without_namespaces(root), encoding="unicode")
    return Figure(name, title, subtitle, re.sub(r"\s*\n\s*", " ", markup), left_out=left_out)


def _drop_head(root: ElementTree.Element) -> None:
    """Drop the title and subtitle that are drawn: the page tells them beside the plot."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("id") in heading.IDS:
                parent.remove(child)


def _references(element: ElementTree.Element) -> list[str]:
    found = [element.get(HREF, "")[1:]] if HREF in element.attrib else []
    return found + [name for value in element.attrib.values() for name in REFERENCE.findall(value)]


def _own_id(element: ElementTree.Element, name: str, used: set[str]) -> None:
    """Ids are the page's, so each plot has its own, and only those that are referred to."""
    identity = element.attrib.pop("id", "")
    if identity in used:
        element.set("id", f"plot-{name}-{identity}")
    if HREF in element.attrib:
        target = element.attrib.pop(HREF)
        element.set("href", f"#plot-{name}-{target[1:]}" if target.startswith("#") else target)
    for key, value in element.attrib.items():
        element.set(key, REFERENCE.sub(rf"url(#plot-{name}-\1)", value))


def _own_style(element: ElementTree.Element) -> None:
    for key in ("style", "fill", "stroke"):
        if key in element.attrib:
            coloured = COLOUR.sub(lambda found: f"var(--{VARIABLES[found[0]]})", element.attrib[key])
            element.set(key, FONT.sub("", coloured))
    # An attribute cannot hold var(); a style can.
    for key in ("fill", "stroke"):
        if "var(" in element.attrib.get(key, ""):
            style = element.get("style", "")
            element.set("style", f"{key}: {element.attrib.pop(key)}" + (f"; {style}" if style else ""))


def _say(root: ElementTree.Element, name: str, title: str, subtitle: str, head_in: float) -> None:
    """A title and a description for those who hear the page, and the box without the head."""
    width, height = _size(root)
    cut = head_in * POINTS_AN_INCH
    root.attrib = {
        "viewBox": f"0 {cut:g} {width:g} {height - cut:g}",
        "role": "img",
        "aria-labelledby": f"plot-{name}-title plot-{name}-desc",
    }
    for tag, text in (("desc", subtitle), ("title", title)):
        element = ElementTree.Element(f"{SVG}{tag}", {"id": f"plot-{name}-{tag}"})
        element.text = text
        root.insert(0, element)


def _size(root: ElementTree.Element) -> tuple[float, float]:
    """The width and height of a plot in points. Raises NoPlotError."""
    try:
        _, _, width, height = (float(value) for value in root.attrib["viewBox"].split())
    except (KeyError, ValueError):
        raise NoPlotError("it has no box") from None
    return width, height


def _without_namespaces(root: ElementTree.Element) -> ElementTree.Element:
    """HTML knows the names of SVG."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
    return root
