"""Policies that people use, as templates: when each asks for shards, against a trace worked by hand from its rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from simulator import load, simulate
from simulator.scenario.templates import template

MINUTE = 60


def asked(folder: Path, name: str, rates: dict[int, float], hours: float, shards: int = 1) -> list[tuple[int, int]]:
    """When the policy of a template asks for shards, in seconds, and for how many.

    `rates`: records/s of even arrivals, from each second on; nobody reads them.
    """
    content: dict[str, Any] = YAML(typ="safe").load(template(name))
    steps = [{"at": f"{at_s}s", "rate": f"{rate}/s"} for at_s, rate in rates.items()]
    producer = {**content["producers"][0], "rate": {"steps": steps}, "arrivals": "constant"}
    content["streams"]["clicks"]["shards"] = shards
    content |= {"duration": f"{hours}h", "producers": [producer], "event_source_mappings": []}
    path = folder / "policy.yaml"
    YAML(typ="safe").dump(content, path)
    result = simulate(load(path))
    return [(round(each.at_ns / 1e9), each.shards) for each in result.measures.streams["clicks"].requests]


def test_the_two_alarms_of_aws_double_after_five_periods_and_begin_anew_after_each_change(tmp_path: Path) -> None:
    # 20 records of 50 KiB/s are 98 % of a shard. Five periods end at 25 min, their figures are there 2 min later. Then
    # 2 shards are used to 49 %: nothing is asked for. From 60 min on 40/s are 98 % of both: again five periods.
    found = asked(tmp_path, "autoscaling-aws-alarms", {0: 20, 60 * MINUTE: 40}, 2)
    assert found == [(27 * MINUTE, 2), (87 * MINUTE, 4)]


def test_the_two_alarms_of_aws_halve_when_57_of_60_periods_are_below_a_quarter(tmp_path: Path) -> None:
    # 4 shards used to 5 %. The first 57 periods end at 285 min: fewer than 60 are looked at, 57 of them are below.
    found = asked(tmp_path, "autoscaling-aws-alarms", {0: 4}, 6, shards=4)
    assert found == [(287 * MINUTE, 2)]


def test_the_scaling_utils_multiply_by_a_percentage_after_single_minutes(tmp_path: Path) -> None:
    # 98 % of a shard: five minutes, 2 min for the figures: ceil(1 * 1.5) = 2 at 7 min; half of that then.
    assert asked(tmp_path, "autoscaling-utils", {0: 20}, 1) == [(7 * MINUTE, 2)]


def test_step_scaling_adds_one_shard_at_80_percent_of_the_records_of_a_minute(tmp_path: Path) -> None:
    # 900 records/s of 300 bytes are 90 %: one minute from 20 min on, and 2 min for its figures. Then 45 % of two.
    assert asked(tmp_path, "autoscaling-steps", {0: 700, 20 * MINUTE: 900}, 0.5) == [(23 * MINUTE, 2)]


def test_step_scaling_waits_for_its_cooldown_from_the_start_of_the_run_too(tmp_path: Path) -> None:
    assert asked(tmp_path, "autoscaling-steps", {0: 900}, 0.5) == [(10 * MINUTE, 2)]


def test_step_scaling_looks_at_records_alone_and_leaves_large_ones_at_their_byte_limit(tmp_path: Path) -> None:
    content = template("autoscaling-steps")
    assert "metric: records" in content
    # 3 periods of 5 minutes below 16 %: 15 min, and 2 for the figures, one shard less; then not for 10 minutes
    found = asked(tmp_path, "autoscaling-steps", {0: 100}, 1, shards=3)
    assert found[0] == (17 * MINUTE, 2)
    assert found[1][0] >= found[0][0] + 10 * MINUTE


def test_substation_doubles_at_70_percent_of_five_minutes_and_halves_after_an_hour(tmp_path: Path) -> None:
    # 15 records/s are 73 %: 5 minutes and 2. Then 37 % of two: above 35 %. From 20 min on 5/s: 12 %, an hour of minutes
    # that begin after the last change, and 2 min.
    found = asked(tmp_path, "autoscaling-substation", {0: 15, 20 * MINUTE: 5}, 2)
    assert found == [(7 * MINUTE, 2), (82 * MINUTE, 1)]


@pytest.mark.parametrize("name", ["autoscaling-aws-alarms", "autoscaling-utils", "autoscaling-substation"])
def test_a_policy_that_looks_at_the_mean_does_not_see_one_hot_shard(tmp_path: Path, name: str) -> None:
    # 4 shards, of which one gets all of a single key's records: its limit, and a quarter of the stream's.
    content: dict[str, Any] = YAML(typ="safe").load(template(name))
    producer = {**content["producers"][0], "rate": "30/s", "partition_keys": {"count": 1}}
    content["streams"]["clicks"]["shards"] = 4
    content |= {"duration": "45m", "producers": [producer], "event_source_mappings": []}
    path = tmp_path / "policy.yaml"
    YAML(typ="safe").dump(content, path)
    result = simulate(load(path))
    assert result.measures.streams["clicks"].throttled_total > 0
    assert not result.measures.streams["clicks"].requests
