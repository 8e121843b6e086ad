"""How a fault is shown."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.faults import Fault, ScenarioError
from simulator.scenario.loading import load


def test_a_fault_shows_its_place_its_field_and_the_line() -> None:
    fault = Fault(
        path="scenarios/orders.yaml",
        line=9,
        column=3,
        field="event_source_mappings[0].batch_sise",
        message="unknown field",
        hint="did you mean 'batch_size'?",
        excerpt="  batch_sise: 250",
    )
    assert str(fault) == (
        "scenarios/orders.yaml:9:3: error: event_source_mappings[0].batch_sise: unknown field; "
        "did you mean 'batch_size'?\n"
        "    9 |   batch_sise: 250\n"
        "      |   ^"
    )


def test_a_long_line_is_cut_around_the_fault() -> None:
    fault = Fault(path="a.yaml", line=1, column=5000, field="f", message="m", excerpt="x" * 4999 + "!" + "x" * 5000)
    _, shown, pointer = str(fault).splitlines()
    assert len(shown) < 120
    assert shown[pointer.index("^")] == "!"


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    fault = Fault(path="a.yaml", line=1, column=1, field="f", message="m", excerpt="\x1b[31mred\t")
    assert "\x1b" not in str(fault)


def test_the_error_holds_all_faults_and_survives_pickling(scenario_file: Callable[[str], Path], valid: str) -> None:
    path = scenario_file(valid.replace("10m", "10").replace("shards: 4", "shards: 0"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    error: ScenarioError = pickle.loads(pickle.dumps(caught.value))
    assert [fault.field for fault in error.faults] == ["duration", "streams.clicks.shards"]
    assert str(error) == str(caught.value)
