"""A stream whose shards change while producers write to it (docs/model.md, sections 14 and 15)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pytest

from simulator.scenario import spec
from simulator.scenario.hash_ranges import equal_ranges
from simulator.scenario.spec import Constant, ConstantRate, CountedKeys, Resharding, ReshardingTime, Spikes, Uniform
from simulator.traffic.log import Columns
from simulator.traffic.nanoseconds import NEVER, NS, ns
from simulator.traffic.on_demand import OnDemand
from simulator.traffic.partition_keys import key_hash
from simulator.traffic.producer import Producer
from simulator.traffic.requests import Request
from simulator.traffic.resharding import Changes
from simulator.traffic.resharding import Resharding as Requests
from simulator.traffic.stream import Stream
from tests.traffic.plainly import Plainly, Record

MINUTE_NS = 60 * NS
KEYS = 37
STEADY = spec.Producer(
    name="steady", stream="s", rate=ConstantRate(rate=150.0), stop=40.0, record_size=Uniform(low=1.0, high=4000.0),
    partition_keys=CountedKeys(count=KEYS),
)  # fmt: skip
BURSTS = spec.Producer(
    name="bursts", stream="s", rate=Spikes(base=20.0, peak=5200.0, every=9.0, lasts=1.6), stop=40.0,
    record_size=Uniform(low=1.0, high=1500.0), partition_keys=CountedKeys(count=KEYS),
)  # fmt: skip
DROPPED = replace(BURSTS, name="dropped", on_throttle="drop", rate=ConstantRate(rate=700.0))
MIXES = [[STEADY], [BURSTS], [STEADY, BURSTS], [STEADY, BURSTS, DROPPED]]
REQUESTS = (
    Resharding(at=2.0, split=0),
    Resharding(at=2.0, split=1, point=0.3),
    Resharding(at=9.5, shards=3),
    Resharding(at=19.1, shards=6),
    Resharding(at=19.1, merge=(1, 2)),
    Resharding(at=27.3, shards=4),
)
QUICK = ReshardingTime(begin=Constant(value=0.4), each=Constant(value=0.35))


def keys_of(purpose: str) -> int:
    return len(purpose)


@dataclass
class Taken:
    """A stream that was taken in windows."""

    stream: Stream
    logs: list[Columns] = field(default_factory=list)  # by shard
    produced: list[tuple[int, ...]] = field(default_factory=list)
    moved: list[tuple[int, int, int]] = field(default_factory=list)  # number, begin and end of what waited for bytes

    def until(self, end_ns: int) -> None:
        before = [shard.log.end for shard in self.stream.shards]
        written = self.stream.advance(end_ns)
        before += [0] * (len(self.stream.shards) - len(before))
        assert written.accepted_from == before
        for shard, first in zip(self.stream.shards, before, strict=True):
            new = shard.log.kept.rows(slice(first - shard.log.first, None))
            if shard.number == len(self.logs):
                self.logs.append(new.then())
            else:
                self.logs[shard.number] = self.logs[shard.number].then(new)
        of = written.produced
        assert (np.diff(of.shard) >= 0).all()
        columns = (of.produced_ns, of.shard, of.bytes, of.throttled, of.dropped)
        self.produced += zip(*(column.tolist() for column in columns), strict=True)
        if written.moved:
            columns_of = written.moved.records.number, written.moved.begin_ns, written.moved.end_ns
            self.moved += zip(*(column.tolist() for column in columns_of), strict=True)

    @property
    def accepted(self) -> dict[int, tuple[int, int]]:
        """By record: the shard that has accepted it, and when."""
        return {
            number: (shard, at_ns)
            for shard, log in enumerate(self.logs)
            for number, at_ns in zip(log.number.tolist(), log.accepted_ns.tolist(), strict=True)
        }


def stream(
    producers: list[spec.Producer], shards: int = 2, requests: tuple[Resharding, ...] = REQUESTS, **more: Any
) -> Stream:
    of = spec.Stream(shards=shards, resharding=requests, resharding_time=QUICK, **more)
    changes: Changes = OnDemand(of.on_demand, keys_of) if of.mode == "on_demand" else Requests(of, keys_of)
    return Stream("s", of, [Producer(p, 2**20, 1, 0) for p in producers], {1, 4}, {}, {}, changes)


def taken(of: Stream, ends_ns: list[int]) -> Taken:
    found = Taken(of)
    for end_ns in sorted(ends_ns):
        found.until(end_ns)
    return found


def records_of(producers: list[spec.Producer]) -> list[Record]:
    """All records of some producers, in order of production."""
    rows = []
    for i, producer in enumerate(producers):
        batch = Producer(producer, 2**20, 1, 0).until(NEVER)
        for at_ns, size, draw in zip(
            batch.produced_ns.tolist(), batch.bytes.tolist(), batch.draws.tolist(), strict=True
        ):
            rows.append((at_ns, i, size, key_hash(f"{producer.name}-{draw}"), producer.on_throttle == "drop"))
    rows.sort(key=lambda row: row[:2])
    return [Record(n, at_ns, size, hash_, drop) for n, (at_ns, _, size, hash_, drop) in enumerate(rows)]


def changes_of(of: Stream) -> list[tuple[int, list[int], list[tuple[int, int]]]]:
    """When shards closed and others opened."""
    found: dict[tuple[int, tuple[int, ...]], list[tuple[int, int]]] = {}
    for shard in of.shards:
        if shard.parents:
            found.setdefault((shard.opens_ns, shard.parents), []).append((shard.first_hash, shard.last_hash))
    return [(at_ns, list(parents), ranges) for (at_ns, parents), ranges in found.items()]


@pytest.mark.parametrize("producers", MIXES)
def test_records_are_accepted_as_they_are_one_by_one(producers: list[spec.Producer]) -> None:
    """Also those that wait for a shard that closes, through splits and merges."""
    found = taken(stream(producers), [200 * NS])
    plainly = Plainly(equal_ranges(2))
    changes = changes_of(found.stream)
    for record in records_of(producers):
        while changes and changes[0][0] <= record.produced_ns:
            plainly.change(*changes.pop(0))
        plainly.produce(record)
    for change in changes:
        plainly.change(*change)
    assert found.accepted == {number: how for number, how in plainly.accepted.items() if how}
    let_in = {n: at for log in found.logs for n, at in zip(log.number.tolist(), log.let_in_ns.tolist(), strict=True)}
    assert let_in == {number: plainly.spans[number][0] for number in let_in}
    dropped = sum(how is None for how in plainly.accepted.values())
    assert sum(row[4] for row in found.produced) == dropped
    assert (dropped > 0) == (DROPPED in producers)
    assert len(found.stream.shards) > 15


CROWDED = spec.Producer(
    name="crowded", stream="s", rate=ConstantRate(rate=2000.0), stop=2.0, record_size=Constant(value=100.0),
    arrivals="constant", partition_keys=CountedKeys(count=KEYS, order="round_robin"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("shards", "rate", "request_"),
    [
        (1, 2000.0, Resharding(at=0.75025, split=0)),  # at 1.50025 s, when the parent would accept a record
        (2, 4400.0, Resharding(at=0.75025, merge=(1, 0))),  # both have some waiting, in turns
    ],
)
def test_all_that_is_not_accepted_before_the_closing_waits_for_children_in_order_of_production(
    shards: int, rate: float, request_: Resharding
) -> None:
    producers = [replace(CROWDED, rate=ConstantRate(rate=rate))]
    found, plainly = (
        taken(stream(producers, shards, (request_,)), [200 * NS]),
        Plainly(equal_ranges(shards)),
    )
    changes = changes_of(found.stream)
    assert [at_ns for at_ns, _, _ in changes] == [1_500_250_000]
    for record in records_of(producers):
        if changes and changes[0][0] <= record.produced_ns:
            plainly.change(*changes.pop(0))
        plainly.produce(record)
    assert found.accepted == plainly.accepted
    for log in found.logs:
        assert (np.diff(log.number) > 0).all()


@pytest.mark.parametrize("producers", MIXES)
def test_nothing_depends_on_the_windows(producers: list[spec.Producer]) -> None:
    whole = taken(stream(producers), [200 * NS])
    cuts_ns = [each * 700_000_001 for each in range(60)] + [2_400_000_000, 2_750_000_000, 200 * NS]
    cut = taken(stream(producers), cuts_ns)
    assert cut.accepted == whole.accepted
    assert sorted(cut.produced) == sorted(whole.produced)
    assert sorted(cut.moved) == sorted(whole.moved)
    for one, other in zip(whole.logs, cut.logs, strict=True):
        assert all((a == b).all() for a, b in zip(one.each, other.each, strict=True))


def test_what_waited_for_the_bytes_of_a_shard_that_closed_ends_at_its_closing() -> None:
    large = replace(BURSTS, record_size=Constant(value=3000.0))
    found = taken(stream([large]), [200 * NS])
    closes_ns = {shard.closes_ns for shard in found.stream.shards}
    assert len(found.moved) > 100
    assert all(begin_ns < end_ns for _, begin_ns, end_ns in found.moved)
    assert {end_ns for _, _, end_ns in found.moved} <= closes_ns


@pytest.mark.parametrize("producers", MIXES)
def test_changes_leave_the_traffic_as_it_was(producers: list[spec.Producer]) -> None:
    still = Stream("s", spec.Stream(shards=2), [Producer(p, 2**20, 1, 0) for p in producers], {1, 4}, {})
    a, b = taken(still, [200 * NS]), taken(stream(producers), [200 * NS])
    assert sorted((row[0], row[2]) for row in a.produced) == sorted((row[0], row[2]) for row in b.produced)


@pytest.mark.parametrize("producers", MIXES)
def test_a_record_is_in_the_lane_of_its_hash(producers: list[spec.Producer]) -> None:
    found, hashes = taken(stream(producers), [200 * NS]), {r.number: r.hash for r in records_of(producers)}
    for shard, log in zip(found.stream.shards, found.logs, strict=True):
        width = shard.last_hash - shard.first_hash + 1
        for number, lane in zip(log.number.tolist(), log.lane[4].tolist(), strict=True):
            assert lane == (hashes[number] - shard.first_hash) * 4 // width


def test_keys_of_one_record_each_go_by_their_hash_too() -> None:
    unique = replace(STEADY, partition_keys=spec.UniqueKeys())
    found = taken(stream([unique]), [200 * NS])
    draws = Producer(unique, 2**20, 1, 0).until(NEVER).draws.tolist()
    for shard, log in zip(found.stream.shards, found.logs, strict=True):
        for number, lane in zip(log.number.tolist(), log.lane[4].tolist(), strict=True):
            hash_ = draws[number] << 96
            assert shard.first_hash <= hash_ <= shard.last_hash
            assert lane == (hash_ - shard.first_hash) * 4 // (shard.last_hash - shard.first_hash + 1)


def test_requests_come_one_after_the_other_and_are_refused_with_their_reason() -> None:
    wanted = (
        Resharding(at=1.0, split=0),
        Resharding(at=1.0, shards=3),  # as many as there are then
        Resharding(at=1.0, shards=7),
        Resharding(at=1.0, shards=1),
        Resharding(at=1.0, split=0),
        Resharding(at=1.0, merge=(1, 2)),
        Resharding(at=1.0, merge=(3, 1)),
        Resharding(at=9.0, merge=(2, 4)),
        Resharding(at=9.0, split=5, point=1e-40),
    )
    of = stream([STEADY], requests=wanted)
    of.advance(60 * NS)
    assert [(r.begun_ns, r.done_ns, r.refused) for r in requests(of)] == [
        (1_000_000_000, 1_750_000_000, ""),
        (1_750_000_000, None, "as many as there are"),
        (1_750_000_000, None, "more than twice"),
        (1_750_000_000, None, "less than half"),
        (1_750_000_000, None, "not open"),
        (1_750_000_000, None, "not side by side"),
        (1_750_000_000, 2_500_000_000, ""),
        (9_000_000_000, 9_750_000_000, ""),
        (9_750_000_000, None, "too narrow"),
    ]
    assert [shard.parents for shard in of.shards] == [(), (), (0,), (0,), (3, 1), (2, 4)]


def requests(of: Stream) -> list[Request]:
    return list(of.advance(1000 * NS).requests)


RISING = spec.Producer(
    name="rising", stream="s", rate=spec.Sine(mean=1800.0, amplitude=1700.0, period=2400.0, peak_at=1200.0),
    stop=2400.0, record_size=Constant(value=900.0), partition_keys=CountedKeys(count=KEYS),
)  # fmt: skip
RULE = spec.Scaling(
    minimum=2, maximum=9, delay=17.0,
    up=spec.ScaleUp(above=0.6, period=60.0, points=2, of=3, factor=1.5),
    down=spec.ScaleDown(below=0.4, period=120.0, points=2, of=2, subtract=1, cooldown=240.0),
)  # fmt: skip


@pytest.mark.parametrize("metric", ["use", "records", "bytes"])
def test_a_rule_asks_as_a_loop_over_minutes_does(metric: Literal["use", "records", "bytes"]) -> None:
    rule = replace(RULE, metric=metric)
    asked_by_file = (Resharding(at=700.0, shards=5), Resharding(at=1037.0, split=1))
    found = taken(stream([RISING], 2, asked_by_file, scaling=rule), [4000 * NS])
    all_requests = requests(found.stream)
    accepted = np.sort(np.concatenate([log.accepted_ns for log in found.logs])).tolist()
    asked = []
    for second in range(4000):
        now_ns = second * NS
        done = [r.done_ns for r in all_requests if r.done_ns is not None and r.done_ns <= now_ns]
        at_work = any(r.begun_ns <= now_ns and (r.done_ns or NEVER) > now_ns
                      for r in all_requests if r.begun_ns is not None and not r.refused
                      and (r.asker == "file" or r.begun_ns < now_ns))  # fmt: skip
        open_ = sum(s.opens_ns <= now_ns and (s.closes_ns or NEVER) > now_ns for s in found.stream.shards)
        wanted = 0 if at_work else _wanted(rule, second, max(done, default=0) / NS, open_, accepted)
        if wanted:
            asked.append((now_ns, wanted))
    assert asked == [(r.at_ns, r.shards) for r in all_requests if r.asker == "rule"]
    assert len(asked) > 3


def _wanted(rule: spec.Scaling, second: int, changed_s: float, open_: int, accepted: list[int]) -> int:
    """What a rule asks for in a second."""
    for of in (rule.up, rule.down):
        assert of is not None
        if (second - rule.delay) % of.period or second - changed_s < of.cooldown:
            continue
        last = int((second - rule.delay) // of.period) - 1
        uses = [
            _use(rule, int(i * of.period), int((i + 1) * of.period), open_, accepted)
            for i in range(max(0, last - of.of + 1), last + 1)
            if i * of.period >= changed_s
        ]
        up = isinstance(of, spec.ScaleUp)
        if sum(use > of.above if isinstance(of, spec.ScaleUp) else use < of.below for use in uses) >= of.points:
            more = min(-(-open_ * 3 // 2), 2 * open_, rule.maximum) if up else max(open_ - 1, rule.minimum)
            if more != open_:
                return more
    return 0


def _use(rule: spec.Scaling, begin_s: int, end_s: int, open_: int, accepted: list[int]) -> float:
    records = bisect_right(accepted, end_s * NS - 1) - bisect_right(accepted, begin_s * NS - 1)
    of = {"records": records / 1000, "bytes": records * 900 / 2**20}
    most = max(of.values()) if rule.metric == "use" else of[rule.metric]
    return most / ((end_s - begin_s) * open_)


def test_on_demand_a_stream_grows_until_every_shard_is_below_half_of_its_limits() -> None:
    many = spec.Producer(
        name="many", stream="s", rate=ConstantRate(rate=6000.0), stop=420.0, record_size=Constant(value=100.0)
    )
    mode = spec.OnDemand(delay=Uniform(low=1.0, high=59.0))
    found = taken(stream([many], 4, (), mode="on_demand", on_demand=mode), [420 * NS])
    for shard, log in zip(found.stream.shards, found.logs, strict=True):
        if shard.closes_ns is None:
            assert shard.opens_ns < 360 * NS
            assert (log.accepted_ns >= 360 * NS).sum() < 0.5 * 60_000
    assert sum(shard.closes_ns is None for shard in found.stream.shards) == 16


def test_on_demand_a_split_takes_place_a_drawn_time_after_a_minute_in_which_the_shard_was_hot() -> None:
    hot = spec.Producer(name="hot", stream="s", rate=ConstantRate(rate=900.0), stop=3600.0)
    mode = spec.OnDemand(delay=Uniform(low=30.0, high=200.0), maximum=6)
    of = stream([hot], 1, (), mode="on_demand", on_demand=mode)
    taken(of, [3600 * NS])
    asked = requests(of)
    assert all(request.at_ns % MINUTE_NS == 0 for request in asked)
    done = [request for request in asked if request.done_ns]
    assert {shard.opens_ns for shard in of.shards if shard.parents} == {request.done_ns for request in done}
    assert all(ns(30) <= (request.done_ns or 0) - request.at_ns < ns(200) for request in done)
