"""Functions with handlers of their own: both engines call them with the same events, and go on in the same way."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from simulator.scenario.faults import ScenarioError
from simulator.scenario.handler import Handler
from simulator.scenario.spec import Scenario
from tests.kernel.random_scenarios import Section, random_scenarios
from tests.kernel.recording import first_difference, record
from tests.kernel.results import results_differ
from tests.kernel.sanitized import with_handlers
from tests.model.rows import scenario, small

CODE = """
import sys, zlib

def handler(event, context):
    numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
    drawn = zlib.crc32(str(event).encode())
    if drawn % 10 == 0:
        raise ValueError(numbers[0])
    if drawn % 500 == 1:
        sys.exit(1)
    if drawn % 10 in (2, 3):
        return {"batchItemFailures": [{"itemIdentifier": numbers[drawn % len(numbers)]}]}
    if drawn % 10 == 4:
        return {"batchItemFailures": [{"itemIdentifier": ""}]}
"""
SPLIT = [{"at": "1s", "split": 0}, {"at": "3s", "shards": 4}]


@pytest.fixture
def handler(tmp_path: Path) -> Handler:
    path = tmp_path / "app.py"
    path.write_text(textwrap.dedent(CODE), encoding="utf-8")
    return Handler(str(path), "handler", "")


def several(handler: Handler, **mapping: object) -> Scenario:
    """Two streams' worth of trouble: lanes, throttles, cold starts, shards that change."""
    content = small(
        run={"duration": "6s", "drain": "30s"},
        stream={"resharding": SPLIT, "resharding_time": {"begin": "1s", "each": "0.5s"}},
        producer={"rate": "40/s", "partition_keys": {"count": 7}},
        function={"cold_start": "50ms", "reserved_concurrency": 2, "timeout": "1s"},
        mapping={"batch_size": 7, "maximum_retry_attempts": 2, **mapping},
    )
    return with_handlers(scenario(content), handler)


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("bisect", [False, True])
@pytest.mark.parametrize("more", [{"consumer": "push"}, {"parallelization_factor": 3}])
def test_a_handler_makes_the_same_of_a_run_by_both(
    handler: Handler, more: dict[str, object], bisect: bool, partial: bool
) -> None:
    asked = {"report_batch_item_failures": partial, "bisect_batch_on_function_error": bisect}
    run = several(handler, **asked, **more)
    plain, kernel = record(run, "simpy"), record(run, "kernel")
    assert first_difference(plain, kernel) == ""
    assert plain["answered"]
    assert results_differ(run) == ""


def test_a_measured_duration_decides_in_the_kernel_too(handler: Handler) -> None:
    run = several(handler)
    functions = {
        name: replace(each, duration=replace(each.duration, measured=1000.0)) for name, each in run.functions.items()
    }
    found = record(replace(run, functions=functions), "kernel")
    took_ns = [attempt[12] - attempt[10] - attempt[11] for attempt in found["attempts"]]
    assert max(took_ns) > min(took_ns) > 0


def test_random_scenarios_with_a_handler_are_the_same_by_both(handler: Handler) -> None:
    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(random_scenarios())
    def check(content: Section) -> None:
        try:
            run = with_handlers(scenario(content), handler)
        except ScenarioError:
            return
        assert first_difference(record(run, "simpy"), record(run, "kernel")) == ""

    check()
