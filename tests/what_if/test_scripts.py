"""The page's scripts: each file is carried, once, and is fit to be read."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from simulator.report.what_if.scripts import HERE, PAGE, WORKER, page, worker

LONGEST_LINE, LONGEST_FILE = 120, 230
NAMES = re.compile(r"^(?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def test_every_script_is_carried_once() -> None:
    assert sorted((*WORKER, *PAGE)) == sorted(file.stem for file in HERE.glob("*.js"))


@pytest.mark.parametrize("name", [*WORKER, *PAGE])
def test_a_script_says_what_it_is_and_is_short(name: str) -> None:
    lines = (HERE / f"{name}.js").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= LONGEST_FILE
    assert [line for line in lines if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("text", [worker(), page()], ids=["worker", "page"])
def test_no_name_is_given_twice(text: str) -> None:
    assert [name for name, n in Counter(NAMES.findall(text)).items() if n > 1] == []


@pytest.mark.parametrize("text", [worker(), page()], ids=["worker", "page"])
def test_a_script_ends_no_element_of_the_page(text: str) -> None:
    assert "</script" not in text.lower()
    assert "<!--" not in text
