"""Whether latency drifts: in words for a run that does, and nothing for one in a steady state."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.kernel.engines import Engine
from simulator.measures.run import simulate
from simulator.study.drift import drift
from simulator.study.figures import Figures, figures
from simulator.study.tallies import Course
from simulator.study.too_short import too_short
from tests.model.rows import Section, scenario, small
from tests.study.synthetic import NONE

STEADY = [1.0, 1.02, 0.97, 1.01, 0.99, 1.03, 0.98, 1.0]
QUEUE: Section = {"consumer": "push", "push": {"propagation": "0s"}, "batch_size": 1}  # a lane is a queue


def of(*runs: list[float]) -> list[Figures]:
    """Runs with these percentiles by eighth; that of a half is here the greatest of its eighths."""
    courses = [Course(run, (max(run[:4]), max(run[4:]))) for run in runs]
    return [
        Figures(n, {"m": "stable"}, {"m": ""}, {"m": {}}, tallies={"m": replace(NONE, course=course)})
        for n, course in enumerate(courses)
    ]


@pytest.mark.parametrize(
    "course",
    [
        [1, 2, 3, 4, 5, 6, 7, 8],
        [8, 7, 6, 5, 4, 3, 2, 1],
        [1, 1, 1, 1, 2, 2, 2, 2],
        [1, 1.3, 0.9, 1.4, 1.8, 2.2, 1.9, 2.4],
    ],
    ids=["a ramp", "a backlog that is worked off", "a step", "a ramp with noise"],
)
def test_latency_that_goes_one_way_drifts(course: list[float]) -> None:
    assert drift(of(course), "m").startswith("the 99th percentile of latency drifts: ")


@pytest.mark.parametrize(
    "course",
    [
        STEADY,
        [1.0] * 8,
        [1, 1, 1, 1, 1, 1, 60, 1],
        [9, 1, 1, 1, 1, 1, 1, 1],
        [2, 4, 6, 7, 6, 4, 2, 1],
        [1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07],
        [1, 2, 3, 4, 5, 6, 7, math.inf],
        [1, 2, 3, math.nan, 5, 6, 7, 8],
    ],
    ids=["noise", "equal", "an outage", "a start", "a day", "by less than a tenth", "lost records", "no records"],
)
def test_what_does_not_go_one_way_or_is_not_known_does_not_drift(course: list[float]) -> None:
    assert drift(of(course), "m") == ""


def test_of_several_runs_it_is_the_mean_that_drifts_or_not() -> None:
    rising = [1.0, 2, 3, 4, 5, 6, 7, 8]
    assert drift(of(rising, rising[::-1]), "m") == ""
    found = drift(of(rising, [2 * each for each in rising]), "m")
    assert "6 s in the first half of the traffic, and 12 s in the second; a longer run would have" in found


def md1(seed: int, **producer: object) -> Figures:
    """A queue with Poisson arrivals that is used to 70 % by services of 70 ms: 12,000 of them."""
    content = small(
        run={"duration": "1200s"},
        producer={"rate": "10/s", "arrivals": "poisson", **producer},
        function={"duration": {"per_batch": "70ms", "per_record": "0s"}, "cold_start": "0s"},
        mapping={**QUEUE, "invoke_overhead": "0s"},
    )
    return figures(simulate(scenario(content), seed))


def test_a_queue_in_a_steady_state_does_not_drift_in_more_than_a_few_percent_of_seeds() -> None:
    """By chance one in a hundred; more than three of 60 come by chance in less than one test in 300."""
    assert sum(drift([md1(seed)], "m") != "" for seed in range(60)) <= 3


def test_a_queue_of_which_the_load_rises_drifts_and_the_run_says_so() -> None:
    steps = {"steps": [{"at": f"{150 * n}s", "rate": f"{9 + 0.7 * n:g}/s"} for n in range(8)]}
    run = md1(1, rate=steps)
    assert "drifts: " in drift([run], "m")
    assert too_short([run], "m") == drift([run], "m")


def test_its_eighths_are_of_the_traffic_after_the_warm_up() -> None:
    """10 records/s; each takes 10.5 ms, and 40.5 ms from 70 s on. Those of 30 to 110 s count, by tens of seconds."""
    content = small(
        run={"duration": "110s", "warmup": "30s"},
        producer={"rate": "10/s"},
        function={
            "duration": {"per_batch": "10ms", "per_record": "0s"},
            "cold_start": "0s",
            "failures": [{"kind": "slow", "from": "70s", "to": "110s", "factor": 4}],
        },
        mapping={**QUEUE, "invoke_overhead": "0s"},
    )
    measures = simulate(scenario(content)).mappings[0].measures
    assert measures.eighths.counts.sum(axis=1).tolist() == [100] * 8
    assert np.array_equal(measures.eighths.counts.sum(axis=0), measures.latency.counts)
    course = figures(simulate(scenario(content))).tallies["m"].course
    assert course.eighths_s == pytest.approx([0.0105] * 4 + [0.0405] * 4, rel=0.01)
    assert course.halves_s == pytest.approx([0.0105, 0.0405], rel=0.01)


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_what_ends_just_where_an_eighth_begins_belongs_to_it(engine: Engine) -> None:
    """Records end at 0.1 s, 0.2 s and so on: eighths of 10 s begin with one, and the last one ends with one, too."""
    content = small(
        run={"duration": "110s", "warmup": "30s"},
        producer={"rate": "10/s", "record_size": "1KiB"},  # which takes 488,281 ns to be pushed
        function={"duration": {"per_batch": "49.511719ms", "per_record": "0s"}, "cold_start": "0s"},
        mapping={**QUEUE, "invoke_overhead": "0s"},
    )
    measures = simulate(scenario(content), engine=engine).mappings[0].measures
    assert measures.eighths.counts.sum(axis=1).tolist() == [99, *[100] * 6, 101]
