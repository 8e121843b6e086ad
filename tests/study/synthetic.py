"""Figures of runs that never were: what a test says they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from simulator.measures.histogram import Histogram
from simulator.study.evaluate import Evaluate
from simulator.study.figures import Figures
from simulator.study.objectives import at_most
from simulator.study.settings import Setting
from simulator.study.tallies import AGES, Tallies, Tally
from simulator.traffic.nanoseconds import NS

ORDINARY = {
    "latency_p50_s": 0.5, "latency_p95_s": 0.9, "latency_p99_s": 1.0, "latency_max_s": 1.2, "latency_mean_s": 0.5,
    "iterator_age_p50_s": 0.4, "iterator_age_p95_s": 0.9, "iterator_age_p99_s": 1.0, "iterator_age_max_s": 1.1,
    "recovery_s": float("nan"), "records_lost": 0.0, "records_unprocessed": 0.0,
}  # fmt: skip


EMPTY = Tally.of(Histogram())
NONE = Tallies(EMPTY, EMPTY, 0, dict.fromkeys(AGES, EMPTY))  # nothing was measured


def run(
    replication: int = 0,
    mapping: str = "reader",
    usd: float = 10.0,
    verdict: str = "stable",
    binding: str = "none",
    **measures: float,
) -> Figures:
    """One run of one mapping: ordinary but for the measures given."""
    known = {**ORDINARY, **{name: value for name, value in measures.items() if "most" not in name}}
    return Figures(
        replication=replication,
        verdicts={mapping: verdict},
        binding={mapping: binding},
        values={mapping: {**{at_most(name): value for name, value in known.items()}, **known, **measures}},
        whole={"usd_per_month": usd},
        tallies={mapping: tallies({**ORDINARY, **measures})},
    )


def tallies(measures: Mapping[str, float]) -> Tallies:
    """Of 1,000 values each, that have the quantiles and the maximum of some measures."""
    left = math.isinf(measures.get("latency_p99_most_s", 0.0))
    ages = measured(measures, "iterator_age")
    return Tallies(
        latency=Tally.of(measured(measures, "latency", less=100 * left)),
        left=Tally.of(measured(measures, "latency", most=100 * left)),
        lost=100 if math.isinf(measures["latency_p99_s"]) else 0,
        ages={"iterator_age": Tally.of(ages), "iterator_age_at_send": Tally.of(ages)},
    )


def measured(measures: Mapping[str, float], name: str, less: int = 0, most: int = 1000) -> Histogram:
    """Values with the quantiles of a measure: without so many of those below the median, or no more than so many."""
    histogram, p99_s = Histogram(), measures[f"{name}_p99_s"]
    for statistic, n in (("p50", 500 - less), ("p95", 450), ("p99", 49), ("max", 1)):
        value_s, n = measures[f"{name}_{statistic}_s"], min(n, most)
        if math.isfinite(p99_s) and math.isfinite(value_s):
            histogram.add(np.full(n, round((value_s if statistic == "max" else min(value_s, p99_s)) * NS)))
        most -= n
    return histogram


def evaluator(of: Callable[[Setting, int], Figures]) -> tuple[Evaluate, list[tuple[Setting, int]]]:
    """An `evaluate` that gets each run from a function, once; and the list of all runs that were asked for."""
    asked: list[tuple[Setting, int]] = []
    known: dict[tuple[Setting, int], Figures] = {}

    def evaluate(settings: Sequence[Setting], n: int) -> dict[Setting, list[Figures]]:
        for setting in settings:
            for i in range(n):
                if (setting, i) not in known:
                    known[setting, i] = of(setting, i)
                    asked.append((setting, i))
        return {setting: [known[setting, i] for i in range(n)] for setting in settings}

    return evaluate, asked


def setting(**values: object) -> Setting:
    """A setting of made-up paths."""
    return Setting(tuple((name, str(value)) for name, value in values.items()))


def value(of: Setting, name: str) -> float:
    """A setting's value of a made-up path."""
    values: Mapping[str, str] = dict(of.overrides)
    return float(values[name])
