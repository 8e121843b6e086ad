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
    assert missing == {"partition_keys", "cold_start" if name == "sam-and-metrics" else "failures"}


EXPECTED = {
    "sam-and-metrics": ("explains", "explains "),
    "terraform-and-logs": ("partly", "; misses 1 Mar 23:20 to 23:30 UTC: duration observed "),
}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.usefixtures("no_plots")
def test_a_twin_of_the_first_hour_explains_the_second_and_notices_ten_slow_minutes(
    name: str, shardsim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measurements come from a model of the tests that shares nothing with the simulator. What ships is this."""
    root = FOLDER.parent
    monkeypatch.chdir(root)
    scenario = tmp_path / f"{name}.yaml"
    assert shardsim("import", f"examples/{name}", "--holdout", "0.5", "-o", scenario).exit_code == 4
    for file in (f"{name}.yaml", f"{name}-meter-traffic.csv"):
        assert (tmp_path / file).read_text() == (FOLDER / file).read_text()
    shardsim("backtest", scenario, "--observed", f"examples/{name}", "-j", 1, "-o", tmp_path / "out")
    told = json.loads((tmp_path / "out" / "study.json").read_text())
    verdict, words = EXPECTED[name]
    assert (told["verdict"], told["saw_judged"], told["not_observed"]) == (verdict, False, [])
    assert words in told["says"][0]
    assert told == json.loads((root / "reports" / name / "study.json").read_text())
