"""What a plot may hold: the elements, attributes and references that our own plots are drawn with. Nothing else passes.

A page takes a plot's markup as it is, so that what a stranger has put into it (a script, a form, an address) would
work in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

SVG: Final = "{http://www.w3.org/2000/svg}"
HREF: Final = "{http://www.w3.org/1999/xlink}href"
DEEPEST: Final = 30  # elements inside each other; a plot has 8

IDENTITY: Final = r"[\w.-]+"
LOCAL: Final = rf"url\(#{IDENTITY}\)"
NUMBERS: Final = re.compile(r"[\d\s.,eE+-]*(?:pt|px)?")
WORDS: Final = re.compile(r"[\w\s.,#%'+-]*")  # of colours, widths, dashes and fonts: no address, no escape, no function
STYLED: Final = re.compile(rf"(?:{LOCAL}|{WORDS.pattern})")
ATTRIBUTES: Final[dict[str, re.Pattern[str]]] = {
    "id": re.compile(IDENTITY),
    "d": re.compile(r"[\d\s.,eE+MLHVCSQTAZmlhvcsqtaz-]*"),
    "transform": re.compile(r"[\w\s.,()+-]*"),
    "clip-path": re.compile(LOCAL),
    "fill": STYLED,
    "stroke": STYLED,
    "viewBox": NUMBERS,
    **dict.fromkeys(("version", "patternUnits", "preserveAspectRatio"), WORDS),
    **dict.fromkeys(("x", "y", "width", "height"), NUMBERS),
}
PROPERTIES: Final = frozenset(
    {
        "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
        "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "font", "font-size",
        "font-family", "font-weight", "font-style", "font-stretch", "font-variant", "text-anchor",
    }
)  # fmt: skip
ELEMENTS: Final = frozenset({"g", "defs", "path", "use", "rect", "text", "clipPath", "pattern", "image"})
LINKS: Final = {  # what an element may refer to
    "use": re.compile(rf"#{IDENTITY}"),
    "image": re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]*"),
}
OUR_OWN: Final = "*{stroke-linejoin: round; stroke-linecap: butt}"  # the style sheet of each plot, which the page has
EXPECTED: Final = frozenset({f"{SVG}metadata", f"{SVG}title"})  # read before, and not to be drawn


class NoPlotError(ValueError):
    """This is no plot of ours."""


def leave_out(root: ElementTree.Element) -> tuple[str, ...]:
    """Take out of a plot what is not allowed in it; the names of that. Raises NoPlotError."""
    if root.tag != f"{SVG}svg":
        raise NoPlotError("it is not an SVG file")
    left_out: dict[str, None] = {}
    shapes = frozenset(each.get("id", "") for each in root.iter(f"{SVG}path"))
    _clean(root, shapes, left_out, 1)
    return tuple(left_out)


def _clean(element: ElementTree.Element, shapes: frozenset[str], left_out: dict[str, None], depth: int) -> None:
    if depth > DEEPEST:
        raise NoPlotError("its elements are nested too deeply")
    name = element.tag.removeprefix(SVG)
    if element.attrib:
        element.attrib = dict(_attributes(name, element, left_out))
    if name != "text":
        element.text = _space(element.text)
    element.tail = _space(element.tail)
    element[:] = [child for child in element if _drawn(child, shapes, left_out)]
    for child in element:
        _clean(child, shapes, left_out, depth + 1)


def _space(text: str | None) -> str | None:
    """What stands between elements, if it is nothing to be read."""
    return None if text and text.strip() else text


def _drawn(element: ElementTree.Element, shapes: frozenset[str], left_out: dict[str, None]) -> bool:
    """Whether an element is one that plots have. What is used is a path, so that no use is used again and again."""
    tag, name = element.tag, element.tag.removeprefix(SVG)
    if tag in EXPECTED or (name == "style" and element.text == OUR_OWN):
        return False
    if name in ELEMENTS and (name != "use" or element.get(HREF, "")[1:] in shapes):
        return True
    left_out[f"<{name.rpartition('}')[2]}>"] = None
    return False


def _attributes(name: str, element: ElementTree.Element, left_out: dict[str, None]) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key == "style":
            yield key, "; ".join(_declarations(value, left_out))
        elif _allowed(name, key).fullmatch(value):
            yield key, value
        else:
            left_out[key.rpartition("}")[2]] = None


def _allowed(element: str, key: str) -> re.Pattern[str]:
    if key == HREF:
        return LINKS.get(element, NOTHING)
    return ATTRIBUTES.get(key, NOTHING)


NOTHING: Final = re.compile(r"(?!)")


def _declarations(style: str, left_out: dict[str, None]) -> Iterator[str]:
    for declaration in filter(None, map(str.strip, style.split(";"))):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key in PROPERTIES and STYLED.fullmatch(value):
            yield f"{key}: {value}"
        else:
            left_out[f"style {key}"] = None
