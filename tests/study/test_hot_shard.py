"""Where to split a hot shard, by keys whose places are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.measures import tables
from simulator.measures.run import simulate
from simulator.study.demand import Demand, Hot, demand
from simulator.study.hot_shard import best_split, undivided_key
from tests.study.scenarios import loaded

ZIPF: dict[str, Any] = {"partition_keys": {"count": 200, "popularity": {"zipf": 1.2}}}


def of(places: list[float], weights: list[float], monkeypatch: pytest.MonkeyPatch) -> Demand:
    """A demand with keys at these places of the ring, and the rest spread evenly."""
    asked = Demand(1.0, 1.0, 1.0, np.ones(1), 1.0, 0.0, (), ())
    hot = Hot(np.array(places), np.array(weights))
    monkeypatch.setattr(Demand, "hot", hot)
    return asked


def test_two_keys_of_equal_weight_are_parted_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two shards the second, from 0.5 on: its keys are at 0.2 and 0.6 of its range."""
    found = best_split(of([0.6, 0.8], [0.5, 0.5], monkeypatch), 2)
    assert found is not None
    assert (found.shard, found.divides) == (1, True)
    assert found.larger == pytest.approx(0.5)
    assert 0.2 < found.point < 0.6


def test_what_is_spread_evenly_is_shared_so_that_both_halves_have_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of 0.3 at 0.95 of the first of two shards, and 0.35 spread over it: 0.325 of that make half of its 0.65."""
    found = best_split(of([0.475], [0.3], monkeypatch), 2)
    assert found is not None
    assert found.shard == 0
    assert found.larger == pytest.approx(0.5)
    assert found.point == pytest.approx(0.325 / 0.35)


def test_a_key_that_lies_where_half_of_the_load_is_goes_to_the_side_that_is_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key of 0.4 in the middle, and 0.3 spread over the shard: 0.15 on one side, 0.55 of 0.7 on the other."""
    found = best_split(of([0.25], [0.4], monkeypatch), 2)
    assert found is not None
    assert found.larger == pytest.approx(0.55 / 0.7, abs=1e-5)
    assert found.point == pytest.approx(0.5, abs=1e-5)


def test_one_key_is_not_divided_and_is_named(tmp_path: Path) -> None:
    keys = {"name": "p", "partition_keys": {"count": 3, "popularity": {"zipf": 3}}}  # 1, 1/8 and 1/27
    asked = demand(loaded(tmp_path, shards=4, producer=keys), "s")
    found, undivided = best_split(asked, 4), undivided_key(asked, 4)
    assert found is not None
    assert not found.divides
    assert undivided is not None
    assert undivided[:2] == (found.shard, "p-0")
    assert undivided[2] == pytest.approx(found.larger)


def test_where_no_shard_is_hot_there_is_nothing_to_split(tmp_path: Path) -> None:
    asked = demand(loaded(tmp_path, shards=4), "s")
    assert best_split(asked, 4) is None
    assert undivided_key(asked, 4) is None


def test_no_other_of_a_thousand_points_divides_a_skewed_shard_better(tmp_path: Path) -> None:
    asked = demand(loaded(tmp_path, shards=4, producer=ZIPF), "s")
    found = best_split(asked, 4)
    assert found is not None
    within = asked.hot.places * 4 - found.shard
    mine = (within >= 0) & (within < 1)
    total = asked.hottest_share(4)
    even = total - asked.hot.weights[mine].sum()
    loads = [asked.hot.weights[mine & (within < x)].sum() + even * x for x in np.linspace(0.0005, 0.9995, 1000)]
    assert found.larger <= min(max(load, total - load) for load in loads) / total + 1e-9


def test_a_run_with_the_split_has_the_loads_that_were_promised(tmp_path: Path) -> None:
    asked = demand(loaded(tmp_path, shards=4, producer=ZIPF), "s")
    found = best_split(asked, 4)
    assert found is not None
    fields: dict[str, Any] = {"producer": ZIPF, "rate": "1000/s", "duration": "10m"}
    streams = {
        "s": {
            "shards": 4,
            "resharding": [{"at": "0s", "split": found.shard, "point": found.point}],
            "resharding_time": {"begin": "0s", "each": "0s"},
        }
    }
    table = tables.shards(simulate(loaded(tmp_path, **fields, streams=streams)))
    halves = table.loc[table["parents"].astype(str) == str(found.shard), "accepted_records"]
    assert len(halves) == 2
    assert halves.max() / halves.sum() == pytest.approx(found.larger, abs=0.01)
