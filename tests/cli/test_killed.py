"""Commands that are killed at random points: their output is whole or absent, and the next command clears up.

And they open new files only.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import MAPPING, ROOT, SCENARIO

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no kill -9")
SMALL = (SCENARIO + MAPPING % "reader").replace("20s", "5s")
RUN = ["run", "small.yaml", "-q", "-o", "out/run"]
STUDY = ["compare", "small.yaml", "--shards", "1-2", "-n", "2", "-j", "1", "-q", "-o", "out/study"]
DIFF = ["diff", "out/run", "out/run", "-o", "out/old.yaml"]  # over a file that init has made
INIT = ["init", "new/mine", "--template", "trace"]


def killed(folder: Path, command: list[str], then: list[str], *before: list[str], points: int = 8) -> dict[str, Any]:
    """What a command that is killed at some points leaves, and the next one after it."""
    asked = {"scenario": SMALL, "before": before, "command": command, "next": then, "points": points, "seed": 11}
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.killing"],
        input=json.dumps(asked), cwd=folder, capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["whole"]["code"] == 0
    assert "over" not in found["whole"]["steps"]  # every file is new, whatever is planted
    assert len(found["kills"]) >= points
    assert {each["killed"]["code"] for each in found["kills"]} == {-signal.SIGKILL}
    return found


def at(place: str, left: dict[str, str]) -> dict[str, str]:
    """What is at a place."""
    return {path: content for path, content in left.items() if path.startswith(f"{place}/")}


def test_a_killed_run_leaves_its_result_whole_or_absent_and_the_next_one_clears_up(tmp_path: Path) -> None:
    found = killed(tmp_path, RUN, [*RUN, "--force"])
    whole = found["whole"]["left"]
    assert len(at("out/run", whole)) == 9
    for each in found["kills"]:
        assert at("out/run", each["killed"]["left"]) in ({}, at("out/run", whole))
        assert each["next"]["code"] == 0
        assert each["next"]["left"] == whole


def test_a_killed_run_with_force_leaves_the_old_result_or_the_new_one_and_the_next_command_finds_it(
    tmp_path: Path,
) -> None:
    found = killed(tmp_path, [*RUN, "--force"], RUN, [*RUN, "--seed", "2"])
    old, new = found["before"], found["whole"]["left"]
    assert old != new
    absent = 0
    for each in found["kills"]:
        there = at("out/run", each["killed"]["left"])
        absent += not there
        assert there in ({}, at("out/run", old), at("out/run", new))
        assert each["next"]["code"] == 2  # it holds an earlier result
        assert each["next"]["left"] in ([new] if there == at("out/run", new) else [old])
    assert absent == 1  # between the two renames


def test_a_killed_study_keeps_its_runs_and_the_same_command_gives_the_same_bytes(tmp_path: Path) -> None:
    found = killed(tmp_path, STUDY, STUDY, points=6)
    whole = found["whole"]["left"]
    assert len(at("out/small.runs", whole)) == 5
    for each in found["kills"]:
        left = each["killed"]["left"]
        assert at("out/study", left) in ({}, at("out/study", whole))
        kept = {path: content for path, content in at("out/small.runs", left).items() if "shardsim-part" not in path}
        assert kept.items() <= whole.items()
        assert each["next"]["code"] == 0
        assert each["next"]["left"] == whole


def test_a_killed_init_leaves_whole_files_and_the_next_one_clears_up(tmp_path: Path) -> None:
    found = killed(tmp_path, INIT, [*INIT, "--force"])
    whole = found["whole"]["left"]
    for each in found["kills"]:
        left = {path: content for path, content in each["killed"]["left"].items() if "shardsim-part" not in path}
        assert {path: content for path, content in left.items() if content != "empty"}.items() <= whole.items()
        assert each["next"]["code"] == 0
        assert each["next"]["left"] == whole


def test_a_killed_command_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    found = killed(tmp_path, DIFF, DIFF, RUN, ["init", "out/old"], points=4)
    for each in found["kills"]:
        left = each["killed"]["left"]
        assert left["out/old.yaml"] in (found["before"]["out/old.yaml"], found["whole"]["left"]["out/old.yaml"])
        assert each["next"]["left"] == found["whole"]["left"]
