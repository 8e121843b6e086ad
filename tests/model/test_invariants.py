"""What holds in every run: the invariants I1 to I4, on random scenarios with real randomness."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from simulator.model.concurrency import pool_sizes
from simulator.model.facts import Attempt, Doing
from simulator.model.mapping import starting_position
from simulator.model.switch import disabled_periods
from simulator.scenario.spec import Reader
from simulator.traffic.log import Columns, Integers
from simulator.traffic.nanoseconds import NEVER, NS, ns
from tests.model.random_runs import random_run
from tests.model.runs import Run, counts

SEEDS = range(40)
MIB = 2**20
Lane = tuple[int, int, int]


def lane_of(fact: Attempt | Doing) -> Lane:
    return fact.mapping, fact.shard, fact.lane


def readers(of: Run) -> Iterator[tuple[int, int, Columns]]:
    """Mapping, shard, and the log that it reads."""
    for number, mapping in enumerate(of.mappings):
        for shard in of.shards[mapping.stream]:
            yield number, shard.number, of.log(number, shard.number)


@cache
def available(seed: int, mapping: int, shard: int) -> Integers:
    """When each record of a log became available to a mapping; NEVER: not in this run."""
    of = random_run(seed)
    at = np.full(len(of.log(mapping, shard)), NEVER)
    for poll in of.polls(mapping, shard):
        assert (at[poll.first : poll.end] == NEVER).all()
        at[poll.first : poll.end] = poll.answer_ns
    for sent in of.facts.sent:
        if (sent.mapping, sent.shard) == (mapping, shard):
            assert (at[sent.places] == NEVER).all()
            at[sent.places] = sent.available_ns
    at[at > of.end_ns] = NEVER
    return at


@pytest.mark.parametrize("seed", SEEDS)
def test_i1_every_record_ends_at_most_once_and_in_a_run_that_ended_early_exactly_once(seed: int) -> None:
    of = random_run(seed)
    latest_ns = ns(of.scenario.duration) + ns(of.scenario.drain)
    for number in range(len(of.mappings)):
        ended = [(shard, place) for shard, place, _ in of.ended(number)]
        assert len(set(ended)) == len(ended)
        found = of.ends(number)
        assert found.get("left", 0) >= 0
        if of.end_ns < latest_ns:
            assert not found.get("left")


@pytest.mark.parametrize("seed", SEEDS)
def test_i1_every_record_that_is_not_dropped_is_accepted_or_waits(seed: int) -> None:
    of = random_run(seed)
    for name, windows in of.produced.items():
        offered = sum(len(each.produced_ns) for each in windows)
        dropped = sum(int(each.dropped.sum()) for each in windows)
        accepted = sum(len(log) for (stream, _), log in of.logs.items() if stream == name)
        assert offered == dropped + accepted + len(of.waiting[name].shard)


@pytest.mark.parametrize("seed", SEEDS)
def test_i1_no_skipped_record_is_read_and_unread_ones_are_lost_only_after_the_retention(seed: int) -> None:
    of = random_run(seed)
    for number, shard, log in readers(of):
        at_ns, inclusive = starting_position(of.mappings[number])
        skipped = log.accepted_ns < at_ns if inclusive else log.accepted_ns <= at_ns
        assert (available(seed, number, shard)[skipped] == NEVER).all()
        retention_ns = ns(of.scenario.streams[of.mappings[number].stream].retention)
        for loss in of.facts.losses:
            if (loss.mapping, loss.shard, loss.unread) == (number, shard, True):
                assert not skipped[loss.places].any()
                assert (available(seed, number, shard)[loss.places] == NEVER).all()
                assert (log.accepted_ns[loss.places] + retention_ns <= loss.at_ns).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_i2_a_lane_has_one_attempt_at_a_time_and_goes_through_its_records_in_order(seed: int) -> None:
    for lane in random_run(seed).lanes():
        for before, after in pairwise(lane):
            assert after.started_ns >= before.finished_ns
            assert after.places[0] >= before.places[0]
            if after.attempt > 1:
                assert after.attempt == before.attempt + 1
                assert after.cut_ns == before.cut_ns
                assert before.outcome in ("error", "timeout")
            elif before.outcome == "ok":
                assert after.places[0] > before.places[-1]
        for attempt in lane:
            assert (np.diff(attempt.places) > 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_i2_each_record_of_a_lane_is_of_its_range_and_is_first_attempted_or_lost_in_order(seed: int) -> None:
    of = random_run(seed)
    for lane in of.lanes():
        first = lane[0]
        log, factor = of.log(first.mapping, first.shard), of.mappings[first.mapping].parallelization_factor
        mine = log.lane[factor] == first.lane
        places = np.concatenate([attempt.places for attempt in lane])
        assert mine[places].all()
        lost = [loss.places for loss in of.facts.losses if (loss.mapping, loss.shard) == (first.mapping, first.shard)]
        tried_or_lost = np.zeros(len(log), bool)
        tried_or_lost[places] = True
        tried_or_lost[np.concatenate(lost or [np.empty(0, np.int64)])] = True
        here = available(seed, first.mapping, first.shard) < NEVER
        assert tried_or_lost[: int(places.max())][(mine & here)[: int(places.max())]].all()


@pytest.mark.parametrize("seed", SEEDS)
def test_i2_no_child_is_read_before_its_parents_are_finished(seed: int) -> None:
    """A parent is finished when it is closed, read to its end, and each of its records has ended."""
    of = random_run(seed)
    finished = {(each.mapping, each.shard): each.at_ns for each in of.facts.finished}
    for number, reader in enumerate(of.all_readers):
        discovery_ns = 0 if isinstance(reader, Reader) else ns(reader.shard_discovery)
        sent_ns = [(s.shard, int(t)) for s in of.facts.sent if s.mapping == number for t in s.leaves_ns]
        read_ns = sent_ns + [(poll.shard, poll.at_ns) for poll in of.facts.polls if poll.mapping == number]
        parents = {shard.number: shard.parents for shard in of.shards[reader.stream]}
        for child, at_ns in read_ns:
            assert all(finished[number, parent] + discovery_ns <= at_ns for parent in parents[child])


@pytest.mark.parametrize("seed", SEEDS)
def test_i2_a_shard_is_finished_when_it_has_closed_and_its_last_record_has_ended(seed: int) -> None:
    of = random_run(seed)
    ended_ns: dict[tuple[int, int], list[int]] = {}
    for attempt in of.attempts:
        ended_ns.setdefault((attempt.mapping, attempt.shard), []).extend([attempt.finished_ns] * attempt.done)
    for loss in of.facts.losses:
        ended_ns.setdefault((loss.mapping, loss.shard), []).extend([loss.at_ns] * len(loss.places))
    for each in of.facts.finished:
        shard = of.shards[of.all_readers[each.mapping].stream][each.shard]
        assert shard.closes_ns is not None
        assert shard.closes_ns <= each.at_ns
        if each.mapping < len(of.mappings):
            log, mine = of.log(each.mapping, each.shard), ended_ns.get((each.mapping, each.shard), [])
            at_ns, inclusive = starting_position(of.mappings[each.mapping])
            skipped = log.accepted_ns < at_ns if inclusive else log.accepted_ns <= at_ns
            assert len(mine) == len(log) - skipped.sum()
            assert max(mine, default=0) <= each.at_ns


@pytest.mark.parametrize("seed", SEEDS)
def test_i2_shards_open_with_the_ranges_of_those_that_close_and_records_are_accepted_while_they_are_open(
    seed: int,
) -> None:
    of = random_run(seed)
    for name, shards in of.shards.items():
        for shard in shards:
            log = of.logs[name, shard.number]
            assert (log.accepted_ns >= shard.opens_ns).all() or not shard.parents
            assert shard.closes_ns is None or (log.accepted_ns < shard.closes_ns).all()
            parents = [shards[parent] for parent in shard.parents]
            assert all(parent.closes_ns == shard.opens_ns for parent in parents)
            if parents:
                assert min(parent.first_hash for parent in parents) <= shard.first_hash
                assert shard.last_hash <= max(parent.last_hash for parent in parents)
        open_ = sorted((s.first_hash, s.last_hash) for s in shards if s.closes_ns is None)
        assert [first for first, _ in open_] == [0, *(last + 1 for _, last in open_[:-1])]
        assert open_[-1][1] == 2**128 - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_i3_nothing_happens_before_its_cause(seed: int) -> None:
    of = random_run(seed)
    for log in of.logs.values():
        assert (log.produced_ns <= log.let_in_ns).all()
        assert (log.let_in_ns <= log.accepted_ns).all()
        assert (np.diff(log.accepted_ns) >= 0).all()
    for poll in of.facts.polls:
        assert (of.log(poll.mapping, poll.shard).accepted_ns[poll.first : poll.end] <= poll.at_ns).all()
        reader = of.all_readers[poll.mapping]
        latency_ns = 0 if isinstance(reader, Reader) else ns(reader.polling.latency)
        assert poll.answer_ns == poll.at_ns + (poll.result == "called") * latency_ns
    for sent in of.facts.sent:
        propagation_ns = ns(of.mappings[sent.mapping].push.propagation)
        assert (of.log(sent.mapping, sent.shard).accepted_ns[sent.places] <= sent.leaves_ns).all()
        assert (sent.leaves_ns + propagation_ns == sent.available_ns).all()
    for attempt in of.facts.attempts:
        here = available(seed, attempt.mapping, attempt.shard)[attempt.places]
        assert here.max() <= attempt.first_cut_ns <= attempt.cut_ns <= attempt.begun_ns
        assert attempt.begun_ns + ns(of.mappings[attempt.mapping].invoke_overhead) == attempt.started_ns
        assert attempt.started_ns + attempt.cold_ns <= attempt.finished_ns
        assert (attempt.environment == "cold") or not attempt.cold_ns
        assert attempt.started_ns <= of.end_ns


@pytest.mark.parametrize("seed", SEEDS)
def test_i3_facts_are_stated_in_the_window_in_which_they_are_decided(seed: int) -> None:
    of = random_run(seed)
    assert of.windows[-1][1] == of.end_ns
    assert all(before[1] == after[0] for before, after in pairwise(of.windows))
    assert 0 in {begin for begin, _ in of.windows}
    for times in (
        [each.started_ns for each in of.facts.attempts],
        [each.asked_ns for each in of.facts.throttles],
        [each.at_ns for each in of.facts.polls],
        [each.at_ns for each in of.facts.losses],
        [each.at_ns for each in of.facts.finished],
        [each.begin_ns for each in of.facts.doings if each.what not in ("function", "answer", *FAILURES)],
    ):
        assert times == sorted(times)
        assert all(of.windows[0][0] <= time <= of.end_ns for time in times)


FAILURES = ("poison", "outage", "random_errors", "timeouts")


@pytest.mark.parametrize("seed", SEEDS)
def test_i3_a_lane_does_one_thing_after_the_other_from_the_cut_to_the_end_of_its_batch(seed: int) -> None:
    of = random_run(seed)
    done: dict[Lane, list[Doing]] = {}
    for doing in of.facts.doings:
        assert doing.begin_ns < doing.end_ns
        done.setdefault(lane_of(doing), []).append(doing)
    for spans in done.values():
        assert all(before.end_ns <= after.begin_ns for before, after in pairwise(spans))
    for lane in of.lanes():
        spans = done.get(lane_of(lane[0]), [])
        for attempt in lane:
            busy = [
                (max(span.begin_ns, attempt.first_cut_ns), min(span.end_ns, attempt.finished_ns))
                for span in spans
                if span.end_ns > attempt.first_cut_ns and span.begin_ns < attempt.finished_ns
            ]
            assert sum(end - begin for begin, end in busy) == attempt.finished_ns - attempt.first_cut_ns


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_batches_and_answers_keep_their_limits(seed: int) -> None:
    of = random_run(seed)
    for attempt in of.facts.attempts:
        sizes = of.log(attempt.mapping, attempt.shard).bytes[attempt.places]
        assert attempt.bytes == sizes.sum()
        assert 1 <= len(sizes) <= of.mappings[attempt.mapping].batch_size
        assert len(sizes) == 1 or (532 + 4 * -(-sizes // 3)).sum() <= 6 * MIB
    for poll in of.facts.polls:
        sizes = of.log(poll.mapping, poll.shard).bytes[poll.first : poll.end]
        assert poll.bytes == sizes.sum() <= 10 * MIB
        reader = of.all_readers[poll.mapping]
        limits = reader if isinstance(reader, Reader) else reader.polling
        assert len(sizes) <= limits.get_records_limit


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_no_shard_serves_more_calls_or_bytes_than_it_may(seed: int) -> None:
    """The window of bytes is followed by hand: a call while 2 MiB have been read in one that is open is refused."""
    of = random_run(seed)
    for stream, shard in of.logs:
        mine = {number for number, reader in enumerate(of.all_readers) if reader.stream == stream}
        polls = [each for each in of.facts.polls if each.mapping in mine and each.shard == shard]
        again = [each for each in of.facts.read_again if each.mapping in mine and each.shard == shard]
        reads = sorted(
            [(p.at_ns, n, 0, p.bytes, p.result) for n, p in enumerate(polls)]
            + [(r.at_ns, n, 1, r.bytes, "again" if r.call else "") for n, r in enumerate(again)],
            key=lambda read: (read[0], read[2], read[1]),
        )
        tokens, last_ns, opened_ns, taken = 5 * NS, 0, -NEVER, 0
        for at_ns, _, _, size, result in reads:
            tokens, last_ns = min(5 * NS, tokens + 5 * (at_ns - last_ns)), at_ns
            is_open = at_ns * 2 * MIB < opened_ns * 2 * MIB + max(NS * 2 * MIB, taken * NS) - MIB
            if result in ("called", "again"):
                assert tokens >= NS
                tokens -= NS
            if result == "called":
                assert not (is_open and taken >= 2 * MIB)
            if result == "no_call":
                assert tokens < NS
            if result == "no_bytes":
                assert is_open
                assert taken >= 2 * MIB
            if size:
                opened_ns, taken = (opened_ns, taken + size) if is_open else (at_ns, size)


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_no_subscription_sends_more_than_2_mib_a_second_and_only_while_it_is_open(seed: int) -> None:
    of = random_run(seed)
    for sent in of.facts.sent:
        mapping, sizes = of.mappings[sent.mapping], of.log(sent.mapping, sent.shard).bytes[sent.places]
        lasts_ns = np.diff(sent.leaves_ns)
        assert (lasts_ns * 2 * MIB >= sizes[1:] * NS - 2 * MIB).all()
        assert (sent.leaves_ns * 2 * MIB >= ns(mapping.starts_after) * 2 * MIB + sizes * NS - 2 * MIB).all()
        for begin_ns, end_ns in disabled_periods(mapping.disabled):
            assert not ((begin_ns <= sent.available_ns) & (sent.available_ns <= end_ns)).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_concurrency_never_exceeds_its_limit_or_reserve(seed: int) -> None:
    of = random_run(seed)
    sizes = pool_sizes(of.scenario)
    shared = [name for name, function in of.scenario.functions.items() if function.reserved_concurrency is None]
    for pool in (shared, *([name] for name in of.scenario.functions if name not in shared)):
        mine = [
            a for a in of.facts.attempts if of.mappings[a.mapping].function in pool and a.finished_ns > a.started_ns
        ]
        edges = [(a.started_ns, 1) for a in mine] + [(a.finished_ns, -1) for a in mine]
        running = np.cumsum([step for _, step in sorted(edges)])
        assert running.max(initial=0) <= (sizes[pool[0]] if pool else 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_i4_a_disabled_mapping_or_reader_makes_no_call_and_cuts_no_batch(seed: int) -> None:
    of = random_run(seed)
    for number, reader in enumerate(of.all_readers):
        periods = disabled_periods(reader.disabled)
        calls = [p.at_ns for p in of.facts.polls if p.mapping == number and p.result != "disabled"]
        cuts = [a.first_cut_ns for a in of.facts.attempts if a.mapping == number]
        skipped = [p.at_ns for p in of.facts.polls if p.mapping == number and p.result == "disabled"]
        assert not any(begin <= time < end for begin, end in periods for time in calls + cuts)
        assert all(any(begin <= time < end for begin, end in periods) for time in skipped)


def test_the_random_runs_are_not_all_alike() -> None:
    """The invariants would hold of runs in which nothing happens."""
    runs = [random_run(seed) for seed in SEEDS]
    attempts = [attempt for of in runs for attempt in of.facts.attempts]
    assert {attempt.outcome for attempt in attempts} == {"ok", "error", "timeout", "partial"}
    assert {attempt.failure for attempt in attempts} == {"", *FAILURES}
    assert {attempt.environment for attempt in attempts} == {"on_demand", "provisioned", "cold"}
    assert max(attempt.attempt for attempt in attempts) > 5
    polls = counts([poll.result for of in runs for poll in of.facts.polls])
    assert min(polls[of] for of in ("called", "missed", "held", "disabled", "no_call", "no_bytes")) > 10
    assert sum(loss.unread for of in runs for loss in of.facts.losses) > 3
    ends = [of.ends(number) for of in runs for number in range(len(of.mappings))]
    for how in ("processed", "skipped", "dropped_at_write", "dropped", "sent_to_destination", "expired", "left"):
        assert any(found.get(how) for found in ends), how
    assert sum(len(of.facts.throttles) for of in runs) > 100
    assert sum(len(of.windows) for of in runs) > 400
