"""The output folder of a run."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator import __version__
from simulator.report.folder import PROGRAM, RUN_FILE, OutputError, fresh_folder
from simulator.scenario.dumping import dump

if TYPE_CHECKING:
    from simulator.measures.result import Result
    from simulator.report.tables import RunTables

__all__ = ["OutputError", "fresh_folder", "write_run"]
PACKAGES: Final = ("numpy", "simpy", "pandas", "matplotlib")


def write_run(result: Result, folder: Path, command: str, wall_s: float) -> RunTables:
    """Write the data of a finished run into a folder that is there; its tables, as they were written.

    Two equal runs differ in run.json alone, which holds the command and the wall time in seconds.
    """
    from simulator.report.tables import RunTables  # it needs pandas, which is slow to import

    tables = RunTables.of(result)
    tables.write(folder)
    write_text(folder / "scenario.yaml", dump(result.scenario, folder))
    write_text(folder / RUN_FILE, run_json(command, wall_s, seed=result.seed))
    return tables


def write_text(path: Path, text: str) -> None:
    """Write a text file, the same on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text file beside its place and move it there, so that it is never half written. Raises OutputError."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        write_text(temporary, text)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror}; name another place with --out") from error


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
