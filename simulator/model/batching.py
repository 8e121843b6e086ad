"""How many records a batch takes: batch_size, and 6 MiB of payload (docs/model.md, section 6)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

PAYLOAD_LIMIT: Final = 6 * 2**20
ENVELOPE_BYTES: Final = 532


def payload_bytes(size: NDArray[np.int64]) -> NDArray[np.int64]:
    """What records take in the payload: an envelope each, and their data in base64."""
    return ENVELOPE_BYTES + 4 * ((size + 2) // 3)


def fitting(size: NDArray[np.int64], batch_size: int) -> tuple[int, bool]:
    """How many of the records, at most batch_size of which are given, are a batch; and whether that is a full one.

    One record always fits. A batch is full with batch_size records, if the next does not fit, or with 6 MiB.
    """
    upto = np.cumsum(payload_bytes(size))
    n = max(1, int(np.searchsorted(upto, PAYLOAD_LIMIT, "right")))
    return n, n == batch_size or n < len(size) or int(upto[n - 1]) >= PAYLOAD_LIMIT
