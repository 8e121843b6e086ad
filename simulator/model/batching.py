"""What records take in the payload of an invocation, which holds 6 MiB (docs/model.md, section 6)."""

from __future__ import annotations

from typing import Final

from simulator.traffic.log import Integers

PAYLOAD_LIMIT: Final = 6 * 2**20
ENVELOPE_BYTES: Final = 532


def payload_bytes(size: Integers) -> Integers:
    """What records of these sizes take: an envelope each, and their data in base64."""
    return ENVELOPE_BYTES + 4 * ((size + 2) // 3)
