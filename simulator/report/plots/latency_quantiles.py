"""Quantiles of latency by mapping."""

from __future__ import annotations

from simulator.report.numbers import seconds
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.panels import short
from simulator.report.plots.quantile_curves import PERCENTS, SMALLEST_S, Quantiles, nines, quantile_figure
from simulator.report.tables import RunTables, endless


def latency_quantiles(tables: RunTables) -> Plot:
    """Latency by quantile, one line a mapping, the slowest first."""
    quantiles = [each for mapping in tables.mappings if (each := _quantiles(tables, mapping))]
    on = quantile_figure(sorted(quantiles, key=lambda each: -each.p99_s), rest="faster")
    subtitle = "From a record's production to the end of the attempt that processed it; of one left, its age so far."
    return head(on, "latency_quantiles", _title(quantiles), subtitle, [])


def _quantiles(tables: RunTables, mapping: str) -> Quantiles | None:
    latency = tables.summary["event_source_mappings"][mapping]["latency"]
    if not latency["n"]:
        return None
    told = [p for p in PERCENTS if p == 50 or latency["n"] * (1 - p / 100) >= 1]
    known = [p for p in told if latency[f"p{p:g}_s"] is not None]  # of records that were lost there is none
    if not known:
        return None
    values = [max(SMALLEST_S, latency[f"p{p:g}_s"]) for p in known]
    greatest = values[-1] if latency["max_s"] is None else max(SMALLEST_S, latency["max_s"])
    return Quantiles(mapping, [nines(p) for p in known], values, greatest, endless(latency["p99_s"]))


def _title(quantiles: list[Quantiles]) -> str:
    if not quantiles:
        return "Latency: too few records were processed"
    best, worst = min(quantiles, key=lambda q: q.p99_s), max(quantiles, key=lambda q: q.p99_s)
    if best is worst:
        return f"Latency: half of the records within {seconds(worst.values_s[0])}, 99% within {seconds(worst.p99_s)}"
    return (
        f"Latency: 99% of records within {seconds(best.p99_s)} ({short(best.name, 18)}) to "
        f"{seconds(worst.p99_s)} ({short(worst.name, 18)})"
    )
