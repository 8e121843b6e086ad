"""What records take in the payload of an invocation (docs/model.md, section 6)."""

from __future__ import annotations

import numpy as np

from simulator.model.batching import PAYLOAD_LIMIT, payload_bytes


def test_a_record_takes_an_envelope_and_its_data_in_base64() -> None:
    assert payload_bytes(np.array([1, 2, 3, 4, 6, 7])).tolist() == [536, 536, 536, 540, 540, 544]
    assert PAYLOAD_LIMIT == 6_291_456
