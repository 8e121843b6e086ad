"""How many records a batch takes: batch_size, and 6 MiB of payload (docs/model.md, section 6)."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.traffic.log import Integers

PAYLOAD_LIMIT: Final = 6 * 2**20
ENVELOPE_BYTES: Final = 532


def payload_bytes(size: Integers) -> Integers:
    """What records take in the payload: an envelope each, and their data in base64."""
    return ENVELOPE_BYTES + 4 * ((size + 2) // 3)


def fitting(payload: Integers) -> int:
    """How many of some records fit into one payload; one always does."""
    upto = np.cumsum(payload)
    return max(1, int(np.searchsorted(upto, PAYLOAD_LIMIT, "right")))
