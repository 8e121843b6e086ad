"""Parents, then children: when the shards of a stream that changes are read (docs/model.md, sections 14 and 16)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.measures.run import simulate
from simulator.model.facts import Finished
from simulator.traffic.nanoseconds import NS
from tests.model.runs import Run, Section, run, scenario, small

MS = 10**6
AT_5_S = {"resharding": [{"at": "4s", "split": 0}], "resharding_time": {"begin": "0.5s", "each": "0.5s"}}
SLOW = {"duration": {"per_batch": "200ms", "per_record": "0s"}}
QUICK = {"duration": {"per_batch": "30ms", "per_record": "0s"}}
ONE_BY_ONE = {"batch_size": 1, "polling": {"phase": "370ms", "latency": "10ms", "repoll": "base_rate"}}


def split(**changes: Any) -> Section:
    """Ten records a second for ten seconds, of many keys; the only shard is split at 5 s."""
    producer = {"rate": "10/s", "partition_keys": {"count": 97, "order": "round_robin"}}
    return small(stream=AT_5_S, producer=producer, **changes)


def first_polls_ns(of: Run, mapping: int = 0) -> list[int]:
    """By shard."""
    return [min(poll.at_ns for poll in of.polls(mapping, shard)) for shard in range(len(of.shards["s"]))]


def test_children_are_read_when_a_slow_function_has_worked_off_their_parent() -> None:
    """Four records are read at 0.37 s, and worked off at 1.18 s; the next come at 1.38 s, and then never too few."""
    of = run(split(function=SLOW, mapping=ONE_BY_ONE))
    finished_ns = 1380 * MS + (50 - 4) * 200 * MS
    assert of.facts.finished == [Finished(0, 0, finished_ns)]
    assert first_polls_ns(of) == [370 * MS, finished_ns + 2 * NS, finished_ns + 2 * NS]
    assert max(poll.at_ns for poll in of.polls(0, 0)) == 5370 * MS  # it has found the end


def test_parent_wait_is_the_time_to_the_first_read_of_the_child() -> None:
    result = simulate(scenario(split(function=SLOW, mapping=ONE_BY_ONE)))
    (mapping,) = result.mappings
    first_read_s = 1.38 + 46 * 0.2 + 2
    waited_s = sum(first_read_s - (k + 0.5) / 10 for k in range(50, 100))
    assert mapping.parts_mean_s["parent_wait"] == pytest.approx(waited_s / 100)
    assert mapping.waiting_s["parents"] == pytest.approx(waited_s)


def test_a_subscription_of_a_child_opens_when_the_end_of_its_parent_has_come() -> None:
    """The end is sent like a record of 0 bytes at 5 s: after all records, and the function is quick."""
    of = run(split(function=QUICK, mapping={"consumer": "push", "parallelization_factor": 4, "shard_discovery": "1s"}))
    assert of.facts.finished == [Finished(0, 0, 5070 * MS)]
    arrived = [int(sent.available_ns.min()) for sent in of.facts.sent if sent.shard]
    assert min(arrived) == 6070 * MS + (1024 * NS + 2**20) // 2**21 + 70 * MS


def test_one_lane_that_is_stuck_holds_back_the_children_of_its_shard() -> None:
    """Poison without a limit of retries: the parent is never finished, and the children are never read."""
    function = {**QUICK, "failures": [{"kind": "poison", "at": ["2s"]}]}
    of = run({**split(function=function, mapping={"parallelization_factor": 4}), "drain": "60s"})
    assert of.facts.finished == []
    assert {poll.shard for poll in of.facts.polls} == {0}
    assert of.ends()["left"] > 40


def test_each_mapping_and_reader_finishes_parents_on_its_own() -> None:
    content = split(function=QUICK)
    slow = {**content["event_source_mappings"][0], "name": "slow", "function": "slow", **ONE_BY_ONE}
    slow["polling"] = {**ONE_BY_ONE["polling"], "jitter": 0}  # type: ignore[dict-item]
    content["functions"]["slow"] = {**SLOW, "cold_start": "0s"}
    content["event_source_mappings"].append(slow)
    content["readers"] = [{"name": "archive", "stream": "s", "interval": "0.4s", "phase": "100ms", "jitter": 0}]
    of = run(content)
    finished_ns = {each.mapping: each.at_ns for each in of.facts.finished}
    assert finished_ns[1] == 1380 * MS + 46 * 200 * MS
    assert finished_ns[0] < 7 * NS
    assert finished_ns[2] == 5300 * MS  # its first call from 5 s on: it is done with what it reads
    assert first_polls_ns(of, 2) == [100 * MS, 5300 * MS, 5300 * MS]


def test_what_had_closed_before_a_mapping_starts_is_not_read_from_the_latest_on() -> None:
    of = run(split(mapping={"starting_position": "latest", "starts_after": "7s"}))
    assert of.facts.finished == [Finished(0, 0, 7 * NS)]
    assert {poll.shard for poll in of.facts.polls} == {1, 2}
    assert min(poll.at_ns for poll in of.facts.polls) == 9 * NS
    assert of.ends() == {"processed": 30, "skipped": 70}


def test_from_the_oldest_on_a_shard_is_read_that_had_closed_before() -> None:
    of = run(split(mapping={"starts_after": "7s"}))
    assert first_polls_ns(of)[0] == 7370 * MS
    assert of.ends() == {"processed": 100}


def test_a_shard_that_is_open_for_no_time_is_finished_with_its_first_call() -> None:
    now = {"begin": "5s", "each": "0s"}
    stream = {"resharding": [{"at": "0s", "shards": 2}, {"at": "0s", "merge": [1, 2]}], "resharding_time": now}
    of = run(small(stream=stream, producer={"rate": "10/s"}))
    assert [(shard.opens_ns, shard.closes_ns) for shard in of.shards["s"]] == [
        (0, 5 * NS), (5 * NS, 10 * NS), (5 * NS, 10 * NS), (10 * NS, None),
    ]  # fmt: skip
    at_once = {**stream, "resharding_time": {"begin": "0s", "each": "0s"}}
    of = run(small(stream=at_once, producer={"rate": "10/s"}))
    assert [(shard.opens_ns, shard.closes_ns) for shard in of.shards["s"]] == [(0, 0), (0, 0), (0, 0), (0, None)]
    assert of.ends() == {"processed": 100}


def test_other_readers_take_calls_from_mappings_and_prolong_nothing() -> None:
    content = small(run={"duration": "20s"}, producer={"rate": "50/s"})
    alone = run(content)
    greedy = [{"name": f"r{n}", "stream": "s", "interval": "0.25s", "phase": "0s", "jitter": 0} for n in range(2)]
    shared = run({**content, "readers": greedy})
    assert alone.results() == {"called": alone.results()["called"]}
    assert shared.results()["no_call"] > 5
    late = run({**content, "readers": [{"name": "late", "stream": "s", "starts_after": "1h"}]})
    assert (late.end_ns, late.facts.attempts[-1].finished_ns) == (alone.end_ns, alone.facts.attempts[-1].finished_ns)
