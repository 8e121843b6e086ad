"""The files of a study: what its page asks of each of them, and where they must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.measures.parts import PARTS
from simulator.measures.verdict import STATES
from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.shapes import Group, ListOf, Number, OrNull, Shape, Text, Whole, Word, shown
from simulator.reading.tables import Columns, read_table
from simulator.report.numbers import unit_of
from simulator.report.page.words import LIMITS
from simulator.report.resolved import Resolved, read_resolved
from simulator.study import advice
from simulator.study.objectives import COST, KEEPS_UP, MEASURES, ORDER

if TYPE_CHECKING:
    import pandas as pd

STUDY: Final = "study.json"
NUMBER: Final = Number()
COUNT: Final = Whole()
RUNS: Final = Whole(1)
UNKNOWN: Final = Number(unknown=True)
TEXTS: Final = ListOf(Text())
SEEN: Final = Group({"mean": OrNull(NUMBER), "half_width": OrNull(NUMBER), "n": COUNT})
ASSESSMENT: Final = Group(
    {
        "objective": Word(*MEASURES, KEEPS_UP),
        "mapping": Text(),
        "bound": NUMBER,
        "seen": SEEN,
        "above": COUNT,
        "state": Word(*ORDER),
    }
)
OVERRIDES: Final = Group(others=Text())
TRIAL: Final = Group(
    {
        "overrides": OVERRIDES,
        "usd_per_month": OrNull(NUMBER),
        "worst": OrNull(ASSESSMENT),
        "measures": Group(others=Group(others=SEEN)),
    }
)
EFFECT: Final = Group({**dict.fromkeys(("today", "then", "relative"), OrNull(NUMBER)), "word": Word(*advice.WORDS)})


def _means(*measures: str) -> dict[str, Number]:
    """The columns of measures: a mean, and the ends of its interval. Only a time can be endless."""
    ends = {f"{measure}_{end}": UNKNOWN for measure in measures for end in ("low", "high")}
    return {**{each: Number(unknown=True, endless=unit_of(each) == "s") for each in measures}, **ends}


SETTING: Final = {"mapping": Text(), "replications": RUNS, "verdict": Word(*STATES), "binding_limit": Text()}
SHOWN: Final = _means(
    "iterator_age_p99_s", "iterator_age_max_s", "latency_p99_s", "drain_s", "records_lost", "throttles", "errors"
)  # fmt: skip
KNOWN: Final = _means(COST, *(f"use_{limit.replace(' ', '_')}" for limit in LIMITS))
TRIED: Final = {
    "replications": RUNS,
    "usd_per_month": UNKNOWN,
    "state": Word(*ORDER),
    "tightest_objective": Text(),
    "bound": UNKNOWN,
    "mean": Number(unknown=True, endless=True),
    "half_width_95": UNKNOWN,
}


@dataclass(frozen=True)
class Kind:
    """A kind of study: what study.json holds, and the tables that its page is made of, by name without .csv."""

    study: Shape
    tables: dict[str, Columns]


KINDS: Final = {
    "compare": Kind(
        Group(
            {
                "replications": COUNT,
                "stopped": Text(),
                "warmup": Text(),
                "baseline": OVERRIDES,
                "settings": ListOf(Group({"overrides": OVERRIDES, "objectives": ListOf(ASSESSMENT)})),
                "failures": ListOf(Group({"setting": Text(), "replication": COUNT, "why": Text()})),
            }
        ),
        {
            "comparison": Columns({**SETTING, **SHOWN}, KNOWN, before="mapping"),
            "differences": Columns(
                {
                    "mapping": Text(),
                    "measure": Text(1),
                    "difference": Number(unknown=True, endless=True),
                    "low": UNKNOWN,
                    "high": UNKNOWN,
                    "word": Word("better", "worse", "same", "cannot tell"),
                },
                before="mapping",
            ),
        },
    ),
    "size": Kind(
        Group(
            {
                "objectives_state": Word(*ORDER),
                "answer": OrNull(TRIAL),
                "one_step_cheaper": OrNull(TRIAL),
                "objectives": ListOf(ASSESSMENT),
                "settings": COUNT,
                "settings_tried": COUNT,
                "replications_at_most": COUNT,
                "searched": ListOf(Group({"paths": TEXTS, "values": TEXTS})),
                "says": TEXTS,
            }
        ),
        {
            "search": Columns(TRIED, before="replications"),
            "headroom": Columns({"load": NUMBER, **TRIED}),
            "estimate": Columns(
                {
                    "mapping": Text(),
                    "limit": Text(),
                    "shards_at_mean": UNKNOWN,
                    "shards_at_peak": UNKNOWN,
                    "hottest_use_at_mean": Number(unknown=True, endless=True),
                    "why": Text(),
                }
            ),
        },
    ),
    "advise": Kind(
        Group(
            {
                "mapping": Text(1),
                "replications": COUNT,
                "verdict": Word(*STATES),
                "binding_limit": Text(),
                "latency_parts_mean_s": Group(dict.fromkeys(PARTS, OrNull(NUMBER)), others=OrNull(NUMBER)),
                "ranked_by": Word(advice.RECOVERY, advice.LATENCY),
                "says": TEXTS,
                "changes": ListOf(
                    Group(
                        {
                            **dict.fromkeys(("knob", "before", "after"), Text()),
                            "overrides": OVERRIDES,
                            "verdict": Word(*STATES),
                            "effects": Group(dict.fromkeys(advice.MEASURES, EFFECT)),
                        }
                    )
                ),
            }
        ),
        {},
    ),
    "sweep-load": Kind(
        Group(
            {
                "says": Text(),
                "loads": ListOf(NUMBER, least=1),
                "knee": OrNull(Group({"holds": NUMBER, "breaks": NUMBER, "why": Text()})),
            }
        ),
        {"loads": Columns({"load": NUMBER, **SETTING, **SHOWN}, KNOWN)},
    ),
}


@dataclass(frozen=True)
class StudyFiles:
    """What the files of a study say, checked."""

    study: dict[str, Any]
    scenario: Resolved
    tables: dict[str, pd.DataFrame]

    @classmethod
    def read(cls, folder: Path, kind: str) -> StudyFiles:
        """Read the folder of a study of a kind of KINDS. Raises UnreadableError if a file is not as it should be."""
        files = cls(
            read_json(folder / STUDY, KINDS[kind].study),
            read_resolved(folder / "scenario.yaml"),
            {name: read_table(folder / f"{name}.csv", columns) for name, columns in KINDS[kind].tables.items()},
        )
        for path, value in files._overrides():
            why = files.scenario.unfit(path, value)
            if why:
                raise UnreadableError(folder / STUDY, f"overrides: {shown(path)}: {why}")
        for name, why in files._contradictions():
            raise UnreadableError(folder / name, why)
        return files

    def _overrides(self) -> Iterable[tuple[str, str]]:
        """The values that settings have in place of the scenario's, each once."""
        study = self.study
        settings = [*study.get("settings", ())] if isinstance(study.get("settings"), list) else []
        settings += [*study.get("changes", ()), study.get("answer"), study.get("one_step_cheaper")]
        return dict.fromkeys(pair for each in settings if each for pair in each["overrides"].items())

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        """A file, and what it says otherwise than study.json."""
        if "comparison" in self.tables:
            settings = self.study["settings"]
            found = rows_by_setting(self.tables["comparison"])
            if len(found) != len(settings):
                yield "comparison.csv", f"has {len(found):,} settings, and {STUDY} has {len(settings):,}"
            found = rows_by_setting(self.tables["differences"])
            if settings and len(found) != len(settings) - 1:
                yield "differences.csv", f"has {len(found):,} settings, and {STUDY} has {len(settings):,}"
            if settings and self.study["baseline"] not in [each["overrides"] for each in settings]:
                yield STUDY, "its baseline is none of its settings"
        for name in ("search", "loads"):
            if name in self.tables and self.tables[name].empty:
                yield f"{name}.csv", "holds no row"


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
