"""The files of a study, read and checked by themselves and against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.scalars import shown
from simulator.reading.tables import read_table
from simulator.report.resolved import Resolved, read_resolved
from simulator.report.study_shapes import KINDS

if TYPE_CHECKING:
    import pandas as pd

STUDY: Final = "study.json"


@dataclass(frozen=True)
class StudyFiles:
    """What the files of a study say, checked."""

    study: dict[str, Any]
    scenario: Resolved
    tables: dict[str, pd.DataFrame]

    @classmethod
    def read(cls, folder: Path, kind: str) -> StudyFiles:
        """Read the folder of a study of a kind of KINDS. Raises UnreadableError if a file is not as it should be."""
        asked = KINDS[kind]
        files = cls(
            read_json(folder / STUDY, asked.study),
            read_resolved(folder / "scenario.yaml"),
            {name: read_table(folder / f"{name}.csv", columns) for name, columns in asked.tables.items()},
        )
        for name, why in files._contradictions(asked.settings(files.study)):
            raise UnreadableError(folder / name, why)
        return files

    def _contradictions(self, settings: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
        """A file, and what it says otherwise than the others. What comes later takes for granted what was before."""
        for path, value in dict.fromkeys(pair for each in settings for pair in each["overrides"].items()):
            if why := self.scenario.unfit(path, value):
                yield STUDY, f"overrides: {shown(path)}: {why}"
        for name in ("search", "loads"):
            if name in self.tables and self.tables[name].empty:
                yield f"{name}.csv", "holds no row"
        if "comparison" in self.tables:
            yield from ((STUDY, f"its {name} is none of its settings") for name in self._strangers(settings))
            for name, n in (("comparison", len(settings)), ("differences", max(0, len(settings) - 1))):
                found = len(rows_by_setting(self.tables[name]))
                if found != n:
                    yield f"{name}.csv", f"has {found:,} settings; by {STUDY} they are {n:,}"

    def _strangers(self, settings: Sequence[dict[str, Any]]) -> Iterator[str]:
        """Settings of a comparison that stand out, and are none of those that it tells of."""
        known = [each["overrides"] for each in settings]
        named = ("baseline", "chosen", *(("one_step_cheaper",) if self.study["one_step_cheaper"] is not None else ()))
        if known:
            yield from (name.replace("_", " ") for name in named if self.study[name] not in known)


def rows_by_setting(table: pd.DataFrame) -> list[list[dict[Any, Any]]]:
    """The rows of each setting, in order. Its columns change with the next, or a row comes again."""
    names = list(table.columns)[: list(table.columns).index("mapping")]
    found: list[list[dict[Any, Any]]] = []
    before: Sequence[Any] = ()
    had: set[tuple[str, str]] = set()
    for row in table.to_dict("records"):
        setting, row_of = [row[name] for name in names], (str(row["mapping"]), str(row.get("measure", "")))
        if not found or setting != before or row_of in had:
            found.append([])
            before, had = setting, set()
        found[-1].append(row)
        had.add(row_of)
    return found
