"""Percentiles of latency in words, of all records: lost ones take for ever, those that are left may take longer yet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulator.report.numbers import INFINITE, UNKNOWN, estimate, seconds
from simulator.report.tables import endless
from simulator.study.objectives import NEAR
from simulator.study.statistics import Interval


def percentile(least_s: float, most_s: float) -> str:
    """A percentile that is known to lie between these: 1.2 s, > 9 min, or infinite (records lost); a dash for none."""
    if math.isnan(least_s):
        return UNKNOWN
    if math.isinf(least_s):
        return INFINITE
    sure = math.isnan(most_s) or most_s <= least_s * (1 + NEAR)
    return seconds(least_s) if sure else f"> {seconds(least_s)}"


def mean_percentile(least: Interval, most: Interval) -> str:
    """The mean of a percentile over replications with its interval, told in the same way."""
    if not least.n or not math.isfinite(least.mean):
        return percentile(least.mean, most.mean)
    more = most.n and most.mean > least.mean * (1 + NEAR)
    return f"> {estimate(least, 's')}" if more else estimate(least, "s")


def of_summary(mapping: Mapping[str, Any], statistic: str) -> str:
    """A percentile of a mapping's summary by its name, such as p99."""
    if f"{statistic}_s" not in mapping["latency"]:
        return UNKNOWN
    least_s = endless(mapping["latency"][f"{statistic}_s"])
    return percentile(least_s, endless(mapping["latency_at_most"].get(f"{statistic}_s", math.nan)))


def p99_text(mapping: Mapping[str, Any]) -> str:
    """The 99th percentile of a mapping's summary."""
    return of_summary(mapping, "p99")
