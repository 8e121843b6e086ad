"""Each target tries a fixed number of cases; `make fuzz` tries others for as long as you like."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from simulator.scenario.faults import errors
from simulator.scenario.loading import check
from tests.fuzz.running import Target, targets, tried
from tests.fuzz.sound import written

TARGETS = targets()
PARTS = 4  # so that several processes share a target


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found_in_the_first_cases_of_a_target(name: str, part: int) -> None:
    target = TARGETS[name]
    findings = [tried(target, case) for case in range(part, target.cases, PARTS)]
    assert [str(each) for each in findings if each] == []


def test_every_scenario_that_is_damaged_is_sound_before(tmp_path: Path) -> None:
    assert [errors(check(path)) for path in written(tmp_path)] == [[] for _ in written(tmp_path)]


def test_a_case_that_fails_is_told_with_its_seed() -> None:
    def fails(rng: Random, folder: Path) -> None:
        assert folder.is_dir()
        raise AssertionError(f"drew {rng.randrange(10)}")

    finding = tried(Target("some", fails, 1), 7)
    assert str(finding) == f"AssertionError: drew {Random(7).randrange(10)}\nsome: again with --target some --case 7"


def test_another_exception_is_a_finding_too() -> None:
    def breaks(_rng: Random, _folder: Path) -> None:
        raise KeyError("x")

    finding = tried(Target("some", breaks, 1), 1)
    assert finding is not None
    assert "Traceback" in finding.told
