"""The simulator against the slow reference, on random scenarios that hypothesis generates, and shrinks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from simulator.scenario.faults import ScenarioError
from tests.model.compare_many import compare
from tests.reference.scenarios import scenarios


@dataclass
class Tally:
    """How many scenarios were compared, and how many had no answer: a tie that the model leaves open, or invalid."""

    compared: int = 0
    left_out: int = 0


GENERATE: Final = (Phase.generate,)
GENERATE_AND_SHRINK: Final = (Phase.generate, Phase.shrink)


def agree(examples: int, seed_: int, phases: Collection[Phase] | None = None) -> Tally:
    """Compare so many random scenarios, attempt by attempt, in windows of several sizes.

    A difference is an AssertionError; its scenario, which hypothesis has shrunk for some minutes, is in its notes.
    `phases`: hypothesis's, by default those of the profile.
    """
    tally = Tally()
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
        try:
            found = compare(content, window_records)
        except ScenarioError:
            found = None
        tally.left_out += found is None
        assume(found is not None)
        tally.compared += 1
        assert found == []

    rows_totals_ends_and_reads_are_those_of_the_reference()
    return tally
