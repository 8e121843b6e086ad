"""The command import in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.scenario.loading import load
from simulator.scenario.spec import AtTimestamp, Scenario

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new current folder; `in` is for what is imported."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def shardsim() -> Command:
    """Runs a command as a user in the current folder would."""
    return lambda *args: CliRunner().invoke(cli, [str(each) for each in args])


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots and pages take seconds a run, and nobody looks at them here."""
    monkeypatch.setattr("simulator.report.plots.drawing.draw", lambda *_: None)
    monkeypatch.setattr("simulator.report.page.build.write_page", lambda *_: None)
    monkeypatch.setattr("simulator.report.plots.observed.observed_plot", lambda *_: None)
    monkeypatch.setattr("simulator.report.plots.drawing.save", lambda *_: None)


def said(path: Path) -> dict[str, Any]:
    """What a scenario that was written says, as `systems.expected` puts it."""
    scenario = load(path)
    found: dict[str, Any] = {}
    for name, stream in scenario.streams.items():
        found |= {f"streams.{name}.shards": stream.shards, f"streams.{name}.retention_s": stream.retention}
        found |= {f"streams.{name}.max_record_size": stream.max_record_size}
    for name, function in scenario.functions.items():
        path_ = f"functions.{name}"
        found |= {f"{path_}.memory": function.memory, f"{path_}.timeout": function.timeout}
        found |= {f"{path_}.architecture": function.architecture}
        found |= {f"{path_}.reserved": function.reserved_concurrency}
        found |= {f"{path_}.provisioned": function.provisioned_concurrency}
    return found | _mappings(scenario)


def _mappings(scenario: Scenario) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in scenario.event_source_mappings:
        position = each.starting_position
        found[f"mapping.{each.function}"] = (
            each.stream,
            each.consumer,
            each.batch_size,
            each.maximum_batching_window,
            each.parallelization_factor,
            each.maximum_retry_attempts,
            each.maximum_record_age,
            each.bisect_batch_on_function_error,
            each.report_batch_item_failures,
            each.on_failure_destination,
            "at" if isinstance(position, AtTimestamp) else position,
        )
    return found
