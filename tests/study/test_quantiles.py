"""Quantiles of all replications together, against their definition."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.measures.histogram import Histogram
from simulator.scenario.objectives import Objectives
from simulator.study.exceeding import batches_needed
from simulator.study.figures import Figures, contributions, seen
from simulator.study.objectives import assess
from simulator.study.statistics import QUANTILE_ERROR, interval
from simulator.study.tallies import AGES, Tallies, Tally
from simulator.study.too_short import too_short
from tests.study.synthetic import NONE, run

P99 = "latency_p99_s"


def of(replication: int, latencies_s: np.ndarray, left_s: tuple[float, ...] = (), lost: int = 0) -> Figures:
    """A run with these latencies, each of a batch of its own, records left of these ages, and lost ones."""
    latency, left, age = Histogram(), Histogram(), Histogram()
    latency.add((latencies_s * 1e9).astype(np.int64))
    left.add((np.array(left_s) * 1e9).astype(np.int64))
    age.add(np.full(len(latencies_s), 10**9))
    tallies = Tallies(Tally.of(latency), Tally.of(left), lost, dict.fromkeys(AGES, Tally.of(age)))
    return replace(run(replication, latency_p99_s=latency.percentile_s(99.0)), tallies={"reader": tallies})


def made(n: int, records: int, spread: float = 0.2) -> list[Figures]:
    rng = np.random.default_rng(5)
    return [of(i, np.exp(rng.normal(rng.normal(0, spread), 0.5, records))) for i in range(n)]


def test_the_quantile_is_that_of_all_records_and_not_the_mean_of_the_runs() -> None:
    runs = [of(0, np.full(1000, 1.0)), of(1, np.full(1000, 2.0)), of(2, np.full(1000, 9.0))]
    assert seen(runs, "reader", P99).mean == pytest.approx(9.0, rel=QUANTILE_ERROR)
    assert np.mean([each.values["reader"][P99] for each in runs]) == pytest.approx(4.0, rel=QUANTILE_ERROR)


def test_a_long_run_counts_for_more_than_a_short_one() -> None:
    runs = [of(0, np.full(10, 9.0)), of(1, np.full(10_000, 1.0))]
    assert seen(runs, "reader", P99).mean == pytest.approx(1.0, rel=QUANTILE_ERROR)


def test_the_interval_is_that_of_the_jackknife() -> None:
    """n runs, each left out once: half of the interval is t times the root of (n - 1) / n of the sum of squares."""
    runs = made(5, 3000)
    without = np.array([seen(runs[:i] + runs[i + 1 :], "reader", P99).mean for i in range(5)])
    error = math.sqrt(4 / 5 * ((without - without.mean()) ** 2).sum())
    found = seen(runs, "reader", P99)
    assert found.half_width == pytest.approx(2.776445 * error + QUANTILE_ERROR * found.mean, rel=1e-6)
    assert found.n == 5


def test_what_the_runs_have_in_a_quantile_has_the_quantile_as_its_mean() -> None:
    runs = made(4, 2000)
    parts = contributions(runs, "reader", P99)
    assert np.mean(parts) == pytest.approx(seen(runs, "reader", P99).mean)
    assert interval(parts).half_width == pytest.approx(
        seen(runs, "reader", P99).half_width - QUANTILE_ERROR * np.mean(parts)
    )


def test_a_single_run_has_no_interval() -> None:
    found = seen(made(1, 2000), "reader", P99)
    assert (found.n, math.isnan(found.half_width)) == (1, True)


def test_where_one_run_decides_whether_it_is_infinite_nothing_is_known_of_the_width() -> None:
    """A run loses 4 % of its records, the others none: of all that is 1.3 %."""
    runs = [of(0, np.full(1000, 1.0), lost=40), of(1, np.full(1000, 1.0)), of(2, np.full(1000, 1.0))]
    assert seen(runs, "reader", P99).mean == math.inf
    found = assess(Objectives(latency_p99=2.0), runs)[0]
    assert found.state == "undecided"
    all_ = [of(i, np.full(1000, 1.0), lost=40) for i in range(3)]
    assert assess(Objectives(latency_p99=2.0), all_)[0].state == "missed"


def test_records_left_are_at_least_as_late_as_they_are_old_and_may_be_later() -> None:
    runs = [of(i, np.full(1000, 1.0), left_s=(5.0,) * 40) for i in range(3)]
    assert seen(runs, "reader", P99).mean == pytest.approx(5.0, rel=QUANTILE_ERROR)
    assert seen(runs, "reader", "latency_p99_most_s").mean == math.inf
    assert assess(Objectives(latency_p99=2.0), runs)[0].state == "missed"
    assert assess(Objectives(latency_p99=9.0), runs)[0].state == "undecided"


def test_nothing_measured_has_no_quantile() -> None:
    runs = [replace(run(i), tallies={"reader": NONE}) for i in range(3)]
    assert seen(runs, "reader", P99).n == 0
    assert assess(Objectives(latency_p99=9.0), runs)[0].state == "undecided"


def test_with_few_batches_a_percentile_is_not_met_for_sure_and_that_is_told() -> None:
    """If one batch in a hundred exceeds the bound, 40 in a row do not with a chance of two in three."""
    few, many = ([of(i, np.full(n, 1.0)) for i in range(5)] for n in (8, 100))
    found = assess(Objectives(latency_p99=2.0), few)[0]
    assert (found.state, found.too_short, found.batches, found.batches_needed) == ("undecided", True, 40, 381)
    assert assess(Objectives(latency_p99=2.0), many)[0].state == "met"
    assert too_short(few, "reader") == (
        "40 batches are too few for a 99th percentile, which takes 381: about 9.5 times the duration, or -n 48"
    )
    assert too_short(many, "reader") == ""


@pytest.mark.parametrize(("allowed", "needed"), [(0.5, 4), (0.05, 73), (0.01, 381)])
def test_it_takes_so_many_batches(allowed: float, needed: int) -> None:
    """1.96 squared times (1 - allowed) / allowed."""
    assert batches_needed(allowed, 0.95) == needed


def test_runs_whose_own_quantiles_are_all_lower_than_that_of_all_are_too_short() -> None:
    """Now and then a run is ten times as late: the runs' own percentiles say nothing of all."""
    runs = [of(i, np.full(1000, 10.0 if i == 3 else 1.0)) for i in range(40)]
    assert too_short(runs, "reader").startswith("the runs are too short for a 99th percentile: latency p99 is 10 s")
