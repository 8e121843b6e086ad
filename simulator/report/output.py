"""The output folder of a run."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.files.scratch import clear
from simulator.files.whole import write_new, write_to, write_whole
from simulator.kernel.engines import Engine
from simulator.kernel.engines import name as engine_name
from simulator.report.folder import PROGRAM, RUN_FILE, OutputError, fresh_folder, told
from simulator.scenario.dumping import dump
from simulator.version import __version__

if TYPE_CHECKING:
    from simulator.measures.result import Result
    from simulator.report.tables import RunTables
    from simulator.study.figures import Figures

__all__ = ["OutputError", "fresh_folder", "write_again", "write_out", "write_run"]
PACKAGES: Final = ("numpy", "simpy", "pandas", "matplotlib")


def write_run(
    result: Result, folder: Path, command: str, wall_s: float, engine: Engine = "simpy", runs: Sequence[Figures] = ()
) -> RunTables:
    """Write the data of a finished run into a folder that is there; its tables, as they were written.

    `runs`: the figures of all replications; without them those of this run. Two equal runs differ in run.json alone,
    which holds the command, who simulated, and the wall time in seconds.
    """
    from simulator.report.tables import RunTables  # it needs pandas, which is slow to import

    tables = RunTables.of(result, runs)
    tables.write(folder)
    write_new(folder / "scenario.yaml", dump(result.scenario, folder))
    write_new(folder / RUN_FILE, run_json(command, wall_s, seed=result.seed, engine=engine_name(engine)))
    return tables


def write_out(path: Path, text: str) -> None:
    """Write a page to the place that a user has named. Raises OutputError."""
    with told(path):
        clear(path.parent)
        write_to(path, text)


def write_again(path: Path, text: str) -> None:
    """Write a file of a result again; a link in its place is replaced and not followed. Raises OutputError."""
    with told(path):
        clear(path.parent)
        write_whole(path, text)


def run_json(command: str, wall_s: float, **about: object) -> str:
    """What run.json says: it marks a folder as ours, and holds all that differs between equal runs."""
    run = {
        "program": PROGRAM,
        "command": command,
        **about,
        "versions": {
            PROGRAM: __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        "wall_s": round(wall_s, 3),
    }
    return json.dumps(run, indent=2, ensure_ascii=False) + "\n"
