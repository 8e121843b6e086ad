"""What a valid file gives."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.scenario.faults import errors
from simulator.scenario.loading import check, load
from simulator.scenario.spec import (
    Backoff,
    Constant,
    ConstantRate,
    CountedKeys,
    Empirical,
    Trace,
    UniqueKeys,
    WeightedKeys,
    Work,
)

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*/scenario.yaml"))
Write = Callable[[str], Path]


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_every_worked_case_loads(path: Path) -> None:
    assert errors(check(path)) == []


def test_fields_that_are_left_out_have_the_models_defaults(scenario_file: Write, valid: str) -> None:
    scenario = load(scenario_file(valid))
    assert (scenario.name, scenario.duration, scenario.drain, scenario.warmup, scenario.seed) == (
        "orders",
        600,
        3600,
        0,
        1,
    )
    assert (scenario.account.concurrency, scenario.account.other_concurrency) == (1000, 0)
    assert (scenario.streams["clicks"].retention, scenario.streams["clicks"].max_record_size) == (86400, 2**20)
    producer, function, mapping = scenario.producers[0], scenario.functions["enrich"], scenario.event_source_mappings[0]
    assert (producer.start, producer.stop, producer.arrivals, producer.on_throttle) == (0, 600, "poisson", "retry")
    assert (producer.record_size, producer.partition_keys) == (Constant(value=1024), UniqueKeys())
    assert producer.rate == ConstantRate(rate=2000)
    assert (function.memory, function.timeout, function.idle_timeout) == (128 * 2**20, 3, 600)
    assert (function.reserved_concurrency, function.provisioned_concurrency, function.failures) == (None, 0, ())
    assert (function.duration, function.cold_start) == (Work(per_batch=Constant(value=0.02)), Constant(value=0.2))
    assert (mapping.name, mapping.consumer, mapping.starting_position) == ("enrich-clicks", "polling", "latest")
    assert (mapping.maximum_retry_attempts, mapping.maximum_record_age, mapping.disabled) == (-1, -1, ())
    assert mapping.retry_backoff == mapping.throttle_backoff == Backoff(initial=0.5, factor=2, maximum=60, jitter=0.5)
    assert mapping.polling.jitter == 0.05


def test_producers_without_names_are_numbered_from_1_in_the_files_order(scenario_file: Write, valid: str) -> None:
    text = valid.replace("rate: 2000/s", "rate: 1/s\n  - {stream: clicks, rate: 1/s}")
    assert [producer.name for producer in load(scenario_file(text)).producers] == ["web", "producer-2"]


def test_a_group_given_in_part_keeps_the_rest_of_its_defaults(scenario_file: Write, valid: str) -> None:
    text = valid.replace("batch_size: 100", "retry_backoff: {initial: 1s}")
    assert load(scenario_file(text)).event_source_mappings[0].retry_backoff == Backoff(initial=1)


def test_start_and_at_timestamp_may_be_negative(scenario_file: Write, valid: str) -> None:
    text = valid.replace("rate: 2000/s", "rate: 1/s\n    start: -30m").replace(
        "batch_size: 100", "starting_position: {at_timestamp: -10m}"
    )
    assert load(scenario_file(text)).producers[0].start == -1800


def test_a_constant_is_a_plain_amount_or_a_group(scenario_file: Write, valid: str) -> None:
    short, long = load(scenario_file(valid)), load(scenario_file(valid.replace("20ms", "{constant: 20ms}")))
    assert short == long


def test_csv_files_are_read_beside_the_scenario(scenario_file: Write, valid: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("t,n\n0,10\n60,20\n")
    (tmp_path / "k.csv").write_text("key,weight\na,1\nb,3\n")
    (tmp_path / "d.csv").write_text("s\n0.3\n0.1\n")
    text = valid.replace("2000/s", "{trace: t.csv, column: n, time_column: t}\n    partition_keys: {weights: k.csv}")
    scenario = load(scenario_file(text.replace("20ms", "{empirical: {file: d.csv, column: s}}")))
    rate, keys = scenario.producers[0].rate, scenario.producers[0].partition_keys
    work = scenario.functions["enrich"].duration.per_batch
    assert isinstance(rate, Trace)
    assert isinstance(keys, WeightedKeys)
    assert isinstance(work, Empirical)
    np.testing.assert_array_equal(rate.time_s, [0, 60])
    np.testing.assert_array_equal(rate.records, [10, 20])
    np.testing.assert_array_equal(work.values, [0.1, 0.3])
    assert list(keys.keys) == ["a", "b"]
    assert rate.trace == str(tmp_path.resolve() / "t.csv")


def test_keys_drawn_in_turn_are_read(scenario_file: Write, valid: str) -> None:
    text = valid.replace("2000/s", "2000/s\n    partition_keys: {count: 7, order: round_robin}")
    assert load(scenario_file(text)).producers[0].partition_keys == CountedKeys(count=7, order="round_robin")


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("simulator.scenario.spec", {"pydantic", "ruamel", "pandas", "matplotlib", "numpy", "click"}),
        ("simulator.scenario.loading", {"pydantic", "pandas", "matplotlib", "numpy", "click"}),
        ("simulator.cli_files", {"pydantic", "ruamel", "pandas", "matplotlib", "numpy", "simpy"}),
    ],
)
def test_importing_a_module_brings_in_little(module: str, unwanted: set[str]) -> None:
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert not unwanted & set(done.stdout.split())
