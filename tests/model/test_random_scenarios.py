"""The random scenarios that tests simulate are what they are made for."""

from __future__ import annotations

from collections import Counter

from tests.model.random_scenarios import random_scenario
from tests.model.rows import run_rows


def test_a_seed_gives_one_scenario() -> None:
    assert all(random_scenario(seed) == random_scenario(seed) for seed in range(30))


def test_in_a_good_part_of_the_random_scenarios_attempts_start_or_finish_at_one_instant() -> None:
    tied = 0
    for seed in range(40):
        rows = run_rows(random_scenario(seed))[1]
        times = Counter((column, row[column]) for column in ("started_at", "finished_at") for row in rows)
        tied += sum(count > 1 for count in times.values()) > 10
    assert tied >= 8
