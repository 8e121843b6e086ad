"""Figures of runs that never were: what a test says they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulator.study.evaluate import Evaluate
from simulator.study.figures import Figures
from simulator.study.settings import Setting

ORDINARY = {
    "latency_p50_s": 0.5, "latency_p95_s": 0.9, "latency_p99_s": 1.0, "latency_max_s": 1.2, "latency_mean_s": 0.5,
    "iterator_age_p50_s": 0.4, "iterator_age_p95_s": 0.9, "iterator_age_p99_s": 1.0, "iterator_age_max_s": 1.1,
    "recovery_s": float("nan"), "records_lost": 0.0, "records_unprocessed": 0.0,
}  # fmt: skip


def run(
    replication: int = 0,
    mapping: str = "reader",
    usd: float = 10.0,
    verdict: str = "stable",
    binding: str = "none",
    **measures: float,
) -> Figures:
    """One run of one mapping: ordinary but for the measures given."""
    return Figures(
        replication=replication,
        verdicts={mapping: verdict},
        binding={mapping: binding},
        values={mapping: {**ORDINARY, **measures}},
        whole={"usd_per_month": usd},
    )


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
