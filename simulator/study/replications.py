"""Replications of a scenario: means with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.measures.result import MappingResult, Result

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean over replications with Student's interval; half_width is NaN for a single one."""

    mean: float
    half_width: float
    n: int

    @property
    def low(self) -> float:
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        return self.mean + self.half_width


def interval(values: Sequence[float]) -> Interval:
    """Mean and 95 % interval of independent values; those that are NaN (nothing was measured) are left out."""
    known = np.array([v for v in values if not np.isnan(v)])
    n = len(known)
    if n < 2:
        return Interval(float(known[0]) if n else np.nan, np.nan, n)
    from scipy.special import stdtrit  # a tenth of a second to import

    half_width = stdtrit(n - 1, (1 + CONFIDENCE) / 2) * known.std(ddof=1) / np.sqrt(n)
    return Interval(float(known.mean()), float(half_width), n)


@dataclass(frozen=True)
class Replication:
    """The figures of one finished run that are compared over replications; it holds nothing else of the run."""

    number: int
    verdicts: dict[str, str]  # by mapping
    values: dict[str, dict[str, float]]  # by mapping and measure


def replication(result: Result) -> Replication:
    """Draw the figures from a result."""
    return Replication(
        result.replication,
        {mapping.name: mapping.verdict.state for mapping in result.mappings},
        {mapping.name: dict(_measures(mapping)) for mapping in result.mappings},
    )


def _measures(mapping: MappingResult) -> Iterator[tuple[str, float]]:
    """The measures of a mapping, with their units in their names."""
    mine = mapping.measures
    for name, histogram in (("latency", mine.latency), ("iterator_age", mine.age)):
        for statistic, percent in (("p50", 50.0), ("p99", 99.0), ("max", 100.0)):
            yield f"{name}_{statistic}_s", histogram.percentile_s(percent)
    yield "latency_mean_s", mine.latency.mean_s
    for count in ("attempts", "errors", "throttles"):
        yield count, float(mine.counts[count])
    yield "records_lost", float(mapping.ends.lost)
    yield "records_unprocessed", float(mapping.ends.unprocessed)


def tidy(replications: Sequence[Replication]) -> pd.DataFrame:
    """One row a replication, mapping and measure."""
    import pandas as pd

    rows = [
        (each.number, mapping, each.verdicts[mapping], measure, value)
        for each in replications
        for mapping, values in each.values.items()
        for measure, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["replication", "mapping", "verdict", "measure", "value"])


def intervals(replications: Sequence[Replication]) -> dict[str, dict[str, Interval]]:
    """By mapping and measure."""
    first = replications[0].values
    return {
        mapping: {m: interval([each.values[mapping][m] for each in replications]) for m in measures}
        for mapping, measures in first.items()
    }
