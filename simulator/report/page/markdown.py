"""A page as Markdown, for a pull request or a wiki; plots are told by what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from simulator.report.page.view import SIGNS, Block, Bullets, Code, Facts, Figure, Page, Paragraph, Section, Table

OPENING: Final = re.compile(r"^((?=[-+=])|\d{1,9}(?=[.)](?:\s|$)))")  # of a line: a list, or what underlines a heading
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~&!])")


def markdown(page: Page) -> str:
    """The page as GitHub's Markdown. Text from a scenario shows as it is."""
    verdict = page.verdict
    tiles = [
        "| | | |", "|---|---:|---|",
        *(f"| {_text(tile.label)} | **{_text(tile.value)}** | {_text(tile.note)} |" for tile in page.tiles),
    ]  # fmt: skip
    lines = [
        f"# {_text(page.title)}",
        "",
        *([_line(page.description), ""] if page.description else []),
        f"**{SIGNS[verdict.tone]} {_text(verdict.word)}.** {' '.join(map(_text, verdict.sentences))}",
        "",
        *(line for section in [page.actions] if section for line in _section(section)),
        *tiles,
        "",
        _line(page.about),
        "",
        *(line for section in page.sections for line in _section(section)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _text(text: str) -> str:
    """Text that means nothing to Markdown, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _line(text: str) -> str:
    """The same at the beginning of a line."""
    return OPENING.sub(r"\1\\", _text(text))


def _section(section: Section) -> Iterator[str]:
    if section.folded:
        yield from (f"<details><summary>{_text(section.title)}</summary>", "")
    else:
        yield from (f"## {_text(section.title)}", "")
    for block in section.blocks:
        yield from _block(block)
        yield ""
    if section.folded:
        yield from ("</details>", "")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _line(block.text)
        case Table():
            yield from _table(block)
        case Facts():
            yield from (f"- {_code(term)}: {_text(text)}" for term, text in block.items)
        case Bullets():
            yield from (f"- {_text(item)}" for item in block.items)
        case Code():
            yield from (f"{_line(block.label)}:", "", *_fenced(block.text))
        case Figure():
            yield f"- **{_text(block.finding)}.** {_text(block.reading)}"


def _table(table: Table) -> Iterator[str]:
    yield from (f"{_line(table.caption)}:", "")
    yield _cells([_text(head) for head in table.heads])
    yield _cells(["---" if i == 0 or i in table.texts else "---:" for i in range(len(table.heads))])
    for row in table.rows:
        cells = [_text(cell) for cell in row.cells]
        if row.mark:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        yield f"| {' | '.join(cells)} |"


def _cells(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _code(text: str) -> str:
    return f"`{text}`" if text.strip() and not re.search("[`\n]", text) else _text(text)


def _fenced(text: str) -> tuple[str, ...]:
    """The text between fences that are longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return fence, *text.rstrip("\n").split("\n"), fence
