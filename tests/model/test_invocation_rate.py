"""How many attempts a pool may admit a second (docs/model.md, section 18)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from simulator.model.invocation_rate import InvocationRate
from simulator.traffic.nanoseconds import NS
from tests.model.runs import run, small


@pytest.mark.parametrize(("each_s", "units"), [(10.0, 1), (10.0, 30), (7.0, 3), (1.0, 1), (2.5, 7), (60 / 7, 11)])
def test_a_pool_admits_a_second_of_its_rate_at_once_and_then_one_at_a_time_exactly(each_s: float, units: int) -> None:
    rate, a_second = InvocationRate(each_s, units), Fraction(round(each_s * 1000), 1000) * units
    burst = int(a_second)
    for _ in range(burst):
        assert rate.any(5)
        rate.take(5)
    for n in range(1, 40):
        next_ns = 5 + -(-(burst + n - a_second) * NS // a_second)
        assert not rate.any(next_ns - 1)
        assert rate.any(next_ns)
        rate.take(next_ns)


def test_without_a_limit_there_is_always_one() -> None:
    rate = InvocationRate(0.0, 3)
    for _ in range(100):
        assert rate.any(0)
        rate.take(0)


def test_an_attempt_that_lacks_a_token_takes_nothing_else() -> None:
    """Ten lanes want to run at once, with three tokens: the others are throttled, and make no environment."""
    mapping = {"parallelization_factor": 10, "batch_size": 1, "throttle_backoff": {"initial": "100ms", "factor": 1}}
    of = run(
        small(
            run={"duration": "1s", "account": {"concurrency": 3, "requests_per_concurrency": "1/s"}},
            producer={"rate": "100/s"},
            function={"duration": {"per_batch": "1ms"}, "cold_start": "1ms", "idle_timeout": "0s"},
            mapping=mapping,
        )
    )
    starts = of.starts_s
    for begin in starts:
        assert sum(begin <= start < begin + 1 for start in starts) <= 2 * 3
    assert len(starts) == 100
    assert starts[-1] - starts[0] == pytest.approx((100 - 3) / 3, abs=0.7)
    lacks = [throttle.lack for throttle in of.facts.throttles]
    assert {*lacks} <= {"invocation_rate", "concurrency"}
    assert lacks.count("invocation_rate") > 100
