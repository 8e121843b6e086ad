"""What is said of tests that run in a broken copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.breaking import NO_END, first_failure

FILE = """
from hypothesis import settings

settings.register_profile("no-shrink")

def test_that_does_not_end():
    while {endless}:
        pass
    assert {right}
"""


@pytest.mark.parametrize(
    ("endless", "right", "said"),
    [(False, True, ""), (False, False, "test_a.py::test_that_does_not_end - assert False"), (True, True, NO_END)],
)
def test_the_first_failure_is_told_and_a_test_that_does_not_end_is_ended(
    endless: bool, right: bool, said: str, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(FILE.partition("def")[0], encoding="utf-8")
    (tmp_path / "test_a.py").write_text(FILE.format(endless=endless, right=right), encoding="utf-8")
    assert first_failure(tmp_path, ["test_a.py"], 1, by_kernel=True) == said
