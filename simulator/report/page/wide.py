"""Wide tables of studies: one row a setting, or a load, and mapping; each measure a mean between two ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from simulator.measures.verdict import KEEP_UP, STATES
from simulator.report.latencies import mean_percentile
from simulator.report.numbers import UNKNOWN, estimate, unit_of
from simulator.report.vocabulary import GROWING, LIMITS
from simulator.study.objectives import COST, Assessment, State, worst
from simulator.study.statistics import Interval

NAN = float("nan")
Cells = Mapping[Any, Any]  # a row by its columns


@dataclass(frozen=True)
class Option:
    """What is known of one setting, or load: in words, by mapping, and against the objectives."""

    label: str
    rows: dict[str, Cells]  # by mapping
    assessments: tuple[Assessment, ...] = ()

    def measure(self, mapping: str, name: str) -> Interval:
        """A measure with its interval; of what the table does not have NaN."""
        return interval_of(self.rows[mapping], name)

    @property
    def cost(self) -> Interval:
        """USD a month: of the scenario as a whole, so it is the same in all rows."""
        return self.measure(next(iter(self.rows)), COST) if self.rows else Interval(NAN, NAN, 0)

    @property
    def state(self) -> State:
        """Whether it meets the objectives; without any: whether it keeps up."""
        if self.assessments:
            return worst(each.state for each in self.assessments)
        return "met" if self.verdict in KEEP_UP else "missed"

    @property
    def verdict(self) -> str:
        """The worst of its mappings."""
        return max((str(row["verdict"]) for row in self.rows.values()), key=STATES.index, default="stable")

    @property
    def furthest(self) -> str:
        """The mapping with the highest p99 iterator age."""
        ages = {mapping: self.measure(mapping, "iterator_age_p99_s").mean for mapping in self.rows}
        return max(ages, key=lambda mapping: -1.0 if ages[mapping] != ages[mapping] else ages[mapping], default="")

    @property
    def most_used(self) -> tuple[str, Interval]:
        """The limit to which most is offered, by the shard or lane most used, and how much."""
        return self._most_of(tuple(LIMITS))

    @property
    def most_growing(self) -> tuple[str, float]:
        """The same of the limits that are used the more the more traffic there is; 0 where nothing is known."""
        limit, use = self._most_of(GROWING)
        return limit, use.mean if use.n else 0.0

    def _most_of(self, limits: Sequence[str]) -> tuple[str, Interval]:
        found = [(self.measure(mapping, f"offered_{limit}"), limit) for mapping in self.rows for limit in limits]
        known = [(limit, use) for use, limit in found if use.n]
        return max(known, key=lambda each: each[1].mean, default=("", Interval(NAN, NAN, 0)))


def interval_of(row: Cells, measure: str) -> Interval:
    """A measure of a row with its interval."""
    mean = float(row.get(measure, NAN))
    return Interval(
        mean, float(row.get(f"{measure}_high", NAN)) - mean, int(row["replications"]) if mean == mean else 0
    )


def told_measures(rows: Sequence[Cells], measures: Sequence[str]) -> tuple[list[str], str]:
    """The measures that are worth a column, and a word on throttles and errors where there are none."""
    none = [name for name in ("throttles", "errors") if name in measures and not any(row[name] for row in rows)]
    return [name for name in measures if name not in none], "".join(f"; no {name}" for name in none)


def cell(row: Cells, measure: str) -> str:
    """A measure of a row as text."""
    value = interval_of(row, measure)
    if measure.startswith("latency"):
        return mean_percentile(value, interval_of(row, measure.replace("_s", "_most_s")))
    return estimate(value, unit_of(measure)) if value.n else UNKNOWN


def assessments_of(found: list[dict[str, Any]]) -> tuple[Assessment, ...]:
    """The assessments of study.json, where what is not a number is null."""
    return tuple(map(assessment_of, found))


def assessment_of(each: dict[str, Any]) -> Assessment:
    """One of them."""
    known = {field.name: each[field.name] for field in fields(Assessment)}
    return Assessment(**{**known, "seen": interval_in_json(**each["seen"])})


def interval_in_json(mean: float | None, half_width: float | None, n: int) -> Interval:
    """An interval as JSON has it: null for what is infinite, or of nothing."""
    unknown = float("inf") if n else NAN
    return Interval(unknown if mean is None else mean, NAN if half_width is None else half_width, n)
