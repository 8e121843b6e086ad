"""The simulator gives what the slow reference gives, on random scenarios (docs/model.md)."""

from unittest import mock

import pytest

from simulator.model import retries
from tests.model.agreement import GENERATE, agree


def test_rows_totals_ends_and_reads_are_those_of_the_reference() -> None:
    assert agree(100, 0).compared == 100


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more retry than allowed, say."""
    again = retries._again
    late = mock.Mock(side_effect=lambda lane, rest, outcome, tries, later: again(lane, rest, outcome, tries - 1, later))
    monkeypatch.setattr(retries, "_again", late)
    with pytest.raises(AssertionError, match="'maximum_retry_attempts': "):
        agree(30, 0, GENERATE)
