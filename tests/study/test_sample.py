"""Some shards in place of all: the same figures, where they are alike; else a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator import size, sweep_load
from simulator.study.evaluate import evaluator
from simulator.study.sample import SampleError, sampled
from simulator.study.settings import AS_IT_IS
from simulator.study.statistics import interval
from tests.study.scenarios import content, loaded, written

ALIKE: dict[str, Any] = {
    "rate": "8000/s", "shards": 40, "batch": "50ms", "record": "3ms", "producer": {"arrivals": "poisson"},
    "mapping": {"batch_size": 50}, "duration": "40s",
}  # fmt: skip


def seen(folder: Path, sample: int | None, replications: int) -> dict[str, list[float]]:
    with evaluator(written(folder, content(**ALIKE)), sample=sample) as evaluate:
        runs = evaluate([AS_IT_IS], replications)[AS_IT_IS]
    return {
        measure: [{**run.values["m"], **run.whole}[measure] for run in runs]
        for measure in (
            "latency_p50_s",
            "latency_p99_s",
            "iterator_age_p99_s",
            "attempts",
            "usd_per_month",
            "offered_lanes",
        )
    }


def test_a_fifth_of_the_shards_tells_what_all_of_them_take_within_its_intervals(tmp_path: Path) -> None:
    whole, part = seen(tmp_path, None, 4), seen(tmp_path, 8, 12)
    for measure in ("latency_p50_s", "latency_p99_s", "iterator_age_p99_s", "attempts", "usd_per_month"):
        of_all, found = interval(whole[measure]), interval(part[measure])
        assert abs(of_all.mean - found.mean) <= 1.5 * (of_all.half_width + found.half_width), measure
        assert abs(of_all.mean / found.mean - 1) < 0.03, measure


def test_what_is_the_most_of_all_shards_is_not_told_of_a_sample(tmp_path: Path) -> None:
    with evaluator(written(tmp_path, content(**ALIKE)), sample=2) as evaluate:
        (run,) = evaluate([AS_IT_IS], 1)[AS_IT_IS]
    assert run.values["m"]["latency_max_s"] != run.values["m"]["latency_max_s"]
    assert run.whole["on_demand_usd_per_month"] != run.whole["on_demand_usd_per_month"]


def test_a_stream_that_is_no_larger_than_the_sample_is_simulated_whole(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, **ALIKE)
    assert sampled(scenario, 40) == (scenario, 1.0)
    few, times = sampled(scenario, 8)
    assert (few.streams["s"].shards, times) == (8, 5.0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"producer": {"arrivals": "constant"}}, "producer producer-1: evenly spaced"),
        ({"producer": {"arrivals": "poisson", "partition_keys": {"count": 10}}}, "keys are not all different"),
        ({"function": {"reserved_concurrency": 39}}, "40 lanes share 39 units"),
        ({"function": {"provisioned_concurrency": 5}}, "provisioned concurrency"),
        ({"function": {"failures": [{"kind": "poison", "probability": 1e-6}]}}, "poison records"),
        (
            {"function": {"reserved_concurrency": 60}, "batch": "60ms"},
            "function f: 40 lanes of short attempts share 600 invocations/s",
        ),
        ({"streams": {"s": {"shards": 40, "scaling": {"up": {}}}}}, "the shards of stream 's' change"),
        ({"objectives": {"latency_max": "3s"}}, "objective latency_max"),
        ({"objectives": {"records_lost": 0}}, "objective records_lost 0"),
        (
            {"shards": 1500, "account": {"concurrency": 5000}},
            "function f: its 1,500 lanes may wait for environments: 1,000 come at once",
        ),
    ],
)
def test_what_shards_share_or_an_objective_on_all_of_them_is_refused_with_the_reason(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(SampleError, match=r"^sample 8: ") as refused:
        sampled(loaded(tmp_path, **{**ALIKE, **change}), 8)
    assert why in str(refused.value)


def test_sweep_load_and_size_say_of_which_shards_their_figures_are(tmp_path: Path) -> None:
    fields = {**ALIKE, "duration": "20s", "objectives": {"latency_p99": "5s"}}
    path = written(tmp_path, content(**fields))
    assert sweep_load(path, factor=(0.9, 1.1), points=2, replications=1, sample=4).sample == 4
    found = size(
        path, shards={"s": "38-40"}, vary={"event_source_mappings.m.batch_size": ["50"]}, replications=2, sample=4
    )
    assert (found.sample, found.answer is not None) == (4, True)


def test_a_setting_of_a_search_whose_shards_are_not_alike_is_named(tmp_path: Path) -> None:
    fields = {**ALIKE, "batch": "200ms", "function": {"reserved_concurrency": 40}, "objectives": {"latency_p99": "5s"}}
    with pytest.raises(SampleError, match=r"41 lanes share 40 units.*do not try shards 41"):
        size(written(tmp_path, content(**fields)), shards={"s": "40-41"}, replications=2, sample=4)
