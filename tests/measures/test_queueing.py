"""How busy a lane had been when each record was accepted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.queueing import busy_at_acceptance
from simulator.model.log import Table

Batches = list[list[tuple[float, float]]]


@st.composite
def lanes(draw: st.DrawFn) -> tuple[Batches, list[list[float]], float, float]:
    """By lane the batches (begin, end) and acceptance times, and the window they are seen in."""
    begin = draw(st.floats(0, 5000))
    end = begin + draw(st.floats(1, 700))
    batches, accepted = [], []
    for _ in range(draw(st.integers(1, 6))):
        times = sorted(draw(st.lists(st.floats(begin - 50, end + 50), max_size=12, unique=True)))
        batches.append(list(zip(times[::2], times[1::2], strict=False)))
        accepted.append(sorted(draw(st.lists(st.floats(begin, end), max_size=15))))
    return batches, accepted, begin, end


def busy(batches: list[tuple[float, float]], upto: float) -> float:
    return sum(max(0.0, min(high, upto) - low) for low, high in batches if low < upto)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(lanes())
def test_the_busy_time_at_acceptance_is_that_of_a_plain_loop(
    case: tuple[Batches, list[list[float]], float, float],
) -> None:
    batches, accepted, begin, end = case
    starts = np.cumsum([0, *(len(times) for times in accepted)]).tolist()
    times = np.array([t for lane in accepted for t in lane], np.float64)
    table = Table(starts, times, times, 1, None, [0] * len(batches))
    edges = sorted(
        (t, number, busy(lane, t))
        for number, lane in enumerate(batches)
        for pair in lane
        for t in pair
        if begin < t <= end
    )
    found = busy_at_acceptance(
        table,
        np.array([(number, t, b) for t, number, b in edges]).reshape(-1, 3),
        begin,
        np.array([busy(lane, begin) for lane in batches]),
        end,
        np.array([busy(lane, end) for lane in batches]),
    )
    expected = [busy(batches[number], t) for number, lane in enumerate(accepted) for t in lane]
    assert (np.zeros(len(times)) if found is None else found) == pytest.approx(np.array(expected), abs=1e-7)
