"""A small scenario in a folder of its own, and the command line run there."""

from __future__ import annotations

from collections.abc import Callable
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

Command = Callable[..., Result]
Write = Callable[..., Path]


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


def everything(folder: Path) -> list[str]:
    """All paths below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
