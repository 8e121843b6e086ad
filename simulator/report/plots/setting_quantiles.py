"""Quantiles of latency by setting."""

from __future__ import annotations

from typing import Final

from simulator.report.numbers import seconds
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.choice import Choice
from simulator.report.plots.palette import LINES, Line
from simulator.report.plots.panels import short
from simulator.report.plots.quantile_curves import PERCENTS, SMALLEST_S, Quantiles, nines, quantile_figure
from simulator.study.quantiles import added
from simulator.study.settings import Setting

MOST_LETTERS: Final = 24  # of a setting in the title


def setting_quantiles(choice: Choice) -> Plot:
    """Latency by quantile, one line a setting: of all replications together."""
    some = choice.some()
    quantiles = [
        each for setting, line in zip(some, LINES, strict=False) if (each := _quantiles(choice, setting, line))
    ]
    if not quantiles:
        return Plot("setting_quantiles", "Latency: no record was processed", "There is no quantile to draw.", None)
    remarks = choice.which_mapping("99% quantile") + choice.how_many(some) + choice.how_named
    subtitle = (
        "Latency of a record from its production to the end of the attempt that processed it, both axes logarithmic; "
        f"all replications together.{remarks}"
    )
    return head(quantile_figure(quantiles, rest="others"), "setting_quantiles", _title(quantiles), subtitle, [])


def _quantiles(choice: Choice, setting: Setting, line: Line) -> Quantiles | None:
    mapping = choice.worst_mapping(setting, "latency_p99_s")
    latency = added([run.tallies[mapping].latency.histogram() for run in choice.runs[setting]])
    if not latency.n:
        return None
    told = [p for p in PERCENTS if p == 50 or latency.n * (1 - p / 100) >= 1]
    values = [max(SMALLEST_S, latency.percentile_s(p)) for p in told]
    return Quantiles(
        choice.names[setting], line, [nines(p) for p in told], values, max(SMALLEST_S, latency.greatest_s),
        latency.percentile_s(99.0),
    )  # fmt: skip


def _title(quantiles: list[Quantiles]) -> str:
    best, worst = min(quantiles, key=lambda q: q.p99_s), max(quantiles, key=lambda q: q.p99_s)
    if best is worst:
        return f"Latency: half of the records within {seconds(best.values_s[0])}, 99% within {seconds(best.p99_s)}"
    return (
        f"Latency: 99% of records within {seconds(best.p99_s)} ({short(best.name, MOST_LETTERS)}) to "
        f"{seconds(worst.p99_s)} ({short(worst.name, MOST_LETTERS)})"
    )
