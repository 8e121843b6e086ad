"""The list of faults keeps up with the code, and what is made of the results tells right from wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import breaking
from tests.mutants.__main__ import complaints
from tests.mutants.breaking import NO_END, NO_START, Noticed, UnfitError, check, in_order, noticed
from tests.mutants.faults import FAULTS, Fault
from tests.mutants.faults_of_c import FAULTS_OF_C
from tests.mutants.page import page

FAULT = Fault("model/a.py", "a < b", "a <= b")
BY = Noticed(FAULT, "tests/model/test_a.py::test_x[a|b]")


EVERY = (*FAULTS, *FAULTS_OF_C)


@pytest.mark.parametrize("file", sorted({fault.file for fault in EVERY}))
def test_every_fault_changes_exactly_one_place_of_the_code_and_leaves_python_what_it_is(file: str) -> None:
    for fault in EVERY:
        if fault.file == file:
            check(fault)


def test_there_are_at_least_150_faults_and_80_of_the_kernel_and_none_twice() -> None:
    assert len({(fault.file, fault.right, fault.wrong) for fault in EVERY}) == len(EVERY)
    assert len(FAULTS) >= 150
    assert len(FAULTS_OF_C) >= 80
    assert all(fault.right != fault.wrong for fault in EVERY)


@pytest.mark.parametrize(
    ("text", "wrong"), [("if a:", "a <= b"), ("if a < b or a < b:", "a <= b"), ("if a < b:", "a < < b")]
)
def test_a_fault_that_does_not_fit_the_code_is_refused(
    text: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "simulator" / FAULT.file
    file.parent.mkdir(parents=True)
    file.write_text(f"{text}\n    pass\n", encoding="utf-8")
    monkeypatch.setattr(breaking, "ROOT", tmp_path)
    with pytest.raises(UnfitError, match=r"model/a\.py"):
        check(replace(FAULT, wrong=wrong))


def test_the_tests_that_bear_the_name_of_the_file_run_first_and_the_slow_ones_last() -> None:
    likely, last, others = "tests/test_cases.py", "tests/model/test_theory.py", "tests/measures/test_a.py"
    found = in_order([last, others, "tests/model/test_a.py", likely], "model/a.py")
    assert found == ["tests/model/test_a.py", likely, others, last]


def test_all_the_tests_that_are_named_are_there() -> None:
    named = {
        *breaking.EVERYWHERE,
        *breaking.INVARIANTS,
        *breaking.LIKELY,
        *breaking.LAST,
        *breaking.OF_KERNEL,
    }
    assert named <= set(breaking.every_test(breaking.ROOT))


def test_a_fault_of_the_measures_is_not_looked_for_where_nothing_is_measured() -> None:
    found = breaking.tests_for(breaking.ROOT, "measures/waiting.py")
    assert "tests/measures/test_waiting.py" in found
    assert "tests/test_cases.py" in found
    assert "tests/kernel/test_corners.py" in found
    assert not [test for test in found if test.startswith(("tests/model", "tests/traffic"))]


def test_a_fault_of_the_kernel_is_looked_for_where_the_kernel_is_compared() -> None:
    found = breaking.of_kernel(breaking.ROOT)
    assert set(breaking.EVERYWHERE) < set(found)
    assert {test.split("/")[1] for test in found} == {"kernel", "test_cases.py"}
    assert len(set(found)) == len(found)


def test_all_is_well_when_what_survives_has_a_reason_and_is_one_in_twenty_at_most() -> None:
    survivor = Noticed(replace(FAULT, survives="it is the same"), "")
    assert complaints([BY] * 19 + [survivor]) == []
    assert complaints([BY] * 18 + [survivor]) == ["fewer than 95% are caught"]


def test_a_survivor_without_a_reason_a_reason_without_need_and_a_crash_are_told() -> None:
    unknown = Noticed(FAULT, "")
    caught = Noticed(replace(FAULT, survives="it is the same"), "tests/test_x.py::test_x")
    crash = Noticed(FAULT, NO_START, "NameError: x")
    told = complaints([BY] * 19 + [unknown, caught, crash])
    words = ("crashes", "nobody says why", "is caught now")
    assert [word for word, line in zip(words, told, strict=True) if word in line] == list(words)


@pytest.mark.parametrize(
    ("line", "crashes"),
    [
        ("", False),
        (NO_END, False),
        ("tests/test_x.py::test_x - assert 1 == 2", False),
        ("tests/test_x.py::test_x - ValueError: negative", False),
        ("tests/test_x.py::test_x - NameError: name 'x' is not defined", True),
        ("tests/test_x.py - ImportError: no x", True),
        ("tests/test_x.py", True),
        (f"{NO_START} - usage: pytest", True),
    ],
)
def test_code_that_cannot_run_is_told_from_a_mistake_of_meaning(line: str, crashes: bool) -> None:
    found = noticed(FAULT, line)
    assert bool(found.crash) == crashes
    assert bool(found.by) == bool(line)


def test_the_page_counts_by_file_and_says_why_a_fault_survives_and_what_is_to_be_tried() -> None:
    survivor = Noticed(Fault("measures/b.py", "x", "", "it is the same"), "")
    known = {BY.fault: BY, survivor.fault: survivor}
    text = page([*known, replace(survivor.fault, wrong="z")], known, 0.9)
    assert "**1 of 2 are caught: 50.0%.**" in text
    assert "The other 1 are to be tried" in text
    assert "| model/a.py | 1 | 1 | 1 |" in text
    assert "| measures/b.py | 2 | 1 | 0 |" in text
    assert "| measures/b.py | `x` | nothing | it is the same |" in text
    assert r"| `a < b` | `a <= b` | `model/test_a.py::test_x[a\|b]` |" in text
