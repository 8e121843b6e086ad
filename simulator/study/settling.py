"""`warmup: auto`: when a scenario has settled, found once and then the same for all settings of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.measures.finished import MappingResult
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.scenario.units import format_duration
from simulator.study.source import Source
from simulator.study.warmup import mser5
from simulator.traffic.nanoseconds import NS, ns

Floats = NDArray[np.float64]


def settled(source: Source, seed: int | None = None) -> tuple[Source, str]:
    """The source with its warm-up in place of `auto`, and a sentence that says how it was found.

    It is that of the scenario as it is, in its first replication: MSER-5 of the mean latency over time, of the mapping
    that takes longest. A scenario that says its warm-up itself is given back as it is, with no sentence.
    """
    scenario = source.scenario()
    if scenario.warmup != "auto":
        return source, ""
    result = simulate(scenario, seed)
    found = [mser5(mean_latency_s(result, mapping)) for mapping in result.mappings]
    warmup_s = max((each.values for each in found), default=0) * result.measures.interval_s
    text = format_duration(warmup_s)
    doubt = "" if all(each.settled for each in found) else "; it may not have settled in this time: make the run longer"
    remark = f"warm-up {text}, by MSER-5 of the mean latency of the scenario as it is{doubt}"
    return replace(source, overrides=(*source.overrides, ("warmup", text))), remark


def mean_latency_s(result: Result, mapping: MappingResult) -> Floats:
    """The mean latency of what was processed in each interval while the traffic came; NaN where nothing was."""
    rows = max(1, ns(result.scenario.duration) // result.measures.interval_ns)
    processed = mapping.measures.processed.upto(rows)
    total_s = np.array(
        [sum(parts) / NS for parts in zip(*mapping.measures.parts.by_row_ns(rows).values(), strict=True)]
    )
    means: Floats = np.divide(total_s, processed, out=np.full(rows, np.nan), where=processed > 0)
    return means
