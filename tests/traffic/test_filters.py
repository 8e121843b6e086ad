"""Which records a mapping's filter lets through (docs/model.md, section 17)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulator.scenario.spec import ConstantRate, CountedKeys, Filter, Producer, UniqueKeys
from simulator.traffic.filters import Filtered
from simulator.traffic.nanoseconds import NEVER, NS
from simulator.traffic.partition_keys import key_hash
from simulator.traffic.producer import Producer as Producing

KEYED = Producer(
    name="web", stream="s", rate=ConstantRate(rate=1000.0), stop=10.0, partition_keys=CountedKeys(count=50)
)
UNIQUE = Producer(name="web", stream="s", rate=ConstantRate(rate=1000.0), stop=10.0, partition_keys=UniqueKeys())


def passes(producer: Producer, filter_: Filter, ends_ns: list[int], mapping: str = "m", seed: int = 1) -> list[bool]:
    of, filtered = Producing(producer, 2**20, seed, 0), Filtered(filter_, mapping, seed, 0)
    found: list[bool] = []
    for end_ns in [*ends_ns, NEVER]:
        batch = of.until(end_ns)
        found += filtered.passes(producer.name, of.keys, batch.first, batch.draws).tolist()
    return found


def test_all_records_of_a_key_pass_or_none() -> None:
    filter_ = Filter(passes=0.43, by="key")
    draws = Producing(KEYED, 2**20, 1, 0).until(NEVER).draws.tolist()
    expected = [key_hash(f"web-{draw}") % 1_000_000 < 430_000 for draw in draws]
    assert passes(KEYED, filter_, []) == expected
    assert {*expected} == {True, False}


@pytest.mark.parametrize(("producer", "by"), [(KEYED, "record"), (UNIQUE, "record"), (UNIQUE, "key")])
def test_records_are_drawn_each_on_its_own(producer: Producer, by: str) -> None:
    found = passes(producer, Filter(passes=0.2, by=by), [])  # type: ignore[arg-type]
    assert np.mean(found) == pytest.approx(0.2, abs=0.02)
    after = [after for before, after in pairwise(found) if before]
    assert np.mean(after) == pytest.approx(0.2, abs=0.04)


@pytest.mark.parametrize("by", ["record", "key"])
def test_windows_change_nothing_and_a_greater_part_keeps_those_that_pass(by: str) -> None:
    few, more = (Filter(passes=part, by=by) for part in (0.3, 0.6))  # type: ignore[arg-type]
    whole = passes(KEYED, few, [])
    assert passes(KEYED, few, [NS // 3, 2 * NS, 7 * NS]) == whole
    assert all(b for a, b in zip(whole, passes(KEYED, more, []), strict=True) if a)


def test_draws_belong_to_the_mapping_and_the_seed() -> None:
    filter_ = Filter(passes=0.5)
    one = passes(KEYED, filter_, [])
    assert one != passes(KEYED, filter_, [], mapping="n")
    assert one != passes(KEYED, filter_, [], seed=2)


@pytest.mark.parametrize(("part", "expected"), [(0.0, {False}), (1.0, {True})])
@pytest.mark.parametrize("by", ["record", "key"])
def test_none_or_all_pass(part: float, expected: set[bool], by: str) -> None:
    assert {*passes(KEYED, Filter(passes=part, by=by), [])} == expected  # type: ignore[arg-type]
