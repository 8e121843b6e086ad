"""Names and texts of a result's files, in each format of the page: they show as they are, and do nothing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from simulator.report.page.build import WRITERS, page_of
from simulator.report.page.markdown import markdown
from simulator.report.page.scripts import scripts
from simulator.report.page.view import Code, Facts, Page, Paragraph, Row, Section, Table, Verdict, printable
from tests.page.folders import RESULTS

MARK = "zq"
HOSTILE = f"</title><script>{MARK}</script><img src=x onerror={MARK}>\n\n# {MARK}\n\x1b[2J\u202e\ud800`|*_ {MARK}"
FREE = frozenset(
    {
        "verdict_reason", "binding_reason", "price_sheet", "price_sheet_collected", "resource", "unit", "item", "says",
        "stopped", "warmup", "why", "label", "setting", "binding_limit", "knob", "before", "after",
    }
)  # fmt: skip


def poisoned(data: Any, key: str = "") -> Any:
    """A document with something hostile in every text that is free."""
    if isinstance(data, dict):
        return {name: poisoned(part, name) for name, part in data.items()}
    if isinstance(data, list):
        return [poisoned(part, key) for part in data]
    return HOSTILE if isinstance(data, str) and key in FREE else data


class Parsed(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [name for name, _ in attrs]


@pytest.mark.parametrize("kind", ["run", "replications", "compare", "size", "advise", "sweep-load"])
def test_texts_of_a_results_files_do_nothing_in_any_format(kind: str, tmp_path: Path) -> None:
    folder = RESULTS[kind](tmp_path / "result")
    file = folder / ("summary.json" if (folder / "summary.json").exists() else "study.json")
    data = poisoned(json.loads(file.read_text(encoding="utf-8")))
    for mapping in data.get("event_source_mappings", {}).values():
        mapping["binding_limit"] = "none"  # else it would be no limit of the mapping's
    file.write_text(json.dumps(data), encoding="utf-8")
    texts = {style: write(page_of(folder)) for style, write in WRITERS.items()}
    ours = scripts(page_of(folder))
    running = re.findall(r"(?s)<script>(.*?)</script>", texts["html"])
    assert running == list(ours)
    for text in texts.values():
        assert MARK in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
    page = Parsed()
    page.feed(re.sub(r"(?s)<script(?: type=\"application/json\")?>.*?</script>", "", texts["html"]))  # ours, or no code
    assert not page.tags & {"script", "img"}
    assert not [name for name in page.attributes if name.startswith("on")]
    outside = re.sub(r"(?s)^(`{3,})\n.*?\n\1$", "", texts["md"], flags=re.M)
    assert "<script>" not in re.sub(r"\\<script\\>", "", outside)
    assert f"\n# {MARK}" not in texts["md"]


def page(*blocks: Any, **texts: str) -> Page:
    words = {"title": "", "description": "", "about": "", **texts}
    return Page("run", "", words["title"], words["description"], words["about"], Verdict("", "plain", ()), (),
                (Section("a", "A", blocks),))  # fmt: skip


def test_markdown_escapes_the_heads_of_tables_too() -> None:
    table = Table("<b>", ("<script>", "a|b"), (Row(("<i>", "*c*")),))
    assert "\\<b\\>:\n\n| \\<script\\> | a\\|b |\n|" in markdown(page(table)).replace("| --- | ---: |\n", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- item", "\\- item"), ("+ item", "\\+ item"), ("1. item", "1\\. item"), ("12) item", "12\\) item"),
        ("=====", "\\====="), ("1.5 s", "1.5 s"), ("# head", "\\# head"), ("> said", "\\> said"), ("a\n\nb", "a b"),
    ],
)  # fmt: skip
def test_markdown_makes_no_list_or_heading_of_a_text(text: str, told: str) -> None:
    lines = markdown(page(Paragraph(text), description=text, about=text)).split("\n")
    assert lines.count(told) == 3


def test_markdown_does_not_let_a_name_out_of_its_code() -> None:
    written = markdown(page(Facts((("a\n\n<script>`", "b"),)), Code("c", "```\n<script>\n````")))
    assert "- a \\<script\\>\\`: b" in written
    assert "`````\n```\n<script>\n````\n`````" in written


def test_a_page_has_no_character_that_does_something_to_a_terminal() -> None:
    told = printable(page(Paragraph("a\x1b[31m\x00\r\x9b\ud800b"), title="é\u202e 👨‍👩‍👧\tx"))
    assert told.title == "é\N{REPLACEMENT CHARACTER} 👨‍👩‍👧\tx"
    [paragraph] = told.sections[0].blocks
    assert paragraph == Paragraph("a�[31m����b")
