"""The search for the cheapest setting, against trying all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.objectives import Objectives
from simulator.study.figures import Figures
from simulator.study.racing import Trial, race, trial
from simulator.study.search import Column, Search, search
from simulator.study.settings import Setting
from tests.study.synthetic import evaluator, run, setting, value

OBJECTIVES = Objectives(latency_p99=1.0)


class World:
    """Settings of columns and shards whose latency and bill are known."""

    def __init__(self, latency: list[list[float]], usd: list[list[float]], slack: float = 0.9) -> None:
        self.latency, self.usd, self.slack = latency, usd, slack
        self.tried: list[tuple[int, int]] = []

    def columns(self, guesses: Sequence[int]) -> list[Column]:
        return [
            Column(tuple(setting(column=c, shards=i) for i in range(len(of))), guess)
            for c, (of, guess) in enumerate(zip(self.latency, guesses, strict=True))
        ]

    def judge(self, settings: Sequence[Setting]) -> list[Trial]:
        self.tried += [place(each) for each in settings]
        evaluate, _ = evaluator(lambda each, i: self.run(each, i))
        return race(evaluate, settings, OBJECTIVES, 2)

    def run(self, each: Setting, replication: int) -> Figures:
        c, i = place(each)
        return run(replication, usd=self.usd[c][i], latency_p99_s=self.latency[c][i])

    def floor(self, each: Setting) -> float:
        c, i = place(each)
        return self.slack * self.usd[c][i]

    def search(self, guesses: Sequence[int]) -> Search:
        return search(self.columns(guesses), self.judge, self.judge, self.floor)

    def cheapest(self) -> float | None:
        """By trying all."""
        met = [
            usd
            for of, bills in zip(self.latency, self.usd, strict=True)
            for s, usd in zip(of, bills, strict=True)
            if s < 1
        ]
        return min(met, default=None)


def place(of: Setting) -> tuple[int, int]:
    return int(value(of, "column")), int(value(of, "shards"))


@st.composite
def monotone_worlds(draw: st.DrawFn) -> tuple[World, list[int]]:
    """More shards: higher bills, no higher latency."""
    columns, shards = draw(st.integers(1, 6)), draw(st.integers(1, 40))
    latency, usd = [], []
    for _ in range(columns):
        edge = draw(st.integers(0, shards))
        latency.append([2.0 + shards - i if i < edge else 0.5 for i in range(shards)])
        base, step = draw(st.floats(1, 100)), draw(st.floats(0.1, 20))
        usd.append([base + step * i for i in range(shards)])
    guesses = draw(st.lists(st.integers(0, shards - 1), min_size=columns, max_size=columns))
    return World(latency, usd, draw(st.sampled_from([0.3, 0.9, 1.0]))), guesses


@given(monotone_worlds())
def test_the_answer_is_the_one_that_trying_all_gives(case: tuple[World, list[int]]) -> None:
    world, guesses = case
    answer = world.search(guesses).answer
    assert (None if answer is None else answer.usd_per_month) == world.cheapest()


@given(monotone_worlds())
def test_a_column_takes_no_more_tries_than_doubling_and_halving(case: tuple[World, list[int]]) -> None:
    world, guesses = case
    world.search(guesses)
    for c, of in enumerate(world.latency):
        tries = len({i for column, i in world.tried if column == c})
        assert tries <= 2 * len(of).bit_length() + 4


def test_with_a_good_guess_a_thousand_settings_take_a_handful_of_tries() -> None:
    """The guess, what is one step cheaper, and the neighbours two steps below and one above."""
    world = World([[5.0 if i < 700 else 0.5 for i in range(1000)]], [[10.0 + i for i in range(1000)]])
    found = world.search([700])
    assert found.answer is not None
    assert place(found.answer.setting) == (0, 700)
    assert sorted(i for _, i in set(world.tried)) == [698, 699, 700, 701]
    assert found.settings == 1000


def test_columns_that_cannot_be_cheaper_are_not_tried() -> None:
    dear = [[5.0] * 3 + [0.5] * 7 for _ in range(20)]
    world = World([[5.0, 0.5, 0.5], *dear], [[1.0, 2.0, 3.0], *([50.0 + i for i in range(10)] for _ in range(20))])
    found = world.search([1] + [3] * 20)
    assert found.answer is not None
    assert found.answer.usd_per_month == 2.0
    assert len({c for c, _ in world.tried}) <= 4  # the first step is taken by four columns together


def test_one_step_cheaper_is_the_next_number_of_shards() -> None:
    world = World([[5.0, 4.0, 0.5, 0.5]], [[1.0, 2.0, 3.0, 4.0]])
    found = world.search([3])
    assert found.cheaper is not None
    assert found.cheaper.usd_per_month == 2.0
    assert found.cheaper.worst is not None
    assert found.cheaper.worst.objective == "latency_p99"


def test_nothing_that_meets_the_objectives_is_no_answer() -> None:
    found = World([[5.0, 4.0, 3.0]], [[1.0, 2.0, 3.0]]).search([0])
    assert found.answer is None
    assert found.cheaper is None


def test_a_setting_below_the_edge_that_meets_the_objectives_after_all_is_found() -> None:
    """With skewed keys a number of shards may happen to split the hot keys better than the next ones."""
    world = World([[9.0, 9.0, 0.9, 9.0, 0.9, 0.9, 0.9]], [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]])
    found = world.search([4])
    assert found.answer is not None
    assert found.answer.usd_per_month == 3.0


def test_more_shards_that_miss_the_objectives_are_a_surprise() -> None:
    world = World([[9.0, 0.9, 5.0, 0.9]], [[1.0, 2.0, 3.0, 4.0]])
    assert [place(each.setting) for each in world.search([1]).surprises] == [(0, 2)]


def test_what_gets_worse_with_shards_is_searched_below() -> None:
    """As with too little concurrency: each shard more is throttled more."""
    world = World([[0.9, 0.9, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]], [[1.0 + i for i in range(8)]])
    found = world.search([4])
    assert found.answer is not None
    assert found.answer.usd_per_month == 1.0


def test_an_answer_that_more_replications_do_not_confirm_is_passed_over() -> None:
    """Two replications are lucky, and the others are not."""

    def luck(each: Setting, i: int) -> Figures:
        shards = value(each, "shards")
        slow = shards < 1 or (shards == 1 and i >= 2)
        return run(i, usd=1 + shards, latency_p99_s=3.0 if slow else 0.5)

    evaluate, _ = evaluator(luck)
    column = Column(tuple(setting(shards=i) for i in range(4)), 1)
    found = search(
        [column],
        lambda settings: race(evaluate, settings, OBJECTIVES, 2),
        lambda settings: [trial(each, evaluate([each], 16)[each], OBJECTIVES) for each in settings],
        lambda each: value(each, "shards"),
    )
    assert found.answer is not None
    assert found.answer.usd_per_month == 3.0


@pytest.mark.parametrize("most", [3, 5, 20])
def test_clear_cases_take_five_replications_and_those_at_the_edge_all(most: int) -> None:
    latency = {0: [9.0, 9.1], 1: [0.5, 0.51], 2: [0.999, 0.999]}

    def noisy(each: Setting, i: int) -> Figures:
        return run(i, latency_p99_s=latency[int(value(each, "shards"))][i % 2])

    evaluate, asked = evaluator(noisy)
    trials = race(evaluate, [setting(shards=i) for i in range(3)], OBJECTIVES, most)
    assert [each.state for each in trials] == ["missed", "met", "undecided"]
    assert [sum(value(each, "shards") == i for each, _ in asked) for i in range(3)] == [
        min(most, 5),
        min(most, 5),
        most,
    ]


def tried(column: Column, i: int, latency_s: float) -> None:
    """A setting is tried, and takes so long."""
    column.trials[i] = trial(
        column.settings[i], [run(n, usd=1.0, latency_p99_s=latency_s) for n in range(2)], OBJECTIVES
    )


def test_settings_that_surely_miss_are_not_tried_and_the_edge_is_found_above_them() -> None:
    column = Column(tuple(setting(shards=i) for i in range(8)), 1, hopeless=3)
    assert column.next(8) == 3
    assert column.next(3) is None
    tried(column, 3, 0.5)
    assert column.next(8) is None


def test_from_one_that_holds_it_goes_down_to_those_that_surely_miss_and_no_further() -> None:
    column = Column(tuple(setting(shards=i) for i in range(8)), 5, hopeless=2)
    tried(column, 5, 0.5)
    assert column.next(8) == 4
    tried(column, 4, 0.5)
    assert column.next(8) == 2
