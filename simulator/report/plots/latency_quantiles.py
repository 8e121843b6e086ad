"""Quantiles of latency by mapping."""

from __future__ import annotations

from simulator.report.latencies import p99_text
from simulator.report.numbers import seconds
from simulator.report.plots.by_mapping import line_of
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.panels import shortened
from simulator.report.plots.quantile_curves import PERCENTS, SMALLEST_S, Quantiles, nines, quantile_figure
from simulator.report.tables import RunTables, endless


def latency_quantiles(tables: RunTables) -> Plot:
    """Latency by quantile, one line a mapping, the slowest first."""
    quantiles = [each for mapping in tables.mappings if (each := _quantiles(tables, mapping))]
    if not quantiles:
        return Plot(
            "latency_quantiles", "Latency: too few records were processed", "There is no quantile to draw.", None
        )
    on = quantile_figure(sorted(quantiles, key=lambda each: -each.p99_s), rest="faster")
    subtitle = "From a record's production to the end of the attempt that processed it; of one left, its age so far."
    return head(on, "latency_quantiles", _title(tables, quantiles), subtitle, [])


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
    return Quantiles(
        mapping, line_of(tables, mapping), [nines(p) for p in known], values, greatest, endless(latency["p99_s"])
    )


def _title(tables: RunTables, quantiles: list[Quantiles]) -> str:
    best, worst = min(quantiles, key=lambda q: q.p99_s), max(quantiles, key=lambda q: q.p99_s)
    p99 = p99_text(tables.summary["event_source_mappings"][worst.name])
    if best is worst:
        return f"Latency: half of the records within {seconds(worst.values_s[0])}, 99% within {p99}"
    names = shortened([each.name for each in quantiles], 18)
    return f"Latency: 99% of records within {seconds(best.p99_s)} ({names[best.name]}) to {p99} ({names[worst.name]})"
