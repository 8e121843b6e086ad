"""The output folder of a study."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.files.whole import write_new
from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.shapes import Group
from simulator.report import csvfiles
from simulator.report.folder import RUN_FILE, OutputError, added, fresh_folder, recover, told
from simulator.report.output import run_json
from simulator.report.tables import plain
from simulator.scenario.dumping import dump
from simulator.scenario.spec import Scenario
from simulator.study.settings import AS_IT_IS

if TYPE_CHECKING:
    import pandas as pd

    from simulator.study.evaluate import Evaluator

STUDY_FILE: Final = "study.json"


@contextmanager
def study_folder(target: Path, kind: str, force: bool) -> Iterator[Path]:
    """A new empty folder for a study, as `fresh_folder`; an earlier study of the same kind is replaced without force.

    Nothing is lost with that: its runs are kept elsewhere, and give it back at once. What was added to it needs force.
    """
    with told(target):
        recover(target)
    again = kind_of(target) == kind
    if again and not force and (others := added(target)):
        raise OutputError(
            f"{target}: holds {others[0]}, which is no part of the earlier result; --force replaces all of it, "
            "--out names another place"
        )
    with fresh_folder(target, force or again) as folder:
        yield folder


def finish(folder: Path, evaluator: Evaluator, what_if: bool = False) -> None:
    """Write the resolved scenario of a study whose other files are there, and its page, which may simulate."""
    scenario = evaluator.scenario(AS_IT_IS)
    with_page(folder, scenario if evaluator.seed is None else replace(scenario, seed=evaluator.seed), what_if)


def with_page(folder: Path, scenario: Scenario, what_if: bool = False) -> None:
    """Write the resolved scenario of a study whose other files are there, and its page, which may simulate."""
    from simulator.report.page.build import write_page

    write_new(folder / "scenario.yaml", dump(scenario, folder))
    write_page(folder, what_if)


def kind_of(folder: Path) -> str:
    """Which command made the study in a folder; an empty text if it holds none."""
    try:
        return str(read_json(folder / RUN_FILE, Group()).get("study", ""))
    except UnreadableError:
        return ""


def write_study(
    folder: Path, kind: str, summary: dict[str, Any], tables: dict[str, pd.DataFrame], command: str, wall_s: float
) -> None:
    """Write study.json, a CSV file for each table, and run.json, in which alone equal studies differ."""
    text = json.dumps(plain(summary), indent=2, ensure_ascii=False, allow_nan=False)
    write_new(folder / STUDY_FILE, text + "\n")
    for name, table in tables.items():
        csvfiles.write_csv(csvfiles.told(table), folder / f"{name}.csv")
    write_new(folder / RUN_FILE, run_json(command, wall_s, study=kind))
