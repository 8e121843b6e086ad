"""The scenarios that ship: each is valid, is explained, and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import load, simulate
from simulator.scenario.faults import errors
from simulator.scenario.loading import check

from .conftest import Command

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
LESS = {
    "backlog-replay": {"producers.hosts.start": "-1h"},  # of the day before: it takes seconds to draw
    "autoscaling-black-friday": {"producers.black-friday.start": "1m", "producers.black-friday.stop": "2m"},
    "on-demand-spike": {"producers.campaign.start": "1m", "producers.campaign.stop": "2m"},
}


def test_there_are_the_ten_that_the_readme_names() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(SCENARIOS) >= 10
    assert [path.stem for path in SCENARIOS if path.stem not in text] == []


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_each_is_valid(path: Path, shardsim: Command) -> None:
    assert errors(check(path)) == []
    assert shardsim("validate", path).exit_code == 0


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_each_says_what_it_is_and_has_its_schema(path: Path) -> None:
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=../schema/scenario.schema.json"
    assert any(line.startswith("# Look at ") for line in lines)
    assert any(line.startswith("# Change ") for line in lines)
    assert load(path).name == path.stem
    assert load(path).description


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_first_minutes_of_each_run(path: Path) -> None:
    scenario = load(path, {"duration": "3m", "drain": "0s"} | LESS.get(path.stem, {}))
    result = simulate(scenario)
    assert result.end_s == 180
    for mapping in result.mappings:
        begun = next(m.starts_after for m in scenario.event_source_mappings if m.name == mapping.name) < 150
        assert (mapping.ends.processed > 0) == begun
