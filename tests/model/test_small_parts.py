"""Concurrency, backoff, batching payload, failures, functions, poison gaps, clock, randomness, lanes."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.model.partition_keys import key_hash, shard_and_lane
from simulator.model.poison import Gaps
from simulator.model.randomness import generator

from simulator.measures.observer import Measures
from simulator.model.backoff import backoff
from simulator.model.batching import PAYLOAD_LIMIT, filling, fitting, never_reached, payload_bytes
from simulator.model.clock import ANSWER, FINISH, LANE, POLL, WINDOW, At, Signal
from simulator.model.concurrency import Pool, pools
from simulator.model.environments import COLD, NONE, ON_DEMAND
from simulator.model.failures import Failures
from simulator.model.function import ERROR, OK, PARTIAL, TIMEOUT, Function
from simulator.model.simulation import Simulation
from simulator.scenario import spec
from simulator.scenario.spec import Account, Backoff, Constant, Failure, Outage, Random, Scenario, Slow, Work
from tests.model.rows import scenario, small

SOME = settings(derandomize=True, deadline=None, max_examples=80)


def always(value: float) -> Callable[[], float]:
    return lambda: value


# concurrency


def test_functions_without_a_reserve_share_what_the_reserves_leave_of_the_account() -> None:
    function = spec.Function(duration=Work())
    scenario = Scenario(
        duration=1.0,
        streams={},
        account=Account(concurrency=100, other_concurrency=7),
        functions={
            "a": function,
            "b": replace(function, reserved_concurrency=20),
            "c": function,
            "d": replace(function, reserved_concurrency=0),
        },
    )
    of = pools(scenario)
    assert of["a"] is of["c"]
    assert [of[name].limit for name in "abcd"] == [73, 20, 73, 0]


# backoff


@pytest.mark.parametrize(
    ("given_", "waits"),
    [
        (Backoff(jitter=0.0), [0.5, 1, 2, 4, 8, 16, 32, 60, 60]),
        (Backoff(initial=3.0, factor=1.0, maximum=9.0, jitter=0.0), [3, 3, 3, 3]),
        (Backoff(initial=90.0, factor=2.0, maximum=60.0, jitter=0.0), [60, 60]),
        (Backoff(initial=0.1, factor=1000.0, maximum=1e6, jitter=0.0), [0.1, 100, 1e5, 1e6]),
    ],
)
def test_the_nth_wait_is_initial_times_factor_to_the_n_minus_1_up_to_the_maximum(
    given_: Backoff, waits: list[float]
) -> None:
    wait_s = backoff(given_, always(0.0))
    assert [wait_s(n) for n in range(1, len(waits) + 1)] == pytest.approx(waits)


def test_waits_may_be_asked_for_in_any_order() -> None:
    wait_s = backoff(Backoff(jitter=0.0), always(0.0))
    assert [wait_s(n) for n in (5000, 1, 7, 2)] == pytest.approx([60, 0.5, 32, 1])


@pytest.mark.parametrize(("uniform", "factor"), [(0.0, 0.7), (0.5, 1.0), (1.0, 1.3)])
def test_jitter_multiplies_a_wait_by_a_draw_from_1_minus_it_to_1_plus_it(uniform: float, factor: float) -> None:
    wait_s = backoff(Backoff(jitter=0.3), always(uniform))
    assert [wait_s(1), wait_s(20)] == pytest.approx([0.5 * factor, 60 * factor])


# batching


@pytest.mark.parametrize(("size", "payload"), [(1, 536), (2, 536), (3, 536), (4, 540), (1024, 1900), (2**20, 1398636)])
def test_a_record_takes_its_base64_and_532_bytes_of_payload(size: int, payload: int) -> None:
    assert payload_bytes(np.array([size])).tolist() == [payload]


def test_records_whose_payload_is_exactly_6_mib_fit_together() -> None:
    """2,358,897 bytes are 786,299 groups of three: 532 + 4 * 786,299 = 3,145,728 bytes, which is 3 MiB."""
    assert fitting(np.array([2_358_897, 2_358_897, 1])) == 2
    assert fitting(np.array([2_358_897, 2_358_898])) == 1


sizes = st.lists(st.integers(1, 10 * 2**20), min_size=1, max_size=30)


def cut(given_: list[int]) -> int:
    """The oldest whose payload stays within 6 MiB; a single record always fits."""
    total = taken = 0
    for size in given_:
        total += 532 + 4 * math.ceil(size / 3)
        if taken and total > 6 * 2**20:
            break
        taken += 1
    return taken


@SOME
@given(sizes)
def test_a_batch_takes_what_fits_into_6_mib_and_at_least_one(given_: list[int]) -> None:
    assert fitting(np.array(given_)) == cut(given_)


@SOME
@given(sizes)
def test_6_mib_are_reached_by_the_first_records_that_add_up_to_them(given_: list[int]) -> None:
    upto = np.cumsum([532 + 4 * math.ceil(size / 3) for size in given_])
    expected = next((i + 1 for i, total in enumerate(upto) if total >= 6 * 2**20), len(given_) + 1)
    assert filling(np.array(given_)) == expected


@SOME
@given(st.integers(1, 10_000), st.integers(1, 10 * 2**20))
def test_sizes_need_not_be_looked_at_only_if_the_largest_records_stay_below_6_mib(
    batch_size: int, largest: int
) -> None:
    assert never_reached(batch_size, largest) == (batch_size * (532 + 4 * math.ceil(largest / 3)) < PAYLOAD_LIMIT)


# failures


def test_an_outage_strikes_attempts_that_start_in_it_its_end_excluded() -> None:
    failures = Failures((Outage(from_=2.0, to=5.0, fails_after=0.4),), always(0.99))
    assert [failures.error_after(t) for t in (1.999, 2.0, 4.999, 5.0)] == [math.inf, 0.4, 0.4, math.inf]


def test_of_several_causes_the_earliest_counts() -> None:
    both: tuple[Failure, ...] = (
        Random(probability=1.0, fails_after=0.7),
        Outage(from_=0.0, to=9.0, fails_after=0.2),
        Random(probability=1.0, fails_after=0.5),
    )
    assert Failures(both, always(0.5)).error_after(1.0) == 0.2
    assert Failures(both, always(0.5)).error_after(9.0) == 0.5
    late = Outage(from_=0.0, to=9.0, fails_after=0.9)
    assert Failures((*both[::2], late), always(0.5)).error_after(1.0) == 0.5


def test_slow_periods_multiply_each_other() -> None:
    failures = Failures((Slow(from_=0.0, to=9.0, factor=2.0), Slow(from_=5.0, to=7.0, factor=3.5)), always(0.0))
    assert [failures.slowdown(t) for t in (1.0, 5.0, 7.0, 9.0)] == [2.0, 7.0, 2.0, 1.0]


@pytest.mark.parametrize("probability", [0.0, 0.03, 0.5, 1.0])
def test_random_failures_have_their_probability(probability: float) -> None:
    rng = np.random.default_rng(11)
    failures = Failures((Random(probability=probability),), rng.random)
    n = sum(failures.error_after(0.0) < math.inf for _ in range(20_000))
    assert abs(n - 20_000 * probability) <= 4 * math.sqrt(20_000 * probability * (1 - probability))


# functions


def approx(seconds: float, outcome: int) -> tuple[Any, int]:
    """How long an attempt runs, to a rounding error, and how it ends."""
    return pytest.approx(seconds), outcome


def function(timeout: float = 3.0, failures: tuple[Failure, ...] = (), limit: int = 10) -> Function:
    work = Work(per_batch=Constant(value=0.1), per_record=Constant(value=0.01), per_mib=Constant(value=2.0))
    return Function("f", spec.Function(duration=work, timeout=timeout, failures=failures), Pool(limit), 1, 0)


def test_an_attempt_runs_per_batch_per_record_and_per_mib() -> None:
    assert function().run(0.0, 30, 2**19, math.inf) == approx(0.1 + 0.3 + 1.0, OK)


def test_a_slow_period_multiplies_the_duration() -> None:
    slow = function(failures=(Slow(from_=0.0, to=5.0, factor=4.0),))
    assert slow.run(1.0, 0, 0, math.inf) == approx(0.4, OK)


def test_an_attempt_longer_than_the_timeout_ends_there() -> None:
    assert function(timeout=1.0).run(0.0, 91, 0, math.inf) == (1.0, TIMEOUT)


def test_an_attempt_as_long_as_the_timeout_is_in_time() -> None:
    exact = Function("f", spec.Function(duration=Work(per_batch=Constant(value=1.0)), timeout=1.0), Pool(1), 1, 0)
    assert exact.run(0.0, 1, 1, math.inf) == (1.0, OK)


def test_an_error_before_the_timeout_is_an_error_and_no_timeout() -> None:
    outage = function(timeout=1.0, failures=(Outage(from_=0.0, to=9.0, fails_after=0.5),))
    assert outage.run(0.0, 91, 0, math.inf) == approx(0.505, ERROR)
    assert outage.run(0.0, 500, 0, math.inf) == (1.0, TIMEOUT)


def test_poison_counts_if_it_comes_before_the_other_causes_and_not_at_the_same_time() -> None:
    outage = function(failures=(Outage(from_=0.0, to=9.0, fails_after=0.5),))
    assert [outage.run(0.0, 1, 0, after)[1] for after in (0.4, 0.5, 0.6)] == [PARTIAL, ERROR, ERROR]
    assert outage.run(20.0, 90, 0, 0.4) == approx(0.4, PARTIAL)


def test_concurrency_is_taken_and_given_back() -> None:
    one = function(limit=1)
    assert one.admit(0.0) == COLD
    one.pool.hold(1.0, one.environments, COLD, lost=False)
    assert one.admit(0.9) == NONE
    assert one.admit(1.0) == ON_DEMAND


def test_an_attempt_without_concurrency_takes_no_environment() -> None:
    one = function(limit=1)
    one.pool.hold(1.0, one.environments, one.admit(0.0), lost=True)
    for _ in range(2000):
        assert one.admit(0.0) == NONE
    assert one.admit(1.0) == COLD


# poison


def test_poison_strikes_each_record_with_its_probability() -> None:
    struck = Gaps(0.02, np.random.default_rng(2)).next(100_000)
    assert abs(len(struck) - 2000) < 4 * math.sqrt(2000 * 0.98)


@SOME
@given(st.lists(st.integers(0, 40), max_size=30))
def test_poison_does_not_depend_on_the_pieces_records_come_in(pieces: list[int]) -> None:
    whole, piecewise = Gaps(0.1, np.random.default_rng(2)), Gaps(0.1, np.random.default_rng(2))
    found, done = [], 0
    for n in pieces:
        found += (piecewise.next(n) + done).tolist()
        done += n
    assert found == whole.next(done).tolist()


def test_a_probability_of_1_makes_every_record_poison() -> None:
    assert Gaps(1.0, np.random.default_rng(2)).next(5).tolist() == [0, 1, 2, 3, 4]


# clock


def test_what_is_due_at_one_instant_happens_by_kind_then_by_lane_then_in_order_of_scheduling() -> None:
    env, log = simpy.Environment(), []

    def note(what: str) -> Callable[[object], None]:
        return lambda _: log.append(what)

    for priority, name in (
        (LANE + 2, "lane 2"), (ANSWER, "answer"), (LANE + 1, "lane 1"), (POLL, "poll"), (LANE + 2, "lane 2 again"),
        (FINISH, "finish"), (WINDOW, "window"),
    ):  # fmt: skip
        At(env, 5.0, priority).callbacks.append(note(name))
    At(env, 4.0, LANE + 9).callbacks.append(note("earlier"))
    env.run()
    assert log == ["earlier", "window", "finish", "poll", "answer", "lane 1", "lane 2", "lane 2 again"]


def test_an_event_happens_at_its_very_time() -> None:
    env, at = simpy.Environment(), []
    At(env, 0.1 + 0.2, 0).callbacks.append(lambda _: at.append(env.now))
    env.run()
    assert at == [0.1 + 0.2]


def test_a_signal_wakes_at_once_with_the_time_and_can_be_used_again() -> None:
    log: list[object] = []
    signal = Signal()
    for now in (3.0, 4.0):
        signal.callbacks.append(lambda event: log.append(event.value))
        signal.fire(now)
    assert log == [3.0, 4.0]


# randomness


def numbers(*purpose: str | int, seed: int = 1, replication: int = 0) -> tuple[float, ...]:
    return tuple(generator(seed, replication, *purpose).random(4).tolist())


def test_one_purpose_gives_the_same_numbers_again() -> None:
    assert numbers("producer", "web", "arrivals") == numbers("producer", "web", "arrivals")


def test_purposes_seeds_and_replications_give_different_numbers() -> None:
    seen = [
        numbers("producer", "web", "arrivals"),
        numbers("producer", "web", "sizes"),
        numbers("producer", "we", "barrivals"),
        numbers("mapping", "web", "arrivals"),
        numbers("producer", "web", "arrivals", seed=2),
        numbers("producer", "web", "arrivals", seed=2**63 - 1),
        numbers("producer", "web", "arrivals", replication=1),
        numbers("producer", "web", "arrivals", replication=2),
    ]
    assert len(set(seen)) == len(seen)


def test_the_numbers_of_two_purposes_are_not_correlated() -> None:
    a, b = (generator(1, 0, "producer", name, "keys").random(50_000) for name in ("a", "b"))
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(50_000)


# lanes


def test_only_lanes_that_have_had_records_exist() -> None:
    content = small(
        stream={"shards": 50},
        producer={"partition_keys": {"count": 3, "order": "round_robin"}},
        mapping={"parallelization_factor": 10},
    )
    loaded = scenario(content)
    simulation = Simulation(loaded, 1, 0, Measures(loaded))
    simulation.run()
    places = {shard_and_lane(key_hash(f"p-{i}"), 50, 10) for i in range(3)}
    assert set(simulation.mappings[0].lanes) == {shard * 10 + lane for shard, lane in places}
