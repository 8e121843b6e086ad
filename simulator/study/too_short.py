"""Whether runs are too short, or on their way, for the 99th percentile that is told of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.study.drift import drift
from simulator.study.exceeding import batches_needed
from simulator.study.figures import Figures, batches_of, seen, values_of
from simulator.study.quantiles import percent_of
from simulator.study.statistics import CONFIDENCE, QUANTILE_ERROR, interval

MEASURES: Final = ("latency_p99_s", "iterator_age_p99_s")
ENOUGH: Final = 5  # runs, for their own quantiles to say something


def too_short(runs: Sequence[Figures], mapping: str) -> str:
    """Why the 99th percentiles of a mapping are not to be relied upon, as a sentence; nothing if they are.

    There are fewer batches than it takes to see one in a hundred; or the quantile of all runs together lies outside
    of the interval of the mean of the runs' own quantiles, which long runs would share; or latency drifts.
    """
    batches, needed = batches_of(runs, mapping), batches_needed(0.01, CONFIDENCE)
    if 0 < batches < needed:
        times = needed / batches
        more = f"about {times:.2g} times the duration, or -n {math.ceil(times * len(runs))}"
        return f"{batches:,} batches are too few for a 99th percentile, which takes {needed}: {more}"
    for measure in MEASURES if len(runs) >= ENOUGH else ():
        own, all_ = interval(values_of(runs, mapping, measure)), seen(runs, mapping, measure)
        if abs(all_.mean - own.mean) > own.half_width + QUANTILE_ERROR * all_.mean:
            what = measure.removesuffix("_s").replace("_", " ")
            told = f"{all_.mean:.3g} s for all runs together, and {own.mean:.3g} s as the mean of the runs' own"
            return f"the runs are too short for a {percent_of(measure):g}th percentile: {what} is {told}"
    return drift(runs, mapping)


def beware(runs: Sequence[Figures]) -> str:
    """What to say of the first mapping of which the runs are too short; nothing without one."""
    found = ((mapping, too_short(runs, mapping)) for mapping in (runs[0].tallies if runs else ()))
    return next((f"beware of percentiles of {mapping}: {text}" for mapping, text in found if text), "")
