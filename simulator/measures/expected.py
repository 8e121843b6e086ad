"""What a batch takes in the mean, from the scenario alone."""

from __future__ import annotations

import math

from simulator.model.batching import ENVELOPE_BYTES, PAYLOAD_LIMIT
from simulator.scenario.bounds import MIB
from simulator.scenario.expectations import mean
from simulator.scenario.memory import work
from simulator.scenario.spec import EventSourceMapping, Function


def full_batch(mapping: EventSourceMapping, mean_bytes: float) -> int:
    """The records of a full batch: batch_size, or as many as fit into 6 MiB of payload."""
    payload = ENVELOPE_BYTES + 4 * math.ceil(mean_bytes / 3)
    return max(1, min(mapping.batch_size, int(PAYLOAD_LIMIT // payload)))


def batch_s(mapping: EventSourceMapping, function: Function, records: float, mean_bytes: float) -> float:
    """How long a lane is busy with a batch, in the mean, without cold starts, throttles and errors."""
    duration = work(function)
    each = mean(duration.per_record) + mean_bytes / MIB * mean(duration.per_mib)
    return mapping.invoke_overhead + mean(duration.per_batch) + records * each
