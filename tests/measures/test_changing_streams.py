"""Measures of streams that change, other readers and filters, from whole runs (docs/model.md, sections 14 to 18)."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
import pytest

from simulator.kernel.engines import Engine
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.model import windows
from simulator.traffic.nanoseconds import NS
from tests.measures.seen import seen
from tests.model.random_runs import random_content
from tests.model.rows import Section, scenario, small

SPLIT = {"resharding": [{"at": "2s", "split": 0}], "resharding_time": {"begin": "1s", "each": "1s"}}
KEYS = {"count": 97, "order": "round_robin"}


def result(**changes: Any) -> Result:
    return simulate(scenario(small(**changes)))


@pytest.mark.parametrize("seed", range(60, 72))
def test_windows_change_no_number_of_a_random_run(seed: int) -> None:
    """Each run checks conservation, parts, waiting and Little's law itself."""
    content = scenario(random_content(seed))
    whole = simulate(content)
    with mock.patch.object(windows, "WINDOW_RECORDS", 41), mock.patch.object(windows, "WINDOW_FACTS", 90):
        cut = simulate(content)
    assert cut.summary() == whole.summary()
    for name in ("timeseries", "shards", "incidents", "reshardings", "readers"):
        assert getattr(cut, name).equals(getattr(whole, name))


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
@pytest.mark.parametrize("window_records", [1, 1 << 19])
def test_no_record_counts_in_the_lag_that_a_child_accepts_before_the_starting_position(
    engine: Engine, window_records: int
) -> None:
    """Records of 1 MiB are produced each half second from -3.75 s to -0.25 s, and one a second is accepted.

    At 0.5 s, when the shard is split, three are left. The child accepts one at once, one at 1.5 s and the last at
    2.5 s, the only one after the starting position. The shard that closed would have had the second one wait too long.
    """
    content = small(
        stream={"resharding": [{"at": "500ms", "split": 0}], "resharding_time": {"begin": "0s", "each": "0s"}},
        producer={
            "rate": "2/s",
            "start": "-4s",
            "stop": "0s",
            "record_size": "1MiB",
            "partition_keys": {"count": 1, "order": "round_robin"},
        },
        mapping={"starting_position": "latest", "starts_after": "2s"},
    )
    with mock.patch.object(windows, "WINDOW_RECORDS", window_records):
        lag = simulate(scenario(content), interval_s=0.5, engine=engine).timeseries["lag_max_s"]
    assert lag.tolist()[:5] == [0.75, 1.25, 1.75, 2.25, 2.75]


def test_shard_hours_are_those_of_open_shards() -> None:
    """One shard for 4 s, then two for 6 s; consumers likewise."""
    found = result(stream=SPLIT, mapping={"consumer": "push"})
    hours = {item.item: item.quantity for item in found.bill.items}
    assert hours["kinesis_shard_hour"] == (4 + 2 * 6) / 3600
    assert hours["kinesis_fan_out_shard_hour"] == (4 + 2 * 6) / 3600


def test_a_stream_in_on_demand_mode_is_billed_by_the_items_of_that_mode() -> None:
    found = result(stream={"mode": "on_demand"})
    items = {item.item for item in found.bill.items}
    assert not any(item.startswith("kinesis_") for item in items)
    kinesis = [item for item in found.bill.items if item.item.startswith("on_demand_")]
    assert kinesis == list(found.bill.on_demand_items)


def test_shards_have_their_parents_and_when_they_were_open() -> None:
    table = result(stream=SPLIT).shards
    assert table["parents"].tolist() == ["", "0", "0"]
    assert table["opened_at_s"].tolist() == [0, 4, 4]
    assert table["closed_at_s"].fillna(-1).tolist() == [4, -1, -1]


def test_what_comes_after_the_end_of_a_run_did_not_come_to_pass() -> None:
    stream = {"resharding": [{"at": "2s", "split": 0}, {"at": "9s", "split": 1}, {"at": "500s", "shards": 8}]}
    found = result(stream={**stream, "resharding_time": {"begin": "1s", "each": "1s"}})
    assert found.end_s < 11
    assert len(found.shards) == 3
    late = found.reshardings.iloc[1]
    assert (late["begun_at_s"], np.isnan(late["done_at_s"]), late["refused"]) == (9, True, "")
    assert len(found.reshardings) == 2
    assert found.summary()["streams"]["s"]["open_shards_at_end"] == 2


def test_the_time_series_has_open_shards_and_closed_ones_that_are_not_finished() -> None:
    slow = {"duration": {"per_batch": "2s"}}
    found = result(stream=SPLIT, function=slow, mapping={"batch_size": 7})
    table = found.timeseries
    ends_s = table["time_s"] + found.measures.interval_s
    assert table["open_shards"].tolist() == [1 if end < 4 else 2 for end in ends_s]
    finished_s = found.reshardings["old_shards_finished_at_s"][0]
    assert finished_s > 6
    assert table["closed_shards_left"].tolist() == [int(4 <= end < finished_s) for end in ends_s]


def test_a_resharding_is_told_with_what_it_did_to_the_iterator_age() -> None:
    found = result(stream=SPLIT, producer={"partition_keys": KEYS}, mapping={"shard_discovery": "3s"})
    (row,) = found.reshardings.to_dict("records")
    assert (row["request"], row["asked_by"], row["refused"], row["mapping"]) == ("split 0", "file", "", "m")
    assert (row["requested_at_s"], row["begun_at_s"], row["done_at_s"]) == (2, 2, 4)
    assert (row["open_shards_before"], row["open_shards_after"]) == (1, 2)
    assert 4.37 < row["old_shards_finished_at_s"] < 4.5


def test_an_episode_that_begins_in_a_resharding_names_it() -> None:
    """The function takes 1 s a record, seven come a second: the mapping is behind before the request is done."""
    content = small(stream={"resharding": [{"at": "1s", "shards": 2}], "resharding_time": {"begin": "30s"}})
    content["duration"] = "60s"
    content["functions"]["f"]["duration"] = {"per_record": "1s"}
    (episode,) = simulate(scenario(content)).mappings[0].episodes
    assert (episode.event, episode.event_start_s, episode.event_end_s) == ("resharding 1", 1, 37)


def test_the_lag_of_another_reader_is_the_age_of_the_oldest_record_that_it_has_not_read() -> None:
    content = small(run={"duration": "12s"}, stream={"shards": 2}, producer={"partition_keys": KEYS})
    disabled = [{"from": "3s", "to": "7s"}]
    reader = {"name": "r", "stream": "s", "interval": "0.7s", "phase": "200ms", "jitter": 0, "starts_after": "1s"}
    content["readers"] = [{**reader, "get_records_limit": 3, "disabled": disabled}]
    found = seen(scenario(content), window_records=13)
    (mine,) = found.result.measures.readers
    polls = [1.2 + 0.7 * n for n in range(30)]
    expected = dict.fromkeys(range(found.result.rows), 0.0)
    for shard in range(2):
        accepted = [at for at in found.logs["s", shard].accepted_s if at > 1]
        read: list[float] = []
        for poll in polls:
            if not 3 <= poll < 7 and poll <= found.result.end_s:
                read += [poll] * min(3, sum(at <= poll for at in accepted) - len(read))
        read += [found.result.end_s] * (len(accepted) - len(read))
        for at, until in zip(accepted, read, strict=True):
            for row in range(found.result.rows):
                end_s = min(until, (row + 1) * mine_interval_s(found.result), found.result.end_s)
                if end_s > max(at, row * mine_interval_s(found.result)):
                    expected[row] = max(expected[row], end_s - at)
    measured = mine.lag.peaks_ns(found.result.rows) / NS
    assert measured == pytest.approx([*expected.values()], abs=1e-6)
    assert max(expected.values()) > 4


def mine_interval_s(of: Result) -> float:
    return of.measures.interval_s


def test_records_that_do_not_pass_are_read_and_end_when_they_are_available() -> None:
    keyed = {"partition_keys": KEYS}
    found = result(producer=keyed, mapping={"filter": {"passes": 0.4, "by": "key"}})
    all_ = result(producer=keyed)
    ends = found.mappings[0].ends
    assert ends.filtered > 20
    assert ends.processed + ends.filtered == ends.produced == 73
    assert ends.wanted == ends.processed
    assert found.mappings[0].reads["calls"] >= all_.mappings[0].reads["calls"] - 3
    assert found.mappings[0].read_bytes == all_.mappings[0].read_bytes
    assert found.timeseries["filtered_records"].sum() == ends.filtered


def test_a_mapping_whose_records_are_all_filtered_has_no_iterator_age() -> None:
    found = result(run={"duration": "150s"}, mapping={"filter": {"passes": 0}})
    (mapping,) = found.mappings
    assert mapping.measures.age.n == 0
    assert found.summary()["event_source_mappings"]["m"]["iterator_age"] == {"n": 0}
    assert mapping.verdict.state == "stable"
    assert mapping.waiting_s == {}


def test_what_would_not_pass_and_is_never_read_has_waited() -> None:
    """All of it is left when the run ends: the mapping starts long after."""
    content: Section = small(run={"drain": "1s"}, mapping={"starts_after": "1h", "filter": {"passes": 0.5}})
    (mapping,) = simulate(scenario(content)).mappings
    assert mapping.ends.unprocessed == 73
    waited_s = sum(11 - (k + 0.5) / 7.3 for k in range(73))
    assert mapping.waiting_s == {"starting": pytest.approx(waited_s)}
