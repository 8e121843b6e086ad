"""The command init: all its files or none, and nothing overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.cli_init import SCHEMA_FILE
from simulator.scenario.loading import check
from simulator.scenario.schema import schema_text
from simulator.scenario.templates import TEMPLATES

from .conftest import Command, everything


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new current folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_makes_a_scenario_without_faults_or_warnings(name: str, shardsim: Command) -> None:
    result = shardsim("init", "new/mine", "--template", name)
    assert result.exit_code == 0
    assert check(Path("new/mine.yaml")) == []
    assert Path("new/mine.yaml").read_text().startswith(f"# yaml-language-server: $schema={SCHEMA_FILE}\n")
    assert Path("new", SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()
    wrote = [word for each in files(name) for word in ("wrote", f"new/{each}")]
    assert result.stdout.split() == [*wrote, "next:", "shardsim", "run", "new/mine.yaml"]
    assert everything(Path("new")) == sorted(files(name))


def files(template: str) -> list[str]:
    return ["mine.yaml", SCHEMA_FILE, *(["mine.csv"] if template == "trace" else [])]


def test_the_next_command_can_be_pasted_whatever_the_name_is(shardsim: Command) -> None:
    assert shardsim("init", "my orders").stdout.splitlines()[-1] == "next: shardsim run 'my orders.yaml'"


@pytest.mark.parametrize("name", ["mine.yaml", "mine.csv", SCHEMA_FILE])
@pytest.mark.parametrize("link", [False, True])
def test_nothing_is_overwritten_unless_forced(name: str, link: bool, shardsim: Command) -> None:
    if link:
        Path(name).symlink_to("nowhere")
    else:
        Path(name).write_text("precious")
    refused = shardsim("init", "mine", "--template", "trace")
    assert refused.exit_code == 2
    assert f"{name} exists already; --force overwrites it" in refused.stderr
    assert everything(Path()) == [name]
    assert link or Path(name).read_text() == "precious"
    assert shardsim("init", "mine", "--template", "trace", "--force").exit_code == 0
    assert everything(Path()) == sorted(files("trace"))
    assert not Path(name).is_symlink()


def test_the_schema_of_another_version_is_renewed(shardsim: Command) -> None:
    Path(SCHEMA_FILE).write_text(schema_text().replace("duration", "length"), encoding="utf-8")
    assert shardsim("init", "mine").exit_code == 0
    assert Path(SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()


@pytest.mark.usefixtures("small_files")  # large enough for a scenario, not for the schema
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_on_a_full_disk_nothing_is_left_and_nothing_lost(force: list[str], shardsim: Command) -> None:
    if force:
        Path("mine.yaml").write_text("old")
    result = shardsim("init", "mine", *force)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: mine.yaml: cannot be written: File too large; name another place\n"
    assert everything(Path()) == ["mine.yaml"] * len(force)
    assert not force or Path("mine.yaml").read_text() == "old"
    assert shardsim("init", "new/mine").exit_code == 2
    assert not Path("new").exists()


def test_what_appears_in_between_stays_and_nothing_else_is_left(
    shardsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def quicker(source: Path, place: Path) -> None:
        if place.name == "mine.yaml":
            place.write_text("precious")
        link(source, place)

    monkeypatch.setattr(os, "link", quicker)
    result = shardsim("init", "mine", "--template", "trace")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: mine.yaml: cannot be written: File exists; name another place\n"
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [("mine.yaml", "precious")]


def test_a_place_that_cannot_be_written_is_one_line(shardsim: Command) -> None:
    Path("file").touch()
    result = shardsim("init", "file/mine")
    assert result.exit_code == 2
    assert result.stderr == "error: file/mine.yaml: cannot be written: Not a directory; name another place\n"


@pytest.mark.parametrize("name", [".", "..", "", "/", "a/.."])
def test_a_name_that_is_none_is_told(name: str, shardsim: Command) -> None:
    result = shardsim("init", name)
    assert result.exit_code == 2
    assert "is no name of a file; write one such as orders" in result.stderr
