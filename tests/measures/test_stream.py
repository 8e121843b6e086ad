"""What was offered to a stream and accepted by it, by shard and in time, against plain counting."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.by_shard import LOAD_ROWS, ShardLoad
from simulator.measures.grid import Stretch
from simulator.measures.stream import StreamMeasures
from simulator.traffic.log import Columns, Integers, Log
from simulator.traffic.nanoseconds import NS
from simulator.traffic.shards import Shard
from simulator.traffic.written import Produced, Waiting, Written

SOME = settings(derandomize=True, deadline=None, max_examples=60)
NONE = np.zeros(0, np.int64)
BEGIN, DURATION, END = -9, 50, 60
TICK_NS = NS // 4


@dataclass(frozen=True)
class Item:
    """A record; times are ticks of a quarter of a second."""

    shard: int
    produced: int
    waits: int  # -1: dropped
    bytes: int

    @property
    def accepted(self) -> int:
        """When it is accepted; long after the run if it is dropped."""
        return self.produced + self.waits if self.waits >= 0 else 1000


def column(*values: int) -> Integers:
    return np.array(values, np.int64)


def columns(items: list[Item]) -> Columns:
    produced = column(*(item.produced for item in items)) * TICK_NS
    accepted = column(*(item.accepted for item in items)) * TICK_NS
    return Columns(produced, produced, accepted, column(*(item.bytes for item in items)), produced, {}, {})


def windows(items: list[Item], cuts: list[int], shards: int) -> Iterator[tuple[Stretch, list[Shard], Written]]:
    """What a stream leaves in each window of a run from BEGIN to END; that of the last one goes beyond the end."""
    logs = [Shard(number, 0, 1, Log(columns([]))) for number in range(shards)]
    edges = [BEGIN, *sorted({*cuts, 0}), END]
    for begin, end in itertools.pairwise(edges):
        known = end + 20 if end == END else end
        made = sorted((i for i in items if begin <= i.produced < end), key=lambda i: (i.shard, i.produced))
        first = [shard.log.end for shard in logs]
        for shard in logs:
            new = [i for i in items if i.shard == shard.number and begin <= i.accepted < known]
            shard.log.append(columns(sorted(new, key=lambda i: i.accepted)))
        produced = Produced(
            column(*(i.produced for i in made)) * TICK_NS,
            column(*(i.shard for i in made)),
            column(*(i.bytes for i in made)),
            np.array([i.waits != 0 for i in made], bool),
            np.array([i.waits < 0 for i in made], bool),
        )
        stretch = Stretch(begin * TICK_NS, end * TICK_NS, end == END, 10 * TICK_NS)
        yield stretch, logs, Written(produced, Waiting(NONE, NONE, NONE, NONE, NONE), first)


def measured(items: list[Item], cuts: list[int], shards: int = 3) -> StreamMeasures:
    measures = StreamMeasures(BEGIN * TICK_NS, DURATION * TICK_NS)
    for window in windows(items, cuts, shards):
        measures.observe(*window)
    return measures


items = st.lists(
    st.builds(
        Item,
        st.integers(0, 2),
        st.integers(BEGIN, DURATION - 1),
        st.sampled_from([0, 0, 0, 0, 2, 11, 30, -1]),
        st.integers(1, 60_000),
    ),
    max_size=60,
)
cuts = st.lists(st.integers(BEGIN + 1, END - 1), max_size=3, unique=True)


@SOME
@given(items, cuts)
def test_records_are_counted_when_they_are_produced_and_when_they_are_accepted(
    records: list[Item], inner: list[int]
) -> None:
    found = measured(records, inner)
    accepted = [i for i in records if i.accepted <= END]
    assert found.produced_total == len(records)
    assert found.dropped_total == sum(i.waits < 0 for i in records)
    assert found.throttled_total == sum(i.waits != 0 for i in records)
    rows = range(6)
    assert found.produced.upto(6).tolist() == [sum(i.produced // 10 == row for i in records) for row in rows]
    throttled = [i for i in records if i.waits]
    assert found.throttled.upto(6).tolist() == [sum(i.produced // 10 == row for i in throttled) for row in rows]
    row_of = [min(i.accepted, END - 1) // 10 for i in accepted]
    assert found.accepted.upto(6).tolist() == [row_of.count(row) for row in rows]
    sizes = [sum(i.bytes for i, at in zip(accepted, row_of, strict=True) if at == row) for row in rows]
    assert found.accepted_bytes.upto(6).tolist() == sizes


@SOME
@given(items, cuts)
def test_what_is_offered_and_accepted_is_counted_by_shard(records: list[Item], inner: list[int]) -> None:
    found = measured(records, inner)
    of_shard = [[i for i in records if i.shard == shard] for shard in range(3)]
    assert found.offered_by_shard.tolist() == [len(mine) for mine in of_shard]
    assert found.offered_bytes_by_shard.tolist() == [sum(i.bytes for i in mine) for mine in of_shard]
    assert found.throttled_by_shard.tolist() == [sum(i.waits != 0 for i in mine) for mine in of_shard]
    accepted = [[i for i in mine if i.accepted <= END] for mine in of_shard]
    assert found.records_by_shard.tolist() == [len(mine) for mine in accepted]
    assert found.bytes_by_shard.tolist() == [sum(i.bytes for i in mine) for mine in accepted]
    assert found.put_units == sum(-(-i.bytes // 25_600) for mine in accepted for i in mine)
    assert found.kib == sum(-(-i.bytes // 1024) for mine in accepted for i in mine)


@SOME
@given(items, cuts)
def test_the_busiest_second_of_a_shard_is_a_whole_one_of_production_whatever_the_windows(
    records: list[Item], inner: list[int]
) -> None:
    found = measured(records, inner)
    for shard in range(3):
        number, size = Counter[int](), Counter[int]()
        for item in records:
            if item.shard == shard:
                number[item.produced // 4] += 1
                size[item.produced // 4] += item.bytes
        assert found.busiest_records_by_shard[shard] == max(number.values(), default=0)
        assert found.busiest_bytes_by_shard[shard] == max(size.values(), default=0)


@SOME
@given(items, cuts)
def test_records_wait_at_their_producers_until_they_are_accepted(records: list[Item], inner: list[int]) -> None:
    found = measured(records, inner)
    waiting = [
        sum(i.waits > 0 and i.produced <= tick < min(i.accepted, END) for i in records) for tick in range(BEGIN, END)
    ]
    assert found.unwritten.integral == sum(waiting) * TICK_NS
    assert found.unwritten.peak == max(waiting[-BEGIN:])


@SOME
@given(items, cuts)
def test_the_load_is_what_each_shard_accepted_since_0_by_time(records: list[Item], inner: list[int]) -> None:
    load = measured(records, inner).load
    interval_ns, rows = load.rows_until(END * TICK_NS)
    accepted = [i for i in records if 0 <= i.accepted <= END]
    cells = Counter((min(i.accepted * TICK_NS, END * TICK_NS - 1) // interval_ns, i.shard) for i in accepted)
    assert {cell: n for cell, n in np.ndenumerate(rows) if n} == cells
    assert len(rows) == -(-END * TICK_NS // interval_ns) <= 2 * LOAD_ROWS


def test_the_rows_of_the_load_are_as_long_as_the_run_asks_for() -> None:
    """What comes for 60 s is accepted up to 3,599 s: rows of 0.5 s become rows of 16 s, of a longer run of 32 s."""
    load = ShardLoad(60 * NS)
    assert load.interval_ns == NS // 2
    for time_s in (1, 100, 3599):
        load.add(np.array([time_s * NS]), np.array([0]), 1)
    for end_s, expected in ((3600, (16 * NS, 225)), (4000, (32 * NS, 125))):
        interval_ns, rows = load.rows_until(end_s * NS)
        assert (interval_ns, len(rows)) == expected
        assert np.flatnonzero(rows[:, 0]).tolist() == [0, 100 * NS // interval_ns, 3599 * NS // interval_ns]


def test_shards_may_come_later() -> None:
    """What the second shard takes comes in the last window, 20 ticks of the 50 of traffic after it has opened."""
    records = [Item(0, 1, 0, 10), Item(1, 40, 0, 30)]
    measures = StreamMeasures(BEGIN * TICK_NS, DURATION * TICK_NS)
    for number, (stretch, shards, written) in enumerate(windows(records, [30], 2)):
        shards[1].opens_ns = 30 * TICK_NS
        known = shards if number == 2 else shards[:1]
        measures.observe(
            stretch, known, Written(written.produced, written.waiting, written.accepted_from[: len(known)])
        )
    assert measures.shards == 2
    assert measures.records_by_shard.tolist() == [1, 1]
    assert measures.busiest_bytes_by_shard.tolist() == [10, 30]
    assert measures.open_ns.tolist() == [59 * TICK_NS, 20 * TICK_NS]
    assert measures.load.rows_until(END * TICK_NS)[1].sum(axis=0).tolist() == [1, 1]


@pytest.mark.parametrize(("opens", "closes", "expected"), [(0, None, 59), (0, 20, 29), (20, 30, 10), (55, None, 0)])
def test_a_shard_takes_traffic_while_it_is_open_and_producers_run(
    opens: int, closes: int | None, expected: int
) -> None:
    measures = StreamMeasures(BEGIN * TICK_NS, DURATION * TICK_NS)
    for stretch, shards, written in windows([], [], 1):
        shards[0].opens_ns, shards[0].closes_ns = opens * TICK_NS, None if closes is None else closes * TICK_NS
        measures.observe(stretch, shards, written)
    assert measures.open_ns.tolist() == [expected * TICK_NS]
