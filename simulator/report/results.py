"""A folder that a command has left, read back: from these files alone the page is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from simulator import __version__
from simulator.report.csvfiles import read_csv
from simulator.report.folder import PROGRAM, RUN_FILE, OutputError
from simulator.report.tables import RunTables

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS: Final = "replications.csv"
SCENARIO: Final = "scenario.yaml"
STUDY: Final = "study.json"


@dataclass(frozen=True)
class RunResult:
    """A run, or several replications of it: the tables are those of the first."""

    folder: Path
    tables: RunTables
    version: str  # of the program that simulated it
    scenario_text: str  # the resolved scenario as YAML
    replications: pd.DataFrame | None  # one row a replication, mapping and measure

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.tables.summary["scenario"])

    @classmethod
    def read(cls, folder: Path, about: dict[str, Any]) -> RunResult:
        """Read the folder of a run. Raises OutputError if it is not whole."""
        with _told(folder):
            file = folder / REPLICATIONS
            return cls(
                folder,
                RunTables.read(folder),
                str(about["versions"][PROGRAM]),
                (folder / SCENARIO).read_text(encoding="utf-8"),
                read_csv(file) if file.exists() else None,
            )


@dataclass(frozen=True)
class StudyResult:
    """A comparison, a size search, an advice or a load sweep: its summary, and its tables when they are asked for."""

    folder: Path
    kind: str  # compare, size, advise or sweep-load
    study: dict[str, Any]
    version: str
    scenario_text: str  # the resolved scenario as YAML
    resolved: dict[str, Any]  # the same as plain data

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.resolved["name"])

    @classmethod
    def read(cls, folder: Path, about: dict[str, Any]) -> StudyResult:
        """Read the folder of a study. Raises OutputError if it is not whole."""
        with _told(folder):
            study = json.loads((folder / STUDY).read_text(encoding="utf-8"))
            text = (folder / SCENARIO).read_text(encoding="utf-8")
            resolved = YAML(typ="safe", pure=True).load(text)
            return cls(folder, str(about["study"]), study, str(about["versions"][PROGRAM]), text, resolved)

    def table(self, name: str) -> pd.DataFrame:
        """One of its tables by the file's name without .csv. Raises OutputError if it is not there."""
        with _told(self.folder):
            return read_csv(self.folder / f"{name}.csv")


Result = RunResult | StudyResult


def read_result(folder: Path) -> Result:
    """Read the folder of any result. Raises OutputError if it is none, is not whole, or is of a newer version."""
    about = read_about(folder)
    return StudyResult.read(folder, about) if about.get("study") else RunResult.read(folder, about)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What is amiss with a folder as one line."""
    try:
        yield
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise OutputError(f"{folder}: has no {missing}, so it is not a whole result; make it again") from error
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, YAMLError) as error:
        raise OutputError(f"{folder}: is damaged: {error}; make it again") from error


def read_about(folder: Path) -> dict[str, Any]:
    """The run.json of a folder. Raises OutputError if it has none, or one that this version cannot know."""
    if not folder.is_dir():
        raise OutputError(f"{folder}: {'is a file, not a folder' if folder.exists() else 'there is no such folder'}")
    try:
        about = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        made_by = about["program"] if isinstance(about, dict) else ""
        version = str(about["versions"][PROGRAM]) if made_by == PROGRAM else ""
    except (OSError, ValueError, KeyError, TypeError):
        made_by, version = "", ""
    if not version:
        raise OutputError(f"{folder}: is not a result of {PROGRAM}: it has no {RUN_FILE} of its")
    if _numbers(version) > _numbers(__version__):
        raise OutputError(
            f"{folder}: was made by {PROGRAM} {version}, which is newer than this one, {__version__}; update {PROGRAM}"
        )
    about_folder: dict[str, Any] = about
    return about_folder


def _numbers(version: str) -> tuple[int, ...]:
    """The leading whole numbers of a version: (0, 1) of 0.1.dev3."""
    numbers: list[int] = []
    for part in version.split(".")[:3]:
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
