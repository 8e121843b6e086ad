"""Environments of a function: the bucket of new ones, and which one is used (docs/model.md, section 6)."""

from __future__ import annotations

from simulator.model.environments import Environments
from simulator.traffic.nanoseconds import NS

NEVER_IDLE = 10**18


def new_ones(of: Environments, now_ns: int, most: int = 3000) -> int:
    """How many new environments can be had at a time, one after the other."""
    for n in range(most):
        if not of.any(now_ns):
            return n
        assert of.acquire(now_ns) == "cold"
    return most


def test_a_thousand_new_ones_at_once_then_a_hundred_a_second_and_never_more_than_a_thousand() -> None:
    of = Environments(0, NEVER_IDLE)
    assert new_ones(of, 5 * NS) == 1000
    assert new_ones(of, 5 * NS + NS // 100 - 1) == 0
    assert new_ones(of, 5 * NS + NS // 100) == 1
    assert new_ones(of, 8 * NS) == 299
    assert new_ones(of, 1000 * NS) == 1000


def test_the_one_used_last_is_used_first_whether_provisioned_or_not() -> None:
    of = Environments(1, NEVER_IDLE)
    assert [of.acquire(0), of.acquire(0)] == ["provisioned", "cold"]
    of.release("on_demand", 1)
    of.release("provisioned", 1)
    assert [of.acquire(2), of.acquire(2)] == ["provisioned", "on_demand"]
    of.release("provisioned", 3)
    of.release("on_demand", 3)
    assert [of.acquire(4), of.acquire(4), of.acquire(4)] == ["on_demand", "provisioned", "cold"]


def test_one_that_is_idle_for_longer_than_the_timeout_is_gone_but_a_provisioned_one_stays() -> None:
    of = Environments(1, 10)
    assert [of.acquire(0), of.acquire(0)] == ["provisioned", "cold"]
    of.release("provisioned", 5)
    of.release("on_demand", 5)
    assert of.any(15)
    assert of.acquire(15) == "on_demand"
    of.release("on_demand", 15)
    assert of.any(26)
    assert [of.acquire(26), of.acquire(26)] == ["provisioned", "cold"]


def test_a_provisioned_one_that_is_lost_is_made_again_and_another_is_gone() -> None:
    of = Environments(1, NEVER_IDLE)
    assert [of.acquire(0), of.acquire(0)] == ["provisioned", "cold"]
    of.lose("provisioned")
    of.lose("on_demand")
    assert [of.acquire(1), of.acquire(1)] == ["provisioned", "cold"]
