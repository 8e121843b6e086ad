"""A small scenario in a folder of its own, and the command line run there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli

SCENARIO = """\
name: small
duration: 20s
drain: 20s
streams:
  clicks: {shards: 2}
producers:
  - {name: web, stream: clicks, rate: 100/s}
functions:
  enrich: {timeout: 3s, duration: {per_batch: {exponential: {mean: 20ms}}}}
event_source_mappings:
"""
MAPPING = "  - {name: %s, stream: clicks, function: enrich, batch_size: 50}\n"

NO_PLOTS = (  # nor matplotlib, which takes longer to import than all the rest
    "import sys, types; sys.modules['simulator.report.plots.drawing'] = types.SimpleNamespace(draw=lambda *_: None); "
    "sys.modules['simulator.report.page.build'] = types.SimpleNamespace(write_page=lambda *_: None); "
)
ROOT = Path(__file__).parents[2]
MAIN = "from simulator.cli import main; main()"

Command = Callable[..., Result]
Write = Callable[..., Path]
Ended = subprocess.CompletedProcess[str]
Program = Callable[..., Ended]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the small scenario with some mappings into the current folder, which is a new one."""
    monkeypatch.chdir(tmp_path)

    def write_scenario(name: str = "small.yaml", *mappings: str) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCENARIO + "".join(MAPPING % each for each in mappings or ("reader",)), encoding="utf-8")
        return path

    return write_scenario


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots and the page with them take two seconds a run; one test looks at them."""
    monkeypatch.setattr("simulator.report.plots.drawing.draw", lambda *_: None)
    monkeypatch.setattr("simulator.report.page.build.write_page", lambda *_: None)  # it shows them


@pytest.fixture
def shardsim(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process, as a user in the current folder would, without colours or a terminal."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return lambda *args: CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def program(write: Write) -> Program:
    """Runs the program in a process, in the folder of a small scenario, after some statements.

    `redirected` is what a shell does to its streams, such as `2>&-`; `environment` is beside our own.
    """
    write()

    def run(
        args: Sequence[str], before: str = "", stdout: int = subprocess.PIPE, redirected: str = "", **environment: str
    ) -> Ended:
        command = [sys.executable, "-c", before + MAIN, *args]
        ours = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {redirected}', "sh", *command] if redirected else command,
            stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8", errors="surrogateescape", timeout=60, check=False,
            env=ours | {"PYTHONPATH": str(ROOT)} | environment,
        )  # fmt: skip

    return run


def everything(folder: Path) -> list[str]:
    """All paths below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
