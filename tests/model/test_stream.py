"""A stream taken in windows, and the logs made of it (docs/model.md, sections 2 and 3)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.model.log import Segment, Table
from simulator.model.poison import PoisonedRecords
from simulator.model.producer import Producer
from simulator.model.stream import Arrivals, Stream

from simulator.model.push import disabled_periods
from simulator.scenario import spec
from simulator.scenario.spec import (
    Constant,
    ConstantRate,
    CountedKeys,
    EventSourceMapping,
    Period,
    Poison,
    Spikes,
    Uniform,
    UniqueKeys,
    Zipf,
)

MIB = 2**20
CALM = spec.Producer(
    name="calm", stream="s", rate=ConstantRate(rate=90.0), stop=20.0, record_size=Uniform(low=1.0, high=5000.0),
    partition_keys=CountedKeys(count=40, popularity=Zipf(zipf=1.5)),
)  # fmt: skip
BURSTS = spec.Producer(
    name="bursts", stream="s", rate=Spikes(base=1.0, peak=2500.0, every=10.0, lasts=1.5), stop=20.0,
    record_size=Constant(value=3000.0), partition_keys=UniqueKeys(),
)  # fmt: skip
DROPPED = spec.Producer(
    name="dropped", stream="s", rate=ConstantRate(rate=300.0), stop=20.0, start=-3.0,
    record_size=Constant(value=3000.0),
    on_throttle="drop",
)  # fmt: skip


def stream(producers: list[spec.Producer], shards: int = 3, poison: Poison | None = None) -> Stream:
    poisoned = {} if poison is None else {"f": PoisonedRecords([poison], lambda _: np.random.default_rng(4))}
    made = [Producer(p, MIB, 1, 0) for p in producers]
    return Stream("s", spec.Stream(shards=shards), made, {1, 4}, poisoned)


def log(arrivals: list[Arrivals], shard: int) -> list[tuple[float, float, int]]:
    """What a shard has accepted: production, acceptance, size, in the order of the windows."""
    rows = []
    for table in (a.tables[1] for a in arrivals):
        sizes = np.broadcast_to(np.asarray(table.bytes), len(table))
        rows += [
            (float(table.produced_s[i]), float(table.accepted_s[i]), int(sizes[i]))
            for i in range(table.starts[shard], table.starts[shard + 1])
        ]
    return rows


@pytest.mark.parametrize("producers", [[CALM], [CALM, BURSTS], [BURSTS, DROPPED], [CALM, BURSTS, DROPPED]])
@settings(derandomize=True, deadline=None, max_examples=8)
@given(cuts=st.lists(st.floats(-3, 30), max_size=6))
def test_the_logs_do_not_depend_on_the_windows(producers: list[spec.Producer], cuts: list[float]) -> None:
    whole, pieces = stream(producers), stream(producers)
    at_once = [whole.advance(1000.0)]
    windows = [pieces.advance(end) for end in [*sorted(cuts), 1000.0]]
    for shard in range(3):
        expected, found = np.array(log(at_once, shard)), np.array(log(windows, shard))
        assert found == pytest.approx(expected, abs=1e-8)
        assert (np.diff(found[:, 1]) >= 0).all()
    assert sum(a.dropped for a in windows) == at_once[0].dropped
    assert sum(len(a.throttled_s) for a in windows) == len(at_once[0].throttled_s)


def test_records_that_wait_at_their_producers_are_held_until_the_window_in_which_they_are_accepted() -> None:
    of = stream([BURSTS], shards=1)
    first = of.advance(1.5)
    assert first.tables[1].accepted_s.max() < 1.5
    assert of.held == len(first.produced_s) - len(first.tables[1])
    rest = of.advance(1000.0)
    assert of.held == 0
    assert rest.tables[1].accepted_s.min() >= 1.5
    assert of.accepted == len(first.produced_s) + len(rest.produced_s)


def test_records_produced_at_one_instant_are_in_the_order_of_the_file() -> None:
    twins = [
        spec.Producer(
            name=name, stream="s", rate=ConstantRate(rate=2.0), stop=5.0, arrivals="constant",
            record_size=Constant(value=size),
        )
        for name, size in (("first", 100.0), ("second", 7.0))
    ]  # fmt: skip
    assert [size for _, _, size in log([stream(twins, 1).advance(9.0)], 0)] == [100, 7] * 10


@pytest.mark.parametrize("at", [[0.0], [3.0, 3.001, 17.0], [19.9999, 500.0]])
@pytest.mark.parametrize("cuts", [[], [2.0, 3.0005, 10.0]])
def test_the_first_record_accepted_at_or_after_a_time_is_poison(at: list[float], cuts: list[float]) -> None:
    of = stream([CALM, BURSTS], poison=Poison(at=tuple(at)))
    tables = [of.advance(end).tables[1] for end in [*cuts, 1000.0]]
    accepted = np.concatenate([table.accepted_s for table in tables])
    struck = accepted[np.isfinite(np.concatenate([table.poison["f"] for table in tables]))]
    expected = {float(accepted[accepted >= t].min()) for t in at if (accepted >= t).any()}
    assert set(struck.tolist()) == expected


@settings(derandomize=True, deadline=None, max_examples=10)
@given(cuts=st.lists(st.floats(0, 25), max_size=4))
def test_each_lane_holds_its_records_in_the_order_of_the_shard_and_knows_their_places(cuts: list[float]) -> None:
    of = stream([CALM, BURSTS])
    accepted: dict[int, list[float]] = {0: [], 1: [], 2: []}
    places: dict[int, list[int]] = {0: [], 1: [], 2: []}
    for end in [*sorted(cuts), 1000.0]:
        tables = of.advance(end).tables
        for shard, segment in tables[1].segments():
            rows = slice(segment.first + segment.shift, segment.end + segment.shift)
            assert segment.place(0) == len(accepted[shard])
            accepted[shard] += tables[1].accepted_s[rows].tolist()
        for lane, segment in tables[4].segments():
            shard = lane // 4
            mine = [segment.place(i) for i in range(segment.first, segment.end)]
            assert mine == sorted(mine)
            times = [float(tables[4].accepted_s[i + segment.shift]) for i in range(segment.first, segment.end)]
            assert [accepted[shard][place] for place in mine] == times
            places[shard] += mine
    for shard in range(3):
        assert sorted(places[shard]) == list(range(len(accepted[shard])))


def table(n: int = 10) -> Table:
    times = np.arange(n, dtype=np.float64)
    return Table([0, 4, n], times, times + 0.5, np.arange(100, 100 + n), None, [40, 70])


def segment(index: int = 1) -> Segment:
    """The second lane's six records, rows 4 to 9 of the table, with indices from 20 on."""
    return dict(table().segments())[index].begin_at(20)


def test_a_segment_knows_its_records_by_their_indices() -> None:
    mine = segment()
    assert (mine.first, mine.end, mine.place(20), mine.place(25)) == (20, 26, 70, 75)
    assert mine.bytes(21, 24) == 105 + 106 + 107
    assert mine.sizes(24, 26).tolist() == [108, 109]


def test_a_part_of_a_segment_keeps_indices_places_and_sizes() -> None:
    part = segment().part(22, 25)
    assert (part.first, part.end, part.place(22), part.place(24)) == (22, 25, 72, 74)
    assert part.bytes(22, 25) == 106 + 107 + 108


def test_a_detached_segment_is_as_before_but_keeps_only_its_rows() -> None:
    mine = segment()
    mine.detach()
    assert len(mine.table) == 6
    assert (mine.place(20), mine.place(25), mine.bytes(21, 24)) == (70, 75, 318)
    assert [mine.table.accepted_view[i + mine.shift] for i in (20, 25)] == [4.5, 9.5]


def test_disabled_periods_are_taken_in_order() -> None:
    of = EventSourceMapping(
        name="m", stream="s", function="f", disabled=(Period(from_=9.0, to=11.0), Period(from_=1.0, to=2.0))
    )
    assert disabled_periods(of) == [(1.0, 2.0), (9.0, 11.0)]
