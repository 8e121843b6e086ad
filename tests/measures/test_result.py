"""A result is data: it can be sent to another process, and its tables made there."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import pytest

from simulator.measures import tables
from simulator.measures.result import Result
from simulator.measures.run import simulate
from tests.measures.test_tables import CONTENT
from tests.model.rows import scenario

NAMES = ("timeseries", "latency", "shards", "incidents", "bill")
DATA = ("simulator.measures.", "simulator.scenario.", "simulator.prices")


@cache
def result() -> Result:
    content = CONTENT | {"streams": {**CONTENT["streams"], "unread": {"shards": 1}}}
    return simulate(scenario(content))


def all_tables(of: Result) -> dict[str, str]:
    """The tables of a result as CSV, and its summary."""
    made = {name: getattr(tables, name)(of).to_csv() for name in NAMES}
    loads = {f"load of {name}": tables.shard_load(of, name).to_csv() for name in of.scenario.streams}
    return {**made, **loads, "summary": repr(of.summary())}


def parts(value: Any, seen: set[int]) -> Iterator[Any]:
    """An object and all that it holds."""
    if id(value) in seen:
        return
    seen.add(id(value))
    yield value
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list | tuple | set):
        inner = value
    elif hasattr(value, "__dict__"):
        inner = vars(value).values()
    for each in inner:
        yield from parts(each, seen)


def test_a_result_holds_data_alone() -> None:
    """No process, shard, log or fact of the simulation, and no observer at work."""
    homes = {type(part).__module__ for part in parts(result(), set())}
    ours = {home for home in homes if home.startswith("simulator.")}
    assert all(home.startswith(DATA) for home in ours), ours
    names = {type(part).__name__ for part in parts(result(), set())}
    assert not names & {"Times", "Lanes", "Doings", "MappingObserver", "Measures"}


def test_a_result_comes_back_from_pickle_with_the_same_tables() -> None:
    again = pickle.loads(pickle.dumps(result()))
    assert all_tables(again) == all_tables(result())


def test_tables_can_be_made_in_another_process() -> None:
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        assert pool.submit(all_tables, result()).result() == all_tables(result())


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_of_a_run_without_mappings_have_their_heads(name: str) -> None:
    content = {**CONTENT, "event_source_mappings": []}
    none, some = simulate(scenario(content)), result()
    assert getattr(tables, name)(none).columns.tolist() == getattr(tables, name)(some).columns.tolist()


def test_what_is_sent_does_not_grow_with_the_traffic() -> None:
    """Ten times the records take the same histograms and about as many rows."""
    sizes = []
    for rate in ("300/s", "3000/s"):
        producers = [{**CONTENT["producers"][0], "rate": rate}]
        sizes.append(len(pickle.dumps(simulate(scenario({**CONTENT, "producers": producers, "drain": "0s"})))))
    assert sizes[1] < 1.2 * sizes[0]
