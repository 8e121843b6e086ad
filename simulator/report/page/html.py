"""A page as one HTML file that needs nothing else: it is whole without its scripts, and asks for no address."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from simulator.report.page import scripts
from simulator.report.page.view import Page
from simulator.report.what_if import scripts as what_if
from simulator.version import __version__

UNIT: Final = re.compile(r"(?<=\d) (?=(ms|s|min|h|d|B|KiB|MiB|GiB|TiB|USD)\b)")  # a line does not end before it
INTERVAL: Final = re.compile(r" \((?:[^()]* to [^()]*|[↓↑=?][^()]*)\)")  # or by how much it is less or more
WIDTHS: Final = ((3, "narrow"), (6, "middling"), (9, "broad"), (1000, "broadest"))  # by the number of columns
TEMPLATES: Final = Path(__file__).parent / "templates"


def html(page: Page) -> str:
    """The page as HTML. All text is escaped; the plots' markup is our own."""
    carried = scripts.scripts(page)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            version=__version__,
            scripts=tuple(map(Markup, carried)),
            allowed=Markup(scripts.allowed(carried, bool(page.what_if))),
            uplot_style=Markup(scripts.uplot_style()) if scripts.has_curves(page) else "",
            what_if_style=Markup(what_if.style()) if page.what_if else "",
        )
    )


def spread(text: str) -> Markup:
    """A value with its interval set apart, so that it can stand below the value."""
    text = UNIT.sub("\u00a0", text)
    found = INTERVAL.search(text)
    if not found:
        return escape(text)
    before, between, after = text[: found.start()], found[0].strip(), text[found.end() :]
    return Markup('{} <span class="between">{}</span>{}').format(before, between, after)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = lambda text: UNIT.sub("\u00a0", text)
    environment.filters["spread"] = spread
    environment.filters["width"] = lambda heads: next(name for most, name in WIDTHS if len(heads) <= most)
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    return environment
