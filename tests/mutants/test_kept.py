"""What is known of faults when the command goes on where it was stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import kept
from tests.mutants.breaking import Noticed
from tests.mutants.faults import Fault

FAULT = Fault("model/a.py", "a < b", "a <= b")
CAUGHT = Noticed(FAULT, "tests/model/test_a.py::test_x")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one file, of which nothing is known."""
    (tmp_path / "simulator" / "model").mkdir(parents=True)
    (tmp_path / "simulator" / "model" / "a.py").write_text("a < b\n", encoding="utf-8")
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    monkeypatch.setattr(kept, "FILE", tmp_path / "build" / "mutants.jsonl")
    kept._key.cache_clear()
    return tmp_path


def test_a_fault_that_was_caught_is_not_tried_again() -> None:
    assert kept.known([FAULT]) == {}
    kept.keep(CAUGHT)
    assert kept.known([FAULT, replace(FAULT, wrong="a > b")]) == {FAULT: CAUGHT}


def test_it_is_when_its_file_has_changed(project: Path) -> None:
    kept.keep(CAUGHT)
    (project / "simulator" / "model" / "a.py").write_text("a < b  # now\n", encoding="utf-8")
    kept._key.cache_clear()
    assert kept.known([FAULT]) == {}


def test_what_survived_is_tried_again_unless_it_says_why() -> None:
    kept.keep(Noticed(FAULT, ""))
    assert kept.known([FAULT]) == {}
    assert kept.tried([FAULT]) == {FAULT: Noticed(FAULT, "")}
    told = replace(FAULT, survives="it is the same")
    assert kept.known([told]) == {told: Noticed(told, "")}


def test_what_crashed_is_tried_again() -> None:
    kept.keep(replace(CAUGHT, crash="NameError"))
    assert kept.known([FAULT]) == {}
