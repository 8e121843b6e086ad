"""Whether latency drifts: whether its 99th percentile goes one way while the traffic lasts, from eighth to eighth.

In a steady state the percentiles of the eighths, each a mean over the runs, are eight values like any others, and how
they go with time is a correlation by chance, for which Student's test allows. One burst or outage in some eighth, or a
daily curve, is no drift; a transient of the start that is over in an eighth belongs to the warm-up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.study.figures import Figures
from simulator.study.statistics import student

CONFIDENCE: Final = 0.99
LEAST: Final = 0.1  # of the greater half's percentile: what they differ by less is of no account


def drift(runs: Sequence[Figures], mapping: str) -> str:
    """How the 99th percentile of a mapping's latency drifts, as a sentence; nothing if it does not."""
    courses = [run.tallies[mapping].course for run in runs]
    eighths = np.mean([each.eighths_s for each in courses], axis=0)
    first, second = np.mean([each.halves_s for each in courses], axis=0).tolist()
    if not np.isfinite(eighths).all() or abs(second - first) <= LEAST * max(first, second) or not _goes(eighths):
        return ""
    told = f"{first:.3g} s in the first half of the traffic, and {second:.3g} s in the second"
    return f"the 99th percentile of latency drifts: {told}; a longer run would have another one"


def _goes(values: NDArray[np.float64]) -> bool:
    """Whether values that are not all equal go up, or down, with time."""
    freedom = len(values) - 2
    t = student(freedom + 1, CONFIDENCE)
    with_time = float(np.corrcoef(np.arange(len(values)), values)[0, 1])
    return abs(with_time) > t / math.sqrt(freedom + t * t)
