"""The two examples: what they give, and that their measurements are what they are said to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Command
from .examples import FOLDER, texts


def test_the_measurements_are_those_of_the_made_up_system() -> None:
    assert {name: (FOLDER / name).read_text(encoding="utf-8") for name in texts()} == texts()


@pytest.mark.parametrize("name", ["sam-and-metrics", "terraform-and-logs"])
def test_an_example_makes_a_scenario_that_validates_and_lacks_only_what_it_has_not(
    name: str, shardsim: Command
) -> None:
    result = shardsim("import", FOLDER / name, "-o", "out.yaml", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, told["not_modelled"]) == (4, "", [])
    assert shardsim("validate", "out.yaml").exit_code == 0
    missing = {each["path"].rpartition(".")[2] for each in told["fields"] if each["how"] == "missing"}
    metrics = name == "sam-and-metrics"
    assert missing == ({"partition_keys", "cold_start"} if metrics else {
        "rate", "record_size", "partition_keys", "per_record", "failures",
    })  # fmt: skip


def test_a_twin_of_another_model_of_the_same_system_explains_it(shardsim: Command) -> None:
    """The measurements come from a model of the tests that shares nothing with the simulator."""
    for each in ("sam-and-metrics", "terraform-and-logs"):
        for file in (FOLDER / each).iterdir():
            Path("in").mkdir(exist_ok=True)
            (Path("in") / file.name).write_bytes(file.read_bytes())
    assert shardsim("import", "in", "-o", "out.yaml").exit_code == 4
    result = shardsim("backtest", "out.yaml", "--observed", "in", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verdict"], told["not_observed"]) == (0, "explains", ["IteratorAge"]), result.stdout
