"""What was accepted, by shard and row of time, against plain counting."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from simulator.model.log import Table
from simulator.model.portions import AT_ONCE
from simulator.model.stream import Arrivals

from simulator.measures.stream import StreamMeasures

NOTHING = np.empty(0)


def measured(
    by_shard: list[NDArray[np.float64]], size: int | NDArray[np.int64], end_s: float, interval_s: float
) -> StreamMeasures:
    """The measures of one window that ended at `end_s`."""
    measures = StreamMeasures(len(by_shard))
    times = np.concatenate(by_shard)
    starts = np.cumsum([0, *map(len, by_shard)]).tolist()
    table = Table(starts, times, times, size, None, [0] * len(by_shard))
    measures.arrived(Arrivals(times, {1: table}, NOTHING, np.empty(0, np.int64), 0), end_s, interval_s)
    return measures


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.floats(0, 99), max_size=20).map(sorted), min_size=1, max_size=5), st.sampled_from([0.7, 10])
)
def test_each_record_counts_in_the_row_and_shard_of_its_acceptance(times: list[list[float]], interval_s: float) -> None:
    sizes = np.arange(1, 1 + sum(map(len, times)))
    measures = measured([np.array(shard, float) for shard in times], sizes, 100.0, interval_s)
    rows = [(int(t * (1 / interval_s)), shard) for shard, of_shard in enumerate(times) for t in of_shard]
    load = {(row, shard): n for (row, shard), n in np.ndenumerate(measures.load) if n}
    assert load == Counter(rows)
    bytes_by_shard, bytes_by_row = Counter[int](), Counter[int]()
    for (row, shard), size in zip(rows, sizes.tolist(), strict=True):
        bytes_by_shard[shard] += size
        bytes_by_row[row] += size
    assert measures.records_by_shard.tolist() == [len(of_shard) for of_shard in times]
    assert measures.bytes_by_shard.tolist() == [bytes_by_shard[shard] for shard in range(len(times))]
    assert {row: n for row, n in enumerate(measures.accepted_bytes.values.tolist()) if n} == bytes_by_row


def test_a_row_with_more_records_than_are_worked_on_at_once_counts_all_of_them() -> None:
    n = 2 * AT_ONCE + 7
    measures = measured([np.linspace(0, 20, n, endpoint=False), np.linspace(3, 3.5, n)], 10, 20.0, 10.0)
    assert measures.load.tolist() == [[n // 2 + 1, n], [n // 2, 0]]
    assert measures.bytes_by_shard.tolist() == [10 * n, 10 * n]


def test_records_accepted_after_the_end_of_the_run_do_not_count() -> None:
    measures = measured([np.array([1.0, 5.0]), np.array([2.0, 4.0, 6.0])], np.array([1, 2, 3, 4, 5]), 4.0, 2.0)
    assert measures.records_by_shard.tolist() == [1, 2]
    assert measures.bytes_by_shard.tolist() == [1, 7]
    assert measures.load.tolist() == [[1, 0], [0, 1], [0, 1]]


@pytest.mark.parametrize("size", [5, np.array([5, 5, 5])])
def test_records_from_before_0_count_for_their_shard_but_have_no_row(size: int | NDArray[np.int64]) -> None:
    measures = measured([np.array([-9.0, -0.5]), np.array([-1.0])], size, 0.0, 2.0)
    assert measures.accepted_before == 3
    assert measures.records_by_shard.tolist() == [2, 1]
    assert measures.bytes_by_shard.tolist() == [10, 5]
    assert not measures.load.any()
