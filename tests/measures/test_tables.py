"""The tables and the summary of a result say what the rows of its attempts say."""

from __future__ import annotations

import csv
import json
from functools import cache
from io import StringIO

import numpy as np
import pandas
import pytest

from simulator.measures import tables
from simulator.measures.result import Result
from simulator.measures.run import simulate
from tests.measures.seen import Seen, seen
from tests.model.rows import Section, invocations, run_rows, scenario, small

CONTENT: Section = small(
    run={"duration": "120s", "drain": "20s"},
    stream={"shards": 3},
    producer={
        "rate": {"spikes": {"base": "20/s", "peak": "4000/s", "every": "50s", "lasts": "2s"}},
        "arrivals": "poisson",
        "start": "-7s",
        "record_size": {"uniform": {"low": "1B", "high": "3KiB"}},
    },
    function={
        "duration": {"per_record": "15ms"},
        "cold_start": "150ms",
        "timeout": "10s",
        "reserved_concurrency": 3,
        "failures": [
            {"kind": "outage", "from": "20s", "to": "30s"},
            {"kind": "random", "probability": 0.05},
            {"kind": "poison", "at": ["60s"]},
        ],
    },
    mapping={
        "parallelization_factor": 2,
        "maximum_retry_attempts": 3,
        "polling": {"phase": "spread"},
        "throttle_backoff": {"initial": "100ms", "maximum": "1s"},
    },
)


@cache
def run() -> Seen:
    return seen(scenario(CONTENT), window_records=2000)


def column(name: str) -> list[float]:
    found: list[float] = run().result.timeseries[name].to_numpy(dtype=float).tolist()
    return found


def by_interval(times: list[float], weights: list[float] | None = None) -> list[float]:
    interval, rows = run().result.measures.interval_s, run().result.rows
    edges = np.arange(rows + 1) * interval
    counts: list[float] = np.histogram(times, edges, weights=weights)[0].tolist()
    return counts


def test_the_run_shows_something_of_everything() -> None:
    ends = run().result.mappings[0].ends
    assert min(ends.processed, ends.dropped, ends.unprocessed) > 0
    assert run().result.mappings[0].measures.counts["throttles"] > 0
    assert run().result.measures.streams["s"].throttled_total > 0


def test_the_time_series_counts_attempts_and_errors_when_they_finish() -> None:
    rows = run().rows
    assert column("attempts") == by_interval([row["finished_at"] for row in rows])
    failed = [row["finished_at"] for row in rows if row["outcome"] in ("error", "timeout")]
    assert column("errors") == by_interval(failed)


def test_the_time_series_counts_records_when_they_are_produced_and_accepted() -> None:
    written = run().logs.values()
    assert column("produced_records") == by_interval([t / 1e9 for w in written for t in w.offered_ns])
    accepted = [t for w in written for t in w.accepted_s]
    assert column("accepted_records") == by_interval(accepted)
    assert column("accepted_bytes") == by_interval(accepted, [float(b) for w in written for b in w.bytes])


def test_what_came_before_the_start_has_no_row() -> None:
    """13,000 records in the 10 s before; they are let in a millisecond apart, the first after half of 1/1,300 s.

    With a bucket of 1,000 at first, record k is accepted at -10 s + (k + 1) ms - 1 s + 0.4 ms at the latest: 10,999
    of them before 0.
    """
    found = run_rows(small(producer={"rate": "1300/s", "start": "-10s", "stop": "0s", "record_size": "100B"}))[0]
    assert found.measures.streams["s"].throttled_total > 0
    sums = found.timeseries[["produced_records", "write_throttled_records", "accepted_records"]].sum()
    assert sums.tolist() == [0, 0, 2001]


def test_what_would_be_accepted_after_the_end_of_the_run_has_not_been() -> None:
    """1,300 records/s for 10 s; no mapping reads any, so that the run ends then: 10,999 were let in (see above)."""
    content = small(
        producer={"rate": "1300/s", "record_size": "100B"},
        mapping={"starting_position": "latest", "starts_after": "1000s"},
    )
    found = run_rows(content)[0]
    assert found.end_s == 10
    stream = found.summary()["streams"]["s"]
    assert (stream["records_produced"], stream["records_accepted"]) == (13_000, 10_999)
    assert found.measures.streams["s"].put_units == 10_999
    assert found.timeseries["accepted_records"].sum() == 10_999


def test_the_time_series_counts_processed_records_when_their_attempt_finishes() -> None:
    done = [row for row in run().rows if row["outcome"] == "ok"]
    expected = by_interval([row["finished_at"] for row in done], [row["records"] for row in done])
    assert column("processed_records") == expected


def test_the_backlog_is_what_was_accepted_and_has_not_ended() -> None:
    ends = run().result.mappings[0].ends
    before = sum(t < 0 for w in run().logs.values() for t in w.accepted_ns)
    ended = np.cumsum(column("processed_records")) + np.cumsum(column("dropped_records"))
    expected = before + np.cumsum(column("accepted_records")) - ended
    assert column("backlog_records") == expected.tolist()
    assert column("backlog_records")[-1] == ends.unprocessed


def test_records_before_the_starting_position_are_no_backlog() -> None:
    """100 records from before the start are skipped; of those after it at most a second's wait for the next poll."""
    content = small(producer={"rate": "10/s", "start": "-10s"}, mapping={"starting_position": "latest"})
    found = run_rows(content)[0]
    assert found.mappings[0].ends.skipped == 100
    assert 0 < found.timeseries["backlog_records"].max() <= 11


def test_mean_concurrency_is_the_time_that_attempts_ran_in_each_interval() -> None:
    interval = run().result.measures.interval_s
    found = column("function_concurrency_mean")
    for i in range(0, len(found) - 30, 17):  # attempts that were cut off by the end of the run have no row
        low, high = i * interval, (i + 1) * interval
        busy = sum(max(0.0, min(r["finished_at"], high) - max(r["started_at"], low)) for r in run().rows)
        assert found[i] == pytest.approx(busy / interval, abs=1e-3)
    assert max(column("function_concurrency_max")) == 3


def test_iterator_ages_are_those_of_the_rows() -> None:
    ages = [row["iterator_age"] for row in run().rows]
    assert np.nanmax(column("iterator_age_max_s")) == pytest.approx(max(ages), abs=1e-6)
    table = run().result.latency.set_index(["measure", "statistic"])["value_s"]
    assert table["iterator_age", "mean"] == pytest.approx(np.mean(ages), abs=1e-6)
    at_send = [row["iterator_age_at_send"] for row in run().rows]
    assert table["iterator_age_at_send", "p100"] == pytest.approx(max(at_send), abs=1e-6)
    assert table["iterator_age", "p50"] == pytest.approx(np.median(ages), rel=0.03)


def one_slow() -> Result:
    """Ten records, pushed in 70.5 ms, each processed in 100 ms, the fifth in 300 ms; all in one row of 10 s."""
    slow = {"kind": "slow", "from": "4.4s", "to": "4.7s", "factor": 3}
    content = small(
        producer={"rate": "1/s", "record_size": "1KiB", "partition_keys": {"count": 1, "order": "round_robin"}},
        function={"duration": {"per_batch": "100ms"}, "failures": [slow]},
        mapping={"consumer": "push", "parallelization_factor": 2},
    )
    return simulate(scenario(content), interval_s=10.0)


def test_a_row_of_the_time_series_has_the_percentiles_and_mean_parts_of_its_records() -> None:
    (row,) = one_slow().timeseries.to_dict("records")
    pickup = 0.07 + 1024 / (2 * 2**20)
    for measure in ("iterator_age", "latency"):
        assert row[f"{measure}_p50_s"] == pytest.approx(pickup + 0.1, rel=0.004)
        assert row[f"{measure}_p99_s"] == pytest.approx(pickup + 0.3, rel=0.004)
        assert row[f"{measure}_max_s"] == pytest.approx(pickup + 0.3)
    assert row["processing_mean_s"] == pytest.approx(0.12)
    assert row["pickup_mean_s"] == pytest.approx(pickup)


def test_the_table_of_shards_has_the_busiest_second_and_the_busiest_lane() -> None:
    """All records have one key: one of two lanes is busy for 1.2 s of 10 s."""
    (row,) = one_slow().shards.to_dict("records")
    assert (row["busiest_second_records"], row["busiest_second_bytes"]) == (1, 1024)
    assert (row["lane_busy_mean"], row["lane_busy_max"]) == pytest.approx((0.06, 0.12))


def test_a_warm_up_changes_no_row_of_the_time_series() -> None:
    """A window of 2 s is open when the warm-up ends."""
    content = small(mapping={"maximum_batching_window": "2s"})
    warm = run_rows(content | {"warmup": "5s"})[0].timeseries
    pandas.testing.assert_frame_equal(warm, run_rows(content)[0].timeseries)
    assert warm["batching_mean_s"].max() > 1


def test_a_run_much_longer_than_its_traffic_has_as_many_rows_as_it_takes() -> None:
    """60 records of 4 s each: 240 s, in rows of a six-hundredth of the 60 s of traffic."""
    content = small(
        run={"duration": "60s"},
        producer={"rate": "1/s"},
        function={"duration": {"per_batch": "4s"}, "timeout": "60s"},
        mapping={"batch_size": 1},
    )
    found = run_rows(content)[0]
    assert found.measures.interval_s == pytest.approx(0.1)
    table = found.timeseries
    assert len(table) == found.rows == pytest.approx(240 / 0.1, abs=15)
    sums = table[["produced_records", "accepted_records", "processed_records", "attempts"]].sum()
    assert sums.tolist() == [60] * 4
    assert table["function_concurrency_mean"].iloc[:-1].sum() * 0.1 == pytest.approx(240, abs=0.1)
    assert table["backlog_records"].max() == pytest.approx(60 - 60 / 4, abs=1)


def test_what_happens_at_the_very_end_of_a_run_has_a_row() -> None:
    """A record of 0.5 s, sent in 477 ns, is done at 0.6 s: the run of 0.6 s has 60 rows, and it is in the last."""
    content = small(
        run={"duration": "0.6s", "drain": "1s"},
        producer={"rate": "1/s", "record_size": "1B"},
        function={"duration": {"per_batch": "30ms"}},
        mapping={"consumer": "push", "push": {"propagation": "0.069999523s"}},
    )
    found = simulate(scenario(content), interval_s=0.01)
    assert found.end_s == 0.6
    last = found.timeseries.iloc[-1]
    assert (found.rows, last["time_s"]) == (60, pytest.approx(0.59))
    assert (last["processed_records"], last["attempts"], last["backlog_records"]) == (1, 1, 0)
    assert last["processing_mean_s"] == pytest.approx(0.03)
    assert last["iterator_age_max_s"] == last["latency_max_s"] == last["lag_max_s"] == pytest.approx(0.1)


def test_the_parts_in_the_latency_table_add_up_to_its_mean() -> None:
    table = run().result.latency
    parts = table[table["measure"] == "latency_part"]["value_s"].sum()
    mean = table[(table["measure"] == "latency") & (table["statistic"] == "mean")]["value_s"].item()
    assert parts == pytest.approx(mean, abs=1e-6)


def test_the_table_of_shards_splits_the_stream() -> None:
    table, logs = run().result.shards, [run().logs["s", j] for j in range(3)]
    assert table["offered_records"].tolist() == [len(log.offered_ns) for log in logs]
    assert table["accepted_records"].tolist() == [len(log.accepted_ns) for log in logs]
    assert table["accepted_bytes"].tolist() == [sum(log.bytes) for log in logs]
    assert table["part_of_stream"].sum() == pytest.approx(1)
    assert table["processed_records"].sum() == run().result.mappings[0].ends.processed
    assert table["get_records_calls"].sum() == run().result.mappings[0].reads["calls"]
    assert table["write_throttled_records"].sum() == run().result.measures.streams["s"].throttled_total
    for j in range(3):
        ages = [row["iterator_age"] for row in run().rows if row["shard"] == j]
        assert table["iterator_age_max_s"][j] == pytest.approx(max(ages), abs=2e-6)


def test_the_load_of_the_shards_in_time_adds_up_to_what_they_accepted_since_the_start() -> None:
    load = tables.shard_load(run().result, "s")
    assert 120 <= len(load) <= 240
    interval = load["time_s"][1] - load["time_s"][0]
    since = sum(t >= 0 for w in run().logs.values() for t in w.accepted_ns)
    assert load.drop(columns="time_s").to_numpy().sum() * interval == pytest.approx(since)


def test_the_load_of_a_shard_is_in_records_a_second() -> None:
    load = tables.shard_load(run_rows(small(producer={"rate": "50/s"}))[0], "s")
    assert load["shard_0"].tolist()[:90] == pytest.approx([50.0] * 90)


def test_the_table_of_incidents_has_a_row_an_episode() -> None:
    episodes = run().result.mappings[0].episodes
    assert run().result.incidents["event"].tolist() == [each.event for each in episodes]
    assert episodes


def test_the_summary_is_json_and_says_what_the_tables_say() -> None:
    summary = json.loads(json.dumps(run().result.summary(), allow_nan=False))
    mapping = summary["event_source_mappings"]["m"]
    assert mapping["attempts"] == len(run().rows)
    assert mapping["records"] == run().result.mappings[0].ends.as_dict()
    assert mapping["records_lost"] == run().result.mappings[0].ends.dropped
    assert sum(mapping["latency_parts_mean_s"].values()) == pytest.approx(mapping["latency"]["mean_s"], abs=1e-6)
    assert summary["streams"]["s"]["records_produced"] == sum(len(w.offered_ns) for w in run().logs.values())
    assert summary["end_s"] == run().result.end_s


def test_a_run_without_records_has_tables_and_a_summary_too() -> None:
    result = run_rows(small(producer={"rate": "0/s"}))[0]
    assert json.loads(json.dumps(result.summary(), allow_nan=False))["event_source_mappings"]["m"]["latency"] == {
        "n": 0
    }
    assert len(result.timeseries) == result.rows
    assert len(result.shards) == 1
    assert result.incidents.empty
    assert not result.latency.empty


def test_names_with_commas_and_quotes_are_quoted_in_invocations_csv() -> None:
    text = invocations(small(mapping={"name": 'a, "b"'}))[1]
    assert {row["mapping"] for row in csv.DictReader(StringIO(text))} == {'a, "b"'}


def test_rows_are_in_order_of_start_whatever_the_windows() -> None:
    starts = [row["started_at"] for row in run().rows]
    assert starts == sorted(starts)
    assert run().text == seen(scenario(CONTENT)).text


def test_rows_that_start_together_are_in_order_of_mapping_shard_and_lane() -> None:
    """Everything is read by one answer of each shard, and all answers come at the same time."""
    content = small(
        stream={"shards": 3},
        producer={
            "rate": "40/s",
            "start": "-9s",
            "stop": "0s",
            "partition_keys": {"count": 99, "order": "round_robin"},
        },
        mapping={"parallelization_factor": 4, "polling": {"phase": "370ms", "jitter": 0}},
    )
    content["streams"]["t"] = {"shards": 3}
    content["producers"].append(dict(content["producers"][0], name="q", stream="t"))
    content["event_source_mappings"].insert(0, dict(content["event_source_mappings"][0], name="z", stream="t"))
    rows = run_rows(content)[1]
    expected = [(name, shard, lane) for name in "zm" for shard in range(3) for lane in range(4)]
    assert [(row["mapping"], row["shard"], row["lane"]) for row in rows] == expected
    assert {row["started_at"] for row in rows} == {0.38}
