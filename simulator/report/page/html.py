"""A page as one HTML file that needs nothing else: no script, no address outside it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from simulator.report.page.view import Page
from simulator.version import __version__

UNIT: Final = re.compile(r"(?<=\d) (?=(ms|s|min|h|d|B|KiB|MiB|GiB|TiB|USD)\b)")  # a line does not end before it
INTERVAL: Final = re.compile(r" \((?:[^()]* to [^()]*|[↓↑=?][^()]*)\)")  # or by how much it is less or more
TEMPLATES: Final = Path(__file__).parent / "templates"


def html(page: Page) -> str:
    """The page as HTML. All text is escaped; the plots' markup is our own."""
    return _environment().get_template("page.html.j2").render(page=page, version=__version__)


def spread(text: str) -> Markup:
    """A value with its interval set apart, so that it can stand below the value."""
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
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    return environment
