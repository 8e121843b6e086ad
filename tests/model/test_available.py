"""What a lane has before it, and what a batch takes of it (docs/model.md, section 6)."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.model.available import Available
from simulator.model.batching import PAYLOAD_LIMIT, payload_bytes

QUARTER = 1_179_249  # bytes of a record of which four have a payload of 6 MiB exactly


def having(*sizes: int) -> Available:
    of = Available()
    of.add(np.arange(len(sizes)), payload_bytes(np.array(sizes)), 7)
    return of


@pytest.mark.parametrize(
    ("sizes", "most", "taken", "full"),
    [
        ([1, 1, 1], 10, 3, False),
        ([1, 1, 1], 3, 3, True),
        ([1, 1, 1], 2, 2, True),
        ([QUARTER] * 4, 10, 4, True),
        ([QUARTER] * 3, 10, 3, False),
        ([QUARTER] * 3 + [QUARTER + 3], 10, 3, True),  # the next does not fit
        ([QUARTER] * 5, 10, 4, True),
        ([8 * 2**20, 1], 10, 1, True),  # a single record always fits
    ],
)
def test_a_batch_takes_the_oldest_within_one_payload(sizes: list[int], most: int, taken: int, full: bool) -> None:
    of = having(*sizes)
    places, was_full = of.cut(most)
    assert places.tolist() == list(range(taken))
    assert was_full == full
    assert len(of) == len(sizes) - taken
    assert of.payload_bytes == int(payload_bytes(np.array(sizes[taken:], np.int64)).sum())


def test_four_quarters_are_six_mib() -> None:
    assert 4 * int(payload_bytes(np.array([QUARTER]))[0]) == PAYLOAD_LIMIT
