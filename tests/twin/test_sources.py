"""Each kind of source tells the same system, and so the same scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.twin.imported import import_files

from .conftest import Command, said
from .files import as_cli, as_plan, as_sam, as_template, as_terraform_show, as_tfstate
from .systems import SystemSpec, expected, made_up

WRITERS = [as_cli, as_template, as_sam, as_terraform_show, as_tfstate, as_plan]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("write", WRITERS)
def test_a_system_is_told_by_each_of_its_sources(
    write: Callable[[SystemSpec, Path], Path], seed: int, shardsim: Command
) -> None:
    system = made_up(seed)
    result = shardsim("import", write(system, Path("in")), "-o", "out.yaml")
    assert result.exit_code == 4, result.output
    assert said(Path("out.yaml")) == expected(system)
    assert shardsim("validate", "out.yaml").exit_code == 0
    assert result.stderr == ""


def test_version_1_of_the_command_line_tells_the_same_as_version_2() -> None:
    system = made_up(3)
    of = [import_files([as_cli(system, Path(str(old)), old)]).fields for old in (True, False)]
    assert [(each.name, each.value) for each in of[0]] == [(each.name, each.value) for each in of[1]]


@pytest.mark.parametrize("seed", range(6))
def test_all_sources_together_agree_and_the_running_system_is_named_first(seed: int, shardsim: Command) -> None:
    system = made_up(seed)
    for write in WRITERS:
        write(system, Path("in"))
    result = shardsim("import", "in", "-o", "out.yaml")
    assert (result.exit_code, result.stderr) == (4, "")
    assert said(Path("out.yaml")) == expected(system)
    batch = [line for line in Path("out.yaml").read_text().splitlines() if "batch_size" in line]
    assert all("in/mappings-" in line for line in batch)
