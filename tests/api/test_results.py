"""Results that show and save themselves, and the package by its two names."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import shardsim
import simulator
from simulator.cli import cli

from .test_scenario import TEXT

WITH_OBJECTIVES = TEXT + "objectives: {latency_max: 3s}\n"
STUDIES: dict[str, Callable[[Any], Any]] = {
    "run": simulator.simulate,
    "compare": lambda scenario: simulator.compare(scenario, shards="1-2", replications=2),
    "size": lambda scenario: simulator.size(scenario, shards="1-2", replications=2),
    "advise": lambda scenario: simulator.advise(scenario, replications=2),
    "sweep-load": lambda scenario: simulator.sweep_load(scenario, factor=(0.5, 2.0), points=2, replications=1),
}
WORDS = {
    "run": (),
    "compare": ("--shards", "1-2", "-n", "2", "-j", "1"),
    "size": ("--shards", "1-2", "-n", "2", "-j", "1"),
    "advise": ("-n", "2", "-j", "1"),
    "sweep-load": ("--factor", "0.5-2", "--points", "2", "-n", "1", "-j", "1"),
}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario in the test's folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "scenario.yaml"
    path.write_text(WITH_OBJECTIVES, encoding="utf-8")
    return path


@pytest.mark.parametrize("study", STUDIES)
def test_a_result_pickles_has_a_line_and_a_table_and_saves_what_the_command_does(
    study: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if study != "run":  # the page of a run needs its plots
        monkeypatch.setattr("simulator.report.plots.drawing.save", lambda *_: [])
    result = STUDIES[study](path)
    line = repr(result)
    assert line.startswith(f"<{type(result).__name__} scenario: ")
    assert "\n" not in line
    assert repr(pickle.loads(pickle.dumps(result))) == line
    html = result._repr_html_()
    assert html.count("<table") == 1
    result.save("mine")
    done = CliRunner().invoke(cli, [study, str(path), "-o", "theirs", *WORDS[study]])
    assert done.exit_code == 0, done.output
    names = {each.name for each in Path("theirs").iterdir() if each.is_file()}
    assert {each.name for each in Path("mine").iterdir() if each.is_file()} == names
    for name in names - {"run.json", "report.html"}:
        assert Path("mine", name).read_bytes() == Path("theirs", name).read_bytes(), name
    result.report("page.md")
    assert Path("page.md").read_text(encoding="utf-8").startswith("# ")


def test_a_study_takes_a_mapping_or_text_and_overrides_of_any_type(path: Path) -> None:
    ours = simulator.sweep_load(WITH_OBJECTIVES, factor=(1, 2), points=2, replications=1, overrides={"batch_size": 7})
    assert ours.scenario.event_source_mappings[0].batch_size == 7
    theirs = simulator.sweep_load(simulator.load(path, {"batch_size": 7}), (1, 2), 2, 1)
    assert ours.figures().equals(theirs.figures())


def test_a_size_for_twice_the_traffic_keeps_the_scenario_that_it_is_of(path: Path) -> None:
    sizing = simulator.size(path, shards="1-2", replications=2, seed=5, factor=2)
    assert (sizing.scenario.name, sizing.scenario.seed) == ("scenario at 2 times its traffic", 5)
    sizing.save("out")
    assert json.loads(Path("out/study.json").read_text(encoding="utf-8"))["factor"] == 2
    with pytest.raises(simulator.SettingsError, match="out of range"):
        simulator.size(path, factor=0)


def test_save_leaves_what_is_there_unless_it_is_told_otherwise(path: Path) -> None:
    result = simulator.simulate(path)
    result.save("mine")
    with pytest.raises(Exception, match="holds an earlier result"):
        result.save("mine")
    result.save("mine", force=True)


def test_both_names_are_the_same_and_show_what_they_offer() -> None:
    assert dir(simulator) == dir(shardsim) == sorted(simulator.__all__)
    assert all(getattr(shardsim, name) is getattr(simulator, name) for name in simulator.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'simulat'"):
        shardsim.simulat  # noqa: B018


def test_a_script_without_a_main_guard_is_told_so_in_a_line_and_no_worker_says_a_word(path: Path) -> None:
    Path("script.py").write_text(
        "import simulator\nsimulator.compare('scenario.yaml', shards='1-2', replications=1, jobs=2)\n", encoding="utf-8"
    )
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "in a script call from under `if __name__ == '__main__':`" in done.stderr.splitlines()[-1]
    assert done.stderr.count("Traceback") == 1
    assert "multiprocessing" not in done.stderr
