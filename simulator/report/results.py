"""A folder that a command has left, read back: from these files alone the page is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.reading.documents import fit, read_json
from simulator.reading.files import MissingError, UnreadableError
from simulator.reading.scalars import Scalar, Text, shown
from simulator.reading.shapes import Group
from simulator.report.folder import PROGRAM, RUN_FILE, OutputError
from simulator.report.run_files import RunFiles
from simulator.report.study_files import StudyFiles
from simulator.report.study_shapes import KINDS
from simulator.version import __version__

if TYPE_CHECKING:
    import pandas as pd

VERSION: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*[A-Za-z0-9.+-]{0,60}")


class Version(Scalar):
    """The version of a program."""

    allowed = "a version such as 0.1.0"

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and bool(VERSION.fullmatch(value))


OURS: Final = Group({"versions": Group({PROGRAM: Version()})}, known={"study": Text(1)})


@dataclass(frozen=True)
class RunResult:
    """A run, or several replications of it: the tables are those of the first."""

    folder: Path
    version: str  # of the program that simulated it
    files: RunFiles

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.files.summary["scenario"])

    @property
    def resolved(self) -> dict[str, Any]:
        """The resolved scenario as plain data."""
        return self.files.scenario.data


@dataclass(frozen=True)
class StudyResult:
    """A comparison, a size search, an advice or a load sweep: its summary and its tables."""

    folder: Path
    kind: str  # compare, size, advise or sweep-load
    version: str
    files: StudyFiles

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.resolved["name"])

    @property
    def study(self) -> dict[str, Any]:
        """What study.json says."""
        return self.files.study

    @property
    def resolved(self) -> dict[str, Any]:
        """The resolved scenario as plain data."""
        return self.files.scenario.data

    @property
    def scenario_text(self) -> str:
        """The resolved scenario as YAML."""
        return self.files.scenario.text

    def table(self, name: str) -> pd.DataFrame:
        """One of its tables, by the file's name without .csv."""
        return self.files.tables[name]


Result = RunResult | StudyResult


def read_result(folder: Path) -> Result:
    """Read the folder of any result.

    Raises OutputError if it is none, is of a newer version, is not whole, or has a file that is not as it should be.
    """
    try:
        return _read(folder)
    except MissingError as error:
        raise OutputError(f"{folder}: has no {error.path.name}, so it is not a whole result; make it again") from error
    except UnreadableError as error:
        raise OutputError(f"{error}; make the result again") from error
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read: {error.strerror}") from error


def _read(folder: Path) -> Result:
    kind, version = _about(folder)
    if not kind:
        return RunResult(folder, version, RunFiles.read(folder))
    if kind not in KINDS:
        raise OutputError(f"{folder}: holds a {shown(kind)}, of which this version knows no page; update {PROGRAM}")
    return StudyResult(folder, kind, version, StudyFiles.read(folder, kind))


def _about(folder: Path) -> tuple[str, str]:
    """Which kind of study a folder holds, nothing for a run, and the version of the program that made it."""
    if not folder.is_dir():
        raise OutputError(f"{folder}: {'is a file, not a folder' if folder.exists() else 'there is no such folder'}")
    file = folder / RUN_FILE
    about = read_json(file, Group()) if file.exists() else {}
    if about.get("program") != PROGRAM:
        raise OutputError(f"{folder}: is not a result of {PROGRAM}: it has no {RUN_FILE} of its")
    fit(file, about, OURS)
    version = str(about["versions"][PROGRAM])
    if _numbers(version) > _numbers(__version__):
        raise OutputError(
            f"{folder}: was made by {PROGRAM} {version}, which is newer than this one, {__version__}; update {PROGRAM}"
        )
    return str(about.get("study", "")), version


def _numbers(version: str) -> tuple[int, ...]:
    """The leading whole numbers of a version: (0, 1) of 0.1.dev3."""
    parts = (re.fullmatch("[0-9]+", part) for part in version.split(".")[:3])
    return tuple(int(part[0]) for part in takewhile(bool, parts) if part)
