"""The proof of a verdict: runs with rules that the twin does not know are noticed, runs of its own are explained."""

from __future__ import annotations

import pytest

from .conftest import Command
from .truths import backtest, inside, observe

SLOW = "functions.sum.failures=[{kind: slow, from: 25m, to: 35m, factor: 4}]"
OUTAGE = "functions.sum.failures=[{kind: outage, from: 25m, to: 30m}]"


@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.usefixtures("no_plots")
def test_another_seed_of_the_same_rules_is_explained(seed: int, shardsim: Command) -> None:
    observe(shardsim, seed=seed)
    code, told = backtest(shardsim)
    assert (code, told["verdict"]) == (0, "explains"), told["says"]
    assert [each for each in told["misses"] if not each["chance"]] == []


@pytest.mark.parametrize(
    ("change", "metric", "why"),
    [
        ("functions.sum.duration.per_record=3ms", "Duration", "the function itself took longer"),
        ("polling.interval=3s", "IteratorAge", "the same records in larger batches there"),
        ("batch_size=20", "Invocations", "the same records in smaller batches there"),
        ("streams.meter.shards=6", "Invocations", "the same records in smaller batches there"),
    ],
)
@pytest.mark.usefixtures("no_plots")
def test_a_rule_that_the_twin_has_not_is_noticed(change: str, metric: str, why: str, shardsim: Command) -> None:
    observe(shardsim, change)
    code, told = backtest(shardsim)
    assert (code, told["verdict"]) == (4, "does not explain")
    assert inside(told)[metric] < 0.5
    miss = next(each for each in told["misses"] if each["metric"] == metric)
    assert miss["to_s"] > miss["from_s"] >= told["judged_from_s"]
    assert miss["observed"] != pytest.approx(miss["simulated"], rel=0.05)
    assert why in miss["why"]


@pytest.mark.parametrize(
    ("change", "metric", "from_min", "to_min", "why"),
    [
        (SLOW, "Duration", 25, 35, "as many invocations of as many records: the function itself took longer"),
        (OUTAGE, "IteratorAge", 25, 32, "errors there that the scenario has no cause for"),
    ],
)
@pytest.mark.usefixtures("no_plots")
def test_minutes_of_trouble_are_named_with_their_cause(
    change: str, metric: str, from_min: int, to_min: int, why: str, shardsim: Command
) -> None:
    observe(shardsim, change)
    code, told = backtest(shardsim)
    assert (code, told["verdict"]) == (4, "does not explain")
    miss = next(each for each in told["misses"] if each["metric"] == metric)
    assert abs(miss["from_s"] - from_min * 60) <= 60
    assert abs(miss["to_s"] - to_min * 60) <= 120
    assert miss["why"].endswith(why)
    clock = [f"09:{miss[name] // 60:02d}" for name in ("from_s", "to_s")]
    assert f"misses {clock[0]} to {clock[1]} UTC: " in told["says"][0]
    assert why in told["says"][0]


@pytest.mark.usefixtures("no_plots")
def test_throttles_of_a_reserve_that_the_twin_has_not_are_the_cause_that_is_named(shardsim: Command) -> None:
    slower = "functions.sum.duration.per_record=12ms"
    observe(shardsim, slower, "functions.sum.reserved_concurrency=1")
    code, told = backtest(shardsim, "--set", slower)
    assert (code, told["verdict"]) == (4, "does not explain")
    assert inside(told)["Throttles"] < 0.1
    assert "throttles there that the scenario has no cause for" in told["says"][0]
