"""The two engines against each other, on random scenarios that hypothesis generates, and shrinks."""

from __future__ import annotations

from collections.abc import Collection
from math import ceil
from typing import Any, Final
from unittest import mock

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from simulator.model import windows
from simulator.scenario.faults import ScenarioError
from simulator.scenario.spec import Scenario
from tests.kernel.random_scenarios import random_scenarios
from tests.kernel.recording import first_difference, record
from tests.kernel.results import results_differ
from tests.model.rows import scenario

GENERATE: Final = (Phase.generate,)


def engines_agree(examples: int, seed_: int, phases: Collection[Phase] | None = None) -> int:
    """Compare all that both engines state of so many random scenarios, in windows of several sizes; how many it were.

    A difference is an AssertionError; its scenario, which hypothesis has shrunk for some minutes, is in its notes.
    `phases`: hypothesis's, by default those of the profile.
    """
    compared = 0

    @seed(seed_)
    @_so_many(examples, phases)
    @given(content=random_scenarios(), window_records=st.sampled_from([30, 300, 1 << 19]))
    def both_engines_state_the_same(content: dict[str, Any], window_records: int) -> None:
        nonlocal compared
        loaded = _valid(content)
        assume(loaded is not None)
        assert loaded is not None
        compared += 1
        with mock.patch.object(windows, "WINDOW_RECORDS", window_records):
            assert first_difference(record(loaded, "simpy"), record(loaded, "kernel")) == ""

    both_engines_state_the_same()
    return compared


def results_agree(examples: int, seed_: int, phases: Collection[Phase] | None = None) -> int:
    """The same of what is measured: all tables, the summary and invocations.csv, with rows of several lengths.

    (The kernel measures in windows of its own.)
    """
    compared = 0

    @seed(seed_)
    @_so_many(examples, phases)
    @given(
        content=random_scenarios(),
        rows=st.sampled_from([None, 7, 300, 2_000]),
        window_records=st.sampled_from([30, 300, 1 << 19]),
    )
    def both_engines_measure_the_same(content: dict[str, Any], rows: int | None, window_records: int) -> None:
        nonlocal compared
        loaded = _valid(content)
        assume(loaded is not None)
        assert loaded is not None
        compared += 1
        interval_s = None if rows is None else ceil(1000 * (loaded.duration + loaded.drain) / rows) / 1000
        with mock.patch.object(windows, "WINDOW_RECORDS", window_records):
            assert results_differ(loaded, interval_s=interval_s) == ""

    both_engines_measure_the_same()
    return compared


def _so_many(examples: int, phases: Collection[Phase] | None) -> settings:
    return settings(
        deadline=None,
        database=None,
        max_examples=examples,
        phases=phases or settings().phases,
        suppress_health_check=list(HealthCheck),
    )


def _valid(content: dict[str, Any]) -> Scenario | None:
    try:
        return scenario(content)
    except ScenarioError:
        return None
