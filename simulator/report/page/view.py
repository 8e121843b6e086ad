"""What a page says, as plain data without markup: sections of paragraphs, tables, figures and the like.

Pure functions make it from tables; HTML, Markdown and JSON are written from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, Literal

Tone = Literal["good", "bad", "unsure", "plain"]
SIGNS: Final[dict[Tone, str]] = {"good": "✓", "bad": "✗", "unsure": "?", "plain": "-"}  # never colour alone
# controls but for tab and line feed, halves of characters, and what makes text run the other way
UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Paragraph:
    """A few sentences. `quiet`: how to read what stands beside it."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table: its name, then its cells. `mark`: a word that sets it apart, such as chosen."""

    cells: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first column names the rows. `texts`: the columns that hold words and not figures, by number."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    texts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Terms and what is to be said of each."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """Text to be copied as it is."""

    label: str
    text: str


@dataclass(frozen=True)
class Figure:
    """A plot: `finding` is what it shows, `reading` how it is to be read; `svg` is markup to be put into the page.

    Without markup there was nothing to draw. `narrow`: the same for narrow screens, if there is such. `charts`: its
    curves as JSON, for a script that draws them again.
    `left_out`: what its file holds that no plot of ours does, and that is therefore not in the markup.
    """

    name: str
    finding: str
    reading: str
    svg: str
    charts: str = ""
    narrow: str = ""
    left_out: tuple[str, ...] = ()


Block = Paragraph | Table | Facts | Bullets | Code | Figure


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading. `folded`: shown when asked for."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    folded: bool = False


@dataclass(frozen=True)
class Tile:
    """One of the figures of the first screen."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Verdict:
    """How it went in a word, and the sentences that the reader came for."""

    word: str
    tone: Tone
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A whole page."""

    kind: str  # such as: run
    name: str  # of the scenario
    title: str
    description: str
    about: str  # what was simulated, in a line
    verdict: Verdict
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    actions: Section | None = None  # what to do, on the first screen
    what_if: str = ""  # what a page needs to simulate (what_if/packed.py); nothing: it does not


def printable(page: Page) -> Page:
    """The page without characters that would do something to a terminal, or turn the text around them."""
    cleaned: Page = _printable(page)
    return cleaned


def _printable(part: Any) -> Any:
    if isinstance(part, str):
        return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", part)
    if isinstance(part, tuple):
        return tuple(map(_printable, part))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{each.name: _printable(getattr(part, each.name)) for each in fields(part)})
    return part


def some(*sections: Section | None) -> tuple[Section, ...]:
    """The sections that have something to say."""
    return tuple(each for each in sections if each is not None and each.blocks)


def named(figures: Sequence[Figure], *names: str) -> tuple[Figure, ...]:
    """The figures with these names, in this order, of those that there are."""
    found = {figure.name: figure for figure in figures}
    return tuple(found[name] for name in names if name in found)


def listed(words: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def plural(n: float, one: str, many: str = "") -> str:
    """1 shard, 1,234 shards."""
    return f"{round(n):,} {one if round(n) == 1 else many or one + 's'}"
