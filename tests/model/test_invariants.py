"""What holds in every run: the invariants I1 to I4, on random scenarios with real randomness."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from simulator.model.concurrency import pools
from simulator.scenario.spec import EventSourceMapping
from tests.model.observed import Run, random_run

SEEDS = range(40)
ROUNDING_S = 2e-6  # rows have six decimals
MIB = 2**20


@cache
def run(seed: int) -> Run:
    return random_run(seed)


def mappings(of: Run) -> dict[str, EventSourceMapping]:
    return {mapping.name: mapping for mapping in of.scenario.event_source_mappings}


@pytest.mark.parametrize("seed", SEEDS)
def test_i1_every_record_ends_as_exactly_one_thing(seed: int) -> None:
    of = run(seed)
    for mapping in of.result.mappings:
        ends = mapping.ends.as_dict()
        assert ends.pop("produced") == of.produced[mapping.stream]
        assert sum(ends.values()) == of.produced[mapping.stream]
        assert min(ends.values()) >= 0
        accepted = sum(len(w.accepted_s) for (stream, _), w in of.shards.items() if stream == mapping.stream)
        assert accepted <= of.produced[mapping.stream] - ends["dropped_at_write"]


@pytest.mark.parametrize("seed", SEEDS)
def test_i1_no_record_is_processed_twice(seed: int) -> None:
    of = run(seed)
    spec = mappings(of)
    done: dict[str, int] = dict.fromkeys(spec, 0)
    for lane in of.by_lane():
        mapping = spec[lane[0]["mapping"]]
        next_place = 0
        for row, after in zip(lane, [*lane[1:], None], strict=True):
            if row["outcome"] not in ("ok", "partial"):
                continue
            assert row["first_record"] >= next_place
            if mapping.parallelization_factor == 1:  # else the places of a lane's records are not in a row
                next_place = row["first_record"] + (row["records"] if row["outcome"] == "ok" else 1)
            if row["outcome"] == "ok":
                done[mapping.name] += row["records"]
            elif after is not None:
                assert after["first_record"] > row["first_record"]
    for result in of.result.mappings:
        if spec[result.name].report_batch_item_failures:
            assert done[result.name] <= result.ends.processed
        else:
            assert done[result.name] == result.ends.processed


@pytest.mark.parametrize("seed", SEEDS)
def test_i2_a_lane_has_one_attempt_at_a_time_and_goes_through_its_records_in_order(seed: int) -> None:
    for lane in run(seed).by_lane():
        for before, after in pairwise(lane):
            assert after["started_at"] >= before["finished_at"] - ROUNDING_S
            assert after["first_record"] >= before["first_record"]
            if after["attempt"] == 1 and before["outcome"] == "ok":
                assert after["first_record"] > before["first_record"]
            if after["attempt"] > 1:
                assert after["attempt"] == before["attempt"] + 1
                assert after["cut_at"] == before["cut_at"]
                assert before["outcome"] in ("error", "timeout")


@pytest.mark.parametrize("seed", SEEDS)
def test_i3_nothing_happens_before_its_cause(seed: int) -> None:
    of = run(seed)
    spec = mappings(of)
    for written in of.shards.values():
        assert (np.array(written.produced_s) <= written.accepted_s).all()
        assert (np.diff(written.accepted_s) >= 0).all()
    for row in of.rows:
        mapping = spec[row["mapping"]]
        last_accepted = row["started_at"] - row["iterator_age_at_send"]
        delay = mapping.push.propagation if mapping.consumer == "push" else mapping.polling.latency
        assert last_accepted + delay <= row["cut_at"] + ROUNDING_S
        assert row["cut_at"] + mapping.invoke_overhead <= row["started_at"] + ROUNDING_S
        assert row["started_at"] <= row["finished_at"]
        assert row["finished_at"] <= of.result.end_s + ROUNDING_S
        log = of.shards[row["stream"], row["shard"]]
        assert log.accepted_s[row["first_record"]] <= last_accepted + ROUNDING_S


@pytest.mark.parametrize("seed", SEEDS)
def test_i3_the_parts_of_the_latency_add_up_to_it(seed: int) -> None:
    for mapping in run(seed).result.mappings:
        parts = mapping.parts_mean_s
        assert min(parts.values()) >= -1e-6
        if mapping.measures.latency.n:
            assert sum(parts.values()) == pytest.approx(mapping.measures.latency.mean_s, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_no_shard_accepts_more_than_its_buckets_allow(seed: int) -> None:
    for written in run(seed).shards.values():
        accepted, sizes = np.array(written.accepted_s), np.array(written.bytes)
        for first in range(0, len(accepted), 53):
            elapsed = accepted[first:] - accepted[first]
            records = np.arange(1, len(elapsed) + 1)
            spent, largest = np.cumsum(sizes[first:]), np.maximum.accumulate(sizes[first:])
            assert (records <= 1000 + 1000 * elapsed + 1e-3).all()
            assert (spent <= np.maximum(largest, MIB) + MIB * elapsed + 2).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_no_shard_serves_more_than_its_buckets_allow(seed: int) -> None:
    of = run(seed)
    for asked in of.calls:
        admitted = np.array([at for at, ok in asked if ok])
        for first in range(len(admitted)):
            elapsed = admitted[first:] - admitted[first]
            assert (np.arange(1, len(elapsed) + 1) <= 5 + 5 * elapsed + 1e-6).all()
    for calls, reads in zip(of.calls, of.reads, strict=True):
        refused = {at for at, ok in calls if not ok}
        shut_until = -np.inf
        admitted_at = iter([at for at, ok in calls if ok])
        next_call = next(admitted_at, np.inf)
        for at, size in reads:
            if at == next_call and at not in refused:  # else a retry, which does not wait for the debt
                assert at >= shut_until - 1e-8
                next_call = next(admitted_at, np.inf)
            shut_until = max(shut_until, at) + size / (2 * MIB)


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_concurrency_never_exceeds_its_limit_or_reserve(seed: int) -> None:
    of = run(seed)
    pool_of, spec = pools(of.scenario), mappings(of)
    for pool in {id(p): p for p in pool_of.values()}.values():
        rows = [row for row in of.rows if pool_of[spec[row["mapping"]].function] is pool]
        longer = [row for row in rows if row["finished_at"] > row["started_at"]]
        edges = [(row["started_at"], 1) for row in longer] + [(row["finished_at"], -1) for row in longer]
        running = np.cumsum([step for _, step in sorted(edges)])
        assert running.max(initial=0) <= pool.limit


def test_the_random_runs_are_not_all_alike() -> None:
    """The invariants would hold of runs in which nothing happens."""
    rows = [row for seed in SEEDS for row in run(seed).rows]
    assert {row["outcome"] for row in rows} == {"ok", "error", "timeout", "partial"}
    assert max(row["attempt"] for row in rows) > 5
    assert sum(row["cold_start"] for row in rows) > 100
    results = [mapping for seed in SEEDS for mapping in run(seed).result.mappings]
    for end in ("skipped", "dropped_at_write", "dropped", "sent_to_destination", "expired", "unprocessed"):
        assert any(mapping.ends.as_dict()[end] for mapping in results), end
    assert sum(mapping.measures.counts["throttles"] for mapping in results) > 100
    assert sum(mapping.reads.get("refused", 0) for mapping in results) > 20
