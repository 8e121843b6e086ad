"""How many attempts failing batches take, as far as that can be told without simulating (docs/model.md, section 7)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from simulator.scenario.functions import Failure, Outage, Random
from simulator.scenario.mappings import Backoff, EventSourceMapping

CERTAIN: Final = 1.0 - 1e-9
SLOWEST: Final = 1.001  # growth of a backoff that is worth following


def tries(backoff: Backoff, each_s: float, span_s: float) -> float:
    """How many attempts of so many seconds a lane begins in a span of time, with a growing backoff after each."""
    wait_s, left_s, n = min(backoff.initial, backoff.maximum), span_s, 0
    while backoff.factor > 1 and wait_s < backoff.maximum and left_s > 0:
        n, left_s = n + 1, left_s - each_s - wait_s
        wait_s = min(wait_s * max(backoff.factor, SLOWEST), backoff.maximum)
    return n + max(0.0, left_s) / (each_s + wait_s)


def attempts_a_batch(mapping: EventSourceMapping, records: float, probability: float) -> float:
    """The attempts of a batch of so many records, each of which fails with a probability; infinite: without end."""
    most = math.inf if mapping.maximum_retry_attempts < 0 else 1 + mapping.maximum_retry_attempts
    attempts = most if probability >= CERTAIN else (1 - probability**most) / (1 - probability)
    if mapping.bisect_batch_on_function_error:
        for _ in range(math.ceil(math.log2(max(1.0, records)))):
            attempts = 1 + 2 * probability * attempts
    return attempts


def spells(failures: Sequence[Failure], begin_s: float, end_s: float) -> Iterator[tuple[float, float, float]]:
    """From when to when attempts fail with which probability; times without outages included, poison is not."""
    outages = [each for each in failures if isinstance(each, Outage)]
    always = [each.probability for each in failures if isinstance(each, Random)]
    inner = {time for each in outages for time in (each.from_, each.to) if begin_s < time < end_s}
    for low, high in pairwise(sorted({begin_s, end_s, *inner})):
        now = [each.probability for each in outages if each.from_ <= low and each.to >= high]
        yield low, high, 1 - math.prod(1 - p for p in [*always, *now])
