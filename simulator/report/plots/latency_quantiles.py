"""Quantiles of latency by mapping."""

from __future__ import annotations

from simulator.report.numbers import seconds
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.panels import short
from simulator.report.plots.quantile_curves import PERCENTS, SMALLEST_S, Quantiles, nines, quantile_figure
from simulator.report.tables import RunTables


def latency_quantiles(tables: RunTables) -> Plot:
    """Latency by quantile, one line a mapping, the slowest first."""
    quantiles = [each for mapping in tables.mappings if (each := _quantiles(tables, mapping))]
    on = quantile_figure(sorted(quantiles, key=lambda each: -each.p99_s), rest="faster")
    subtitle = (
        "Latency of a record from its production to the end of the attempt that processed it, both axes logarithmic."
    )
    return head(on, "latency_quantiles", _title(quantiles), subtitle, [])


def _quantiles(tables: RunTables, mapping: str) -> Quantiles | None:
    latency = tables.summary["event_source_mappings"][mapping]["latency"]
    if not latency["n"]:
        return None
    told = [p for p in PERCENTS if p == 50 or latency["n"] * (1 - p / 100) >= 1]
    values = [max(SMALLEST_S, latency[f"p{p:g}_s"]) for p in told]
    return Quantiles(mapping, [nines(p) for p in told], values, max(SMALLEST_S, latency["max_s"]), latency["p99_s"])


def _title(quantiles: list[Quantiles]) -> str:
    if not quantiles:
        return "Latency: no record was processed"
    best, worst = min(quantiles, key=lambda q: q.p99_s), max(quantiles, key=lambda q: q.p99_s)
    if best is worst:
        return f"Latency: half of the records within {seconds(worst.values_s[0])}, 99% within {seconds(worst.p99_s)}"
    return (
        f"Latency: 99% of records within {seconds(best.p99_s)} ({short(best.name, 18)}) to "
        f"{seconds(worst.p99_s)} ({short(worst.name, 18)})"
    )
