"""The simulator gives what the slow reference gives, on random scenarios (docs/model.md)."""

import pytest

from tests.model.agreement import GENERATE, agree
from tests.reference.inputs import Backoff


def test_rows_totals_ends_and_reads_are_those_of_the_reference() -> None:
    assert agree(40, 0) == 40


def test_a_difference_of_a_nanosecond_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each backoff lasts longer by it, say."""
    wait = Backoff.wait
    monkeypatch.setattr(Backoff, "wait", lambda backoff, n: wait(backoff, n) + 1)
    with pytest.raises(AssertionError, match="only in a: "):
        agree(30, 0, GENERATE)
