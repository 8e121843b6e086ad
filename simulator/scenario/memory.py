"""Memory as a knob: how long a function works with the memory it has.

A memory-tuning run prints the mean duration of one typical payload by memory. `duration_by_memory` is that table, and
`duration_measured_at` the memory for which the function's `duration` is written. With other memory all of it is
multiplied by table[memory] / table[measured_at]. Between two sizes of the table the logarithm of the duration is linear
in the logarithm of the memory: where twice the memory halves the duration, it does so in between, too. Cold starts and
timeouts stay as they are.
"""

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise

from simulator.scenario.distributions import Distribution
from simulator.scenario.functions import Function, Work


def work(function: Function) -> Work:
    """The function's duration with the memory it has."""
    if function.duration_measured_at is None:
        return function.duration
    table = function.duration_by_memory
    factor = interpolated(table, function.memory) / interpolated(table, function.duration_measured_at)
    takes = function.duration
    per_batch, per_record, per_mib = (
        scaled(each, factor) for each in (takes.per_batch, takes.per_record, takes.per_mib)
    )
    return Work(per_batch=per_batch, per_record=per_record, per_mib=per_mib)


def interpolated(duration_s: Mapping[int, float], memory_bytes: int) -> float:
    """The duration at a memory size within the table, by interpolation of logarithms."""
    if memory_bytes in duration_s:
        return duration_s[memory_bytes]
    low, high = next(pair for pair in pairwise(sorted(duration_s)) if pair[0] < memory_bytes < pair[1])
    part = math.log(memory_bytes / low) / math.log(high / low)
    return float(duration_s[low] ** (1 - part) * duration_s[high] ** part)


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """The distribution of a multiple of what is drawn."""
    scales = [each.name for each in fields(distribution) if each.name not in ("cv", "file", "column")]
    return replace(distribution, **{name: getattr(distribution, name) * factor for name in scales})
