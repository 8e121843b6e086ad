"""Execution environments: warm, provisioned, cold, lost (docs/model.md, section 6)."""

from simulator.model.environments import COLD, NONE, ON_DEMAND, PROVISIONED, Environments


def test_an_environment_is_used_again_after_a_cold_start() -> None:
    environments = Environments(0, 600.0)
    assert environments.acquire(0.0) == COLD
    environments.release(ON_DEMAND, 1.0)
    assert environments.acquire(2.0) == ON_DEMAND
    assert environments.acquire(2.0) == COLD


def test_the_most_recently_used_environment_is_taken_so_that_the_others_idle_away() -> None:
    environments = Environments(0, 10.0)
    for _ in range(2):
        environments.acquire(0.0)
    environments.release(ON_DEMAND, 1.0)
    environments.release(ON_DEMAND, 3.0)
    assert environments.acquire(12.0) == ON_DEMAND  # the one of 3.0; that of 1.0 is gone
    assert environments.acquire(12.0) == COLD


def test_an_environment_that_is_kept_in_use_does_not_idle_away() -> None:
    environments = Environments(0, 10.0)
    environments.acquire(0.0)
    for k in range(1, 30):
        environments.release(ON_DEMAND, 9.0 * k - 1)
        assert environments.acquire(9.0 * k) == ON_DEMAND


def test_an_environment_unused_for_longer_than_the_timeout_is_gone() -> None:
    environments = Environments(0, 10.0)
    environments.acquire(0.0)
    environments.release(ON_DEMAND, 1.0)
    assert environments.acquire(11.01) == COLD


def test_a_provisioned_environment_has_no_cold_start_and_never_idles_away() -> None:
    environments = Environments(1, 10.0)
    assert environments.acquire(5000.0) == PROVISIONED
    assert environments.acquire(5000.0) == COLD
    environments.release(PROVISIONED, 5001.0)
    assert environments.acquire(9000.0) == PROVISIONED


def test_an_idle_environment_comes_before_a_provisioned_one_that_is_not_yet_used() -> None:
    environments = Environments(1, 10.0)
    environments.acquire(0.0)
    environments.acquire(0.0)
    environments.release(ON_DEMAND, 1.0)
    environments.lose(PROVISIONED)
    assert environments.acquire(2.0) == ON_DEMAND
    assert environments.acquire(2.0) == PROVISIONED
    assert environments.acquire(2.0) == COLD


def test_of_a_provisioned_and_another_idle_one_the_later_finish_is_taken() -> None:
    for first, second in ((PROVISIONED, ON_DEMAND), (ON_DEMAND, PROVISIONED)):
        environments = Environments(1, 600.0)
        environments.acquire(0.0)
        environments.acquire(0.0)
        environments.release(first, 1.0)
        environments.release(second, 2.0)
        assert [environments.acquire(3.0), environments.acquire(3.0)] == [second, first]


def test_a_timeout_loses_the_environment_and_a_provisioned_one_is_made_again() -> None:
    environments = Environments(1, 600.0)
    environments.acquire(0.0)
    environments.acquire(0.0)
    environments.lose(ON_DEMAND)
    environments.lose(PROVISIONED)
    assert [environments.acquire(1.0) for _ in range(3)] == [PROVISIONED, COLD, COLD]


def test_a_thousand_environments_can_be_made_at_once_and_a_hundred_every_second_after() -> None:
    environments = Environments(0, 600.0)

    def made(now: float) -> int:
        n = 0
        while environments.acquire(now) != NONE:
            n += 1
        return n

    assert [made(now) for now in (5.0, 5.005, 6.0, 8.5, 8.51, 100.0)] == [1000, 0, 100, 250, 1, 1000]


def test_the_bucket_refills_for_ever_at_exactly_100_a_second() -> None:
    environments = Environments(0, 0.0)
    for _ in range(1000):
        environments.acquire(0.0)
    assert all(environments.acquire(k / 100) == COLD for k in range(1, 50_001))


def test_warm_environments_take_no_token_of_the_bucket() -> None:
    environments = Environments(0, 600.0)
    for k in range(3000):
        assert environments.acquire(k / 1000) == (COLD if k == 0 else ON_DEMAND)
        environments.release(ON_DEMAND, k / 1000)
    assert sum(environments.acquire(3.0) == COLD for _ in range(1500)) == 1000
