"""The numbers of all repetitions, and what is said of them: medians, spreads, a fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np

Numbers = dict[str, float]


@dataclass
class Results:
    """By group and name, the numbers of each repetition."""

    samples: dict[str, dict[str, list[Numbers]]] = field(default_factory=dict)

    def add(self, group: str, name: str, numbers: Numbers) -> None:
        """Take the numbers of one repetition."""
        self.samples.setdefault(group, {}).setdefault(name, []).append(numbers)

    def names(self, group: str) -> list[str]:
        """What was measured of a group."""
        return list(self.samples.get(group, {}))

    def values(self, group: str, name: str, key: str) -> list[float]:
        """A number in each repetition."""
        return [each[key] for each in self.samples[group][name]]

    def median(self, group: str, name: str, key: str) -> float:
        """The median over the repetitions."""
        return median(self.values(group, name, key))

    def range(self, group: str, name: str, key: str) -> tuple[float, float]:
        """The least and the greatest of the repetitions."""
        values = self.values(group, name, key)
        return min(values), max(values)

    def quotient(self, group: str, name: str, other: tuple[str, str], key: str) -> float:
        """The median of a number divided, within each repetition, by the same of something else."""
        pairs = zip(self.values(group, name, key), self.values(*other, key), strict=True)
        return median(mine / theirs for mine, theirs in pairs)

    def ratios(self) -> dict[str, float]:
        """What is committed: by "group: name", the medians of the ratios to the floors."""
        return {
            f"{group}: {name}": round(self.median(group, name, "ratio"), 3)
            for group, names in self.samples.items()
            for name, numbers in names.items()
            if "ratio" in numbers[0]
        }


@dataclass(frozen=True)
class Fit:
    """Seconds = attempts * attempt_s + records * record_s, and by which part the worst point is off."""

    attempt_s: float
    record_s: float
    worst: float
    points: int


def fit(runs: Iterable[Mapping[str, float]]) -> Fit:
    """Least squares of the relative errors over runs with `attempts`, `records` and `seconds`."""
    table = np.array([(run["attempts"], run["records"], run["seconds"]) for run in runs])
    scaled = table[:, :2] / table[:, 2:]
    costs = np.linalg.lstsq(scaled, np.ones(len(table)), rcond=None)[0]
    worst = np.abs(scaled @ costs - 1).max()
    return Fit(float(costs[0]), float(costs[1]), float(worst), len(table))


def regressions(now: Mapping[str, float], committed: Mapping[str, float], allowed: float = 0.2) -> list[str]:
    """A line for each ratio that is worse than the committed one by more than what is allowed, or has none."""
    lines = []
    for name, ratio in now.items():
        before = committed.get(name)
        if before is None:
            lines.append(f"{name}: no committed figure; `make bench` makes it")
        elif ratio > before * (1 + allowed):
            lines.append(
                f"{name}: {ratio:.2f} times its floor, {ratio / before - 1:.0%} more than the committed {before:.2f}"
            )
    return lines
