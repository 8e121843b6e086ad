"""What the README says of the command line is so: commands that can be pasted one after the other, exit codes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator.cli_exit import MEANINGS
from simulator.study.objectives import NOT_MET, OBJECTIVES_MET

from .conftest import Command

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
USE = README.partition("## Use\n")[2].partition("`run` prints")[0]
COMMANDS = [shlex.split(line, comments=True) for line in USE.splitlines() if line.startswith("    shardsim ")]
SHORT = ("--set", "duration=11m", "--set", "drain=0s", "-n", "1", "-q")  # the outage is in it, in part
MORE = {"run": SHORT} | dict.fromkeys(("compare", "size", "advise", "sweep-load"), ("--dry-run",))


def test_the_commands_of_the_readme_can_be_pasted_one_after_the_other(
    shardsim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs are made shorter, and of studies the plan is made, so that it takes seconds."""
    monkeypatch.chdir(tmp_path)
    for _, command, *words in COMMANDS:
        result = shardsim(command, *words, *MORE.get(command, ()))
        assert result.exit_code in (OBJECTIVES_MET, NOT_MET), result.output
    assert len({command for _, command, *_ in COMMANDS}) == 11


def test_the_exit_codes_of_the_help_are_those_of_the_readme(shardsim: Command) -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == MEANINGS
    told = shardsim("--help").stdout
    lines = [f"  {code:<5}{meaning}" for code, meaning in MEANINGS.items()]
    assert "\n".join(lines) in told
    assert all(len(line) <= 80 for line in told.splitlines()), told
    assert (MEANINGS[OBJECTIVES_MET], MEANINGS[NOT_MET]) == (MEANINGS[0], MEANINGS[4])
