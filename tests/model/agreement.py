"""The simulator against the slow reference, on random scenarios that hypothesis generates, and shrinks."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from tests.model.compare_many import compare
from tests.reference import undecided
from tests.reference.scenarios import scenarios

GENERATE: Final = (Phase.generate,)
GENERATE_AND_SHRINK: Final = (Phase.generate, Phase.shrink)


def agree(examples: int, seed_: int, phases: Collection[Phase] | None = None) -> int:
    """Compare so many random scenarios, attempt by attempt, in windows of several sizes; gives how many it were.

    A difference is an AssertionError; its scenario, which hypothesis has shrunk for some minutes, is in its notes.
    `phases`: hypothesis's, by default those of the profile.
    """
    compared = 0
    options = settings(
        deadline=None,
        database=None,
        max_examples=examples,
        phases=phases or settings().phases,
        suppress_health_check=list(HealthCheck),
    )

    @seed(seed_)
    @options
    @given(content=scenarios(), window_records=st.sampled_from([30, 300, 1 << 19]))
    def rows_totals_ends_and_reads_are_those_of_the_reference(content: dict[str, Any], window_records: int) -> None:
        nonlocal compared
        found = compare(content, window_records)
        if found and undecided(content, Path()):
            reject()
        assert not found, "\n".join(found)
        compared += 1

    rows_totals_ends_and_reads_are_those_of_the_reference()
    return compared
