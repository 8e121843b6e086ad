"""Runs whose outcome is known from theory or by counting."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.special import stdtrit

from simulator.measures.run import simulate
from tests.model.rows import run_rows, scenario, small

ALWAYS = {"kind": "outage", "from": "0s", "to": "100h"}


# waiting for a poll


def test_the_wait_for_a_poll_is_uniform() -> None:
    """Its mean is half the interval, and the answer's latency comes on top."""
    content = small(
        run={"duration": "2000s"},
        producer={"rate": "20/s", "arrivals": "poisson"},
        function={"duration": {"per_batch": "0.001ms"}},
        mapping={"batch_size": 10000, "polling": {"phase": "random", "latency": "30ms"}},
    )
    latency = simulate(scenario(content)).mappings[0].measures.latency
    assert abs(latency.n - 40_000) < 4 * 200
    assert abs(latency.mean_s - 0.53) < 4 * math.sqrt(1 / 12 / latency.n)
    assert 0.03 <= latency.least_s < latency.greatest_s <= 1.0301
    for percent in (10, 25, 50, 75, 90):
        assert latency.percentile_s(percent) == pytest.approx(0.03 + percent / 100, abs=0.012)


def test_random_phases_differ_from_shard_to_shard_and_spread_ones_are_even() -> None:
    def first_polls(phase: str) -> list[float]:
        content = small(
            run={"duration": "2s"},
            stream={"shards": 8},
            producer={"rate": "200/s", "start": "-5s", "stop": "0s"},
            mapping={"polling": {"phase": phase, "latency": "0s"}},
        )
        first: dict[int, float] = {}
        for row in run_rows(content)[1]:
            first.setdefault(row["shard"], row["started_at"])
        return [first[shard] for shard in sorted(first)]

    assert first_polls("spread") == pytest.approx([(j + 0.5) / 8 for j in range(8)], abs=1e-6)
    assert len(set(first_polls("random"))) == 8


# a queue


@pytest.mark.parametrize(("rho", "replications"), [(0.5, 10), (0.8, 12)])
def test_a_pushed_lane_that_takes_one_record_at_a_time_is_an_m_d_1_queue(rho: float, replications: int) -> None:
    """The mean time in the system is D + rho D / (2 (1 - rho)): within the 99.9 % interval of the replications."""
    content = scenario(
        small(
            run={"duration": "2100s", "warmup": "100s"},
            producer={"rate": f"{rho * 10}/s", "arrivals": "poisson", "record_size": "1B"},
            function={"duration": {"per_batch": "100ms"}, "idle_timeout": "1h"},
            mapping={"consumer": "push", "push": {"propagation": "0s"}, "batch_size": 1},
        )
    )
    means = np.array([simulate(content, None, r).mappings[0].measures.latency.mean_s for r in range(replications)])
    half = float(stdtrit(replications - 1, 0.9995)) * means.std(ddof=1) / math.sqrt(replications)
    theory = 0.1 + rho * 0.1 / (2 * (1 - rho))
    assert abs(means.mean() - theory) < half
    assert half < 0.2 * theory


# errors


@pytest.mark.parametrize("retries", [0, 1, 5, 9])
def test_n_retries_are_n_and_1_attempts(retries: int) -> None:
    content = small(
        run={"drain": "1h"},
        producer={"rate": "0.7/s", "stop": "2s"},
        function={"failures": [ALWAYS]},
        mapping={
            "maximum_retry_attempts": retries,
            "starts_after": "1s",
            "polling": {"phase": "900ms"},
            "retry_backoff": {"initial": "1s", "factor": 3, "maximum": "20s"},
        },
    )
    result, rows = run_rows(content)
    assert [row["attempt"] for row in rows] == list(range(1, retries + 2))
    waits = [b["started_at"] - a["finished_at"] for a, b in itertools.pairwise(rows)]
    assert waits == pytest.approx([min(20, 3**n) for n in range(retries)], abs=2e-6)
    assert result.mappings[0].ends.dropped == 1


def test_without_a_limit_a_batch_is_retried_until_it_succeeds() -> None:
    outage = {"kind": "outage", "from": "0s", "to": "900s"}
    content = small(producer={"rate": "0.7/s", "stop": "2s"}, function={"failures": [outage]})
    result, rows = run_rows(content)
    assert rows[-1]["outcome"] == "ok"
    assert 900 <= rows[-1]["started_at"] < 961
    assert result.mappings[0].ends.processed == 1


@pytest.mark.parametrize("k", [0, 1, 3, 6])
@pytest.mark.parametrize("bad", [0.0, 0.37, 0.999])
def test_bisecting_2_to_the_k_records_with_one_bad_one_takes_2_k_and_1_attempts(k: int, bad: float) -> None:
    n = 2**k
    poison = {"kind": "poison", "at": [f"{int(bad * n) / n + 0.25 / n}s"]}
    content = small(
        run={"duration": "1s", "drain": "1h"},
        producer={"rate": f"{n}/s"},
        function={"failures": [poison]},
        mapping={
            "batch_size": n,
            "bisect_batch_on_function_error": True,
            "maximum_retry_attempts": 0,
            "starts_after": "1s",
            "polling": {"phase": "0s", "repoll": "base_rate"},
        },
    )
    result, rows = run_rows(content)
    assert len(rows) == 2 * k + 1
    assert result.mappings[0].ends.dropped == 1
    assert result.mappings[0].ends.processed == n - 1
    failed = [row for row in rows if row["outcome"] == "error"]
    assert [row["records"] for row in failed] == [2**i for i in range(k, -1, -1)]
    assert failed[-1]["first_record"] == int(bad * n)


@pytest.mark.parametrize("bad", [0, 1, 17, 39])
def test_a_partial_response_leaves_only_the_records_from_the_bad_one_on(bad: int) -> None:
    content = small(
        run={"duration": "1s", "drain": "1h"},
        producer={"rate": "40/s"},
        function={"failures": [{"kind": "poison", "at": [f"{(bad + 0.25) / 40}s"]}]},
        mapping={
            "report_batch_item_failures": True,
            "bisect_batch_on_function_error": False,
            "maximum_retry_attempts": 2,
            "starts_after": "1s",
            "polling": {"phase": "0s"},
        },
    )
    result, rows = run_rows(content)
    first = [(0, 40, 1, "partial")] if bad else []
    retries = [(bad, 40 - bad, attempt, "error") for attempt in (1, 2, 3)]
    assert [(r["first_record"], r["records"], r["attempt"], r["outcome"]) for r in rows] == first + retries
    assert result.mappings[0].ends.processed == bad


# limits


def test_a_backlog_is_gone_after_an_outage_when_capacity_has_made_up_for_it() -> None:
    """400 records/s are missed for 60 s, and 800 can be processed: the backlog shrinks by 400/s."""
    content = small(
        run={"duration": "200s"},
        producer={"rate": "400/s", "record_size": "512B"},
        function={"duration": {"per_batch": "125ms"}, "failures": [{"kind": "outage", "from": "30s", "to": "90s"}]},
        mapping={"batch_size": 100, "retry_backoff": {"initial": "100ms", "factor": 1}},
    )
    result, rows = run_rows(content)
    caught_up = next(row["started_at"] for row in rows if row["started_at"] > 91 and row["iterator_age_at_send"] < 1)
    assert caught_up - 90 == pytest.approx(60, abs=3)
    assert max(row["iterator_age_at_send"] for row in rows) == pytest.approx(60, abs=1.5)
    assert result.mappings[0].ends.processed == 80_000


def test_a_function_with_one_unit_of_concurrency_works_as_one_lane() -> None:
    content = small(
        run={"duration": "100s", "drain": "0s"},
        stream={"shards": 4},
        producer={"rate": "100/s", "partition_keys": {"count": 40, "order": "round_robin"}},
        function={"duration": {"per_batch": "500ms"}, "reserved_concurrency": 1},
        mapping={"polling": {"phase": "spread"}, "throttle_backoff": {"initial": "10ms", "factor": 1}},
    )
    result, rows = run_rows(content)
    starts = [row["started_at"] for row in rows]
    assert np.diff(starts).min() >= 0.5 - 2e-6
    assert 0.95 < result.measures.functions["f"].total_s / 100 <= 1
    assert result.measures.functions["f"].peak == 1


def test_a_shard_accepts_1000_records_a_second_of_what_producers_retry() -> None:
    content = small(
        run={"duration": "20s", "drain": "0s"},
        producer={"rate": "1500/s", "record_size": "100B"},
        mapping={"batch_size": 10000},
    )
    result = simulate(scenario(content))
    assert abs(int(result.measures.streams["s"].records_by_shard[0]) - (1000 + 20 * 1000)) <= 1
    assert result.mappings[0].ends.unprocessed >= 30_000 - 21_001


def test_a_push_consumer_gets_2_mib_a_second_of_each_shard() -> None:
    content = small(
        run={"duration": "20s"},
        producer={"rate": "4/s", "record_size": "256KiB", "start": "-60s", "stop": "0s"},
        function={"duration": {}},
        mapping={"consumer": "push", "push": {"propagation": "0s"}, "batch_size": 1},
    )
    starts = [row["started_at"] for row in run_rows(content)[1]]
    assert starts == pytest.approx([0.125 * (i + 1) for i in range(240)], abs=2e-6)


def test_more_shards_never_make_records_wait_longer_when_each_lane_is_a_bottleneck() -> None:
    means = [
        simulate(
            scenario(
                small(
                    run={"duration": "60s"},
                    stream={"shards": shards},
                    producer={"rate": "300/s", "arrivals": "poisson"},
                    function={"duration": {"per_record": "6ms"}, "timeout": "60s"},
                )
            )
        ).mappings[0].measures.latency.mean_s
        for shards in (1, 2, 4, 8)
    ]  # fmt: skip
    assert means == sorted(means, reverse=True)
