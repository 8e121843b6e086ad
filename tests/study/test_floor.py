"""The least that a month can cost, against what simulated months do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator import simulate
from simulator.study.demand import demand
from simulator.study.floor import attempts_per_s, floor_usd_per_month
from tests.study.scenarios import loaded

POISSON = {"producer": {"arrivals": "poisson"}}
SPIKES = {"spikes": {"base": "20/s", "peak": "400/s", "every": "60s", "lasts": "10s"}}
ZIPF = {"arrivals": "poisson", "partition_keys": {"count": 30, "popularity": {"zipf": 1.2}}}

CASES: dict[str, dict[str, Any]] = {
    "polling": {"rate": "200/s", "shards": 2, **POISSON},
    "polling with lanes": {"rate": "200/s", "shards": 2, "mapping": {"parallelization_factor": 4}, **POISSON},
    "slow batches": {"rate": "200/s", "shards": 2, "batch": "1500ms", "mapping": {"batch_size": 1000}, **POISSON},
    "full batches": {"rate": "500/s", "shards": 1, "batch": "20ms", "record": "1ms", **POISSON},
    "push": {"rate": "50/s", "shards": 2, "mapping": {"consumer": "push"}, **POISSON},
    "push, busy": {"rate": "200/s", "shards": 1, "batch": "50ms", "mapping": {"consumer": "push"}, **POISSON},
    "window": {"rate": "50/s", "mapping": {"maximum_batching_window": "5s", "batch_size": 1000}, **POISSON},
    "rare": {"rate": "0.5/s", "shards": 3},
    "spikes": {"rate": SPIKES, "shards": 2, **POISSON},
    "skew": {"rate": "300/s", "shards": 4, "producer": ZIPF},
    "large records": {"rate": "10/s", "shards": 2, "producer": {"record_size": "60KiB"}},
    "provisioned": {"rate": "50/s", "function": {"provisioned_concurrency": 3}, **POISSON},
    "long retention": {"rate": "50/s", "streams": {"s": {"shards": 2, "retention": "48h"}}, **POISSON},
    "drops": {"rate": "1500/s", "producer": {"on_throttle": "drop"}},
    "a backlog": {"rate": "50/s", "producer": {"start": "-120s"}, "mapping": {"starting_position": "trim_horizon"}},
}


@pytest.mark.parametrize("case", CASES)
def test_no_run_costs_less_than_the_floor(tmp_path: Path, case: str) -> None:
    scenario = loaded(tmp_path, duration="240s", **CASES[case])
    assert floor_usd_per_month(scenario) <= simulate(scenario).bill.usd_per_month


@pytest.mark.parametrize("case", ["polling", "polling with lanes", "full batches", "push", "window", "spikes", "skew"])
def test_the_floor_is_near_enough_to_order_settings_by(tmp_path: Path, case: str) -> None:
    scenario = loaded(tmp_path, duration="240s", **CASES[case])
    assert floor_usd_per_month(scenario) >= 0.75 * simulate(scenario).bill.usd_per_month


def attempts(folder: Path, **fields: Any) -> float:
    scenario = loaded(folder, **fields)
    return attempts_per_s(scenario, scenario.event_source_mappings[0], demand(scenario, "s"))


def test_a_lane_makes_one_batch_of_each_poll(tmp_path: Path) -> None:
    """3 shards of 2 lanes, each with 50 records a second and a poll that always finds some: 6 batches a second."""
    found = attempts(tmp_path, rate="300/s", shards=3, mapping={"parallelization_factor": 2})
    assert found == pytest.approx(6.0)


def test_no_batch_is_more_than_full(tmp_path: Path) -> None:
    """500 records/s by the hundred: 5 batches a second, where a poll each would be one."""
    assert attempts(tmp_path, rate="500/s") == pytest.approx(5.0)


def test_a_poll_that_finds_nothing_makes_no_batch(tmp_path: Path) -> None:
    """0.1 records/s: of polls every second one in ten finds one, 1 - e^-0.1."""
    assert attempts(tmp_path, rate="0.1/s") == pytest.approx(0.0951626, rel=1e-5)
