"""The resolved scenario, loaded again, is the same scenario."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.scenario.dumping import dump
from simulator.scenario.loading import load
from simulator.scenario.names import FORMULA
from simulator.scenario.spec import (
    Constant,
    EventSourceMapping,
    Exponential,
    Function,
    Gamma,
    Lognormal,
    Objectives,
    Outage,
    Poison,
    Prices,
    Producer,
    Scenario,
    Search,
    Sine,
    Step,
    Steps,
    Stream,
    Uniform,
    Work,
)

from .test_loading import CASES


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_every_worked_case_survives_the_round_trip(path: Path, tmp_path: Path) -> None:
    scenario = load(path)
    again = tmp_path / "resolved.yaml"
    again.write_text(dump(scenario, tmp_path), encoding="utf-8")
    assert load(again) == scenario


def test_every_field_is_written_with_its_unit(scenario_file: Callable[[str], Path], valid: str) -> None:
    path = scenario_file(valid)
    lines = [line.strip() for line in dump(load(path), path.parent).splitlines()]
    for line in (
        "name: orders",
        "drain: 1h",
        "max_record_size: 1MiB",
        "rate: 2000/s",
        "stop: 10m",
        "initial: 500ms",
        "reserved_concurrency: none",
        "maximum_record_age: -1",
        "disabled: []",
    ):
        assert line in lines


def test_files_are_written_relative_to_the_folder(
    scenario_file: Callable[[str], Path], valid: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("time_s,records\n0,10\n60,20\n")
    scenario = load(scenario_file(valid.replace("2000/s", "{trace: t.csv}")))
    assert "trace: ../t.csv\n" in dump(scenario, tmp_path / "report")


seconds = st.floats(0, 1e6)
sizes = st.floats(1, 1000)
names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda text: text[0] not in FORMULA
)
aws_names = st.from_regex(r"[a-zA-Z0-9_][a-zA-Z0-9_-]{0,63}", fullmatch=True)
durations = st.one_of(
    st.builds(Constant, value=seconds),
    st.builds(Exponential, mean=seconds),
    st.builds(Gamma, mean=seconds, cv=st.floats(0.01, 10)),
    st.builds(lambda low, more: Uniform(low=low, high=low + more), seconds, seconds),
    st.builds(lambda median, more: Lognormal(median=median, p99=median + more), st.floats(0.001, 1e3), seconds),
)
rates = st.one_of(
    st.builds(
        lambda a, b, r: Steps(steps=(Step(at=a, rate=r), Step(at=a + b, rate=0.0))),
        st.floats(0, 99),
        st.floats(1, 9),
        seconds,
    ),
    st.builds(Sine, mean=seconds, amplitude=seconds, period=st.floats(0.001, 1e6), peak_at=seconds),
)
failures = st.one_of(
    st.builds(Poison, probability=st.floats(0, 1), fails_after=st.floats(0, 1)),
    st.builds(Poison, at=st.lists(seconds, min_size=1, max_size=3).map(tuple)),
    st.builds(lambda a, b: Outage(from_=a, to=a + b), st.floats(0, 99), st.floats(1, 9)),
)
warmups: st.SearchStrategy[float | Literal["auto"]] = st.one_of(st.just("auto"), st.floats(0, 100))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    stream, function = draw(aws_names), draw(aws_names)
    producer = Producer(
        name=draw(names),
        stream=stream,
        rate=draw(rates),
        start=draw(st.floats(-1e6, -1)),
        stop=draw(st.floats(0, 500)),
        record_size=draw(st.builds(Constant, value=sizes)),
    )
    work = Work(per_batch=draw(durations), per_record=draw(durations))
    memories = [
        mib * 2**20 for mib in draw(st.lists(st.integers(128, 1024), min_size=2, max_size=4, unique=True).map(sorted))
    ]
    mapping = EventSourceMapping(
        name=draw(names),
        stream=stream,
        function=function,
        maximum_record_age=draw(st.just(-1) | st.integers(60, 604_800).map(float)),
    )
    return Scenario(
        name=draw(names),
        description=draw(st.text(max_size=50).filter(str.isprintable)),
        duration=draw(st.floats(500, 1e7)),
        warmup=draw(warmups),
        seed=draw(st.integers(0, 2**63 - 1)),
        streams={stream: Stream(shards=draw(st.integers(1, 10_000)))},
        producers=(producer,),
        functions={
            function: Function(
                duration=work,
                failures=tuple(draw(st.lists(failures, max_size=3))),
                reserved_concurrency=draw(st.none() | st.integers(0, 1000)),
                memory=memories[1],
                architecture=draw(st.sampled_from(["x86", "arm"])),
                duration_by_memory={memory: draw(st.floats(0.001, 900)) for memory in memories},
                duration_measured_at=memories[0],
            )
        },
        event_source_mappings=(mapping,),
        prices=draw(st.builds(Prices, kinesis_shard_hour=st.none() | st.floats(0, 1e6))),
        objectives=draw(st.builds(Objectives, latency_p99=st.none() | seconds, cost_per_month=st.none() | seconds)),
        search=Search(
            shards=tuple(draw(st.lists(st.integers(1, 10_000), unique=True).map(sorted))),
            vary={"event_source_mappings.0.batch_size": tuple(map(str, draw(st.lists(st.integers(1, 10_000)))))},
        ),
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(scenario=scenarios())
def test_any_scenario_survives_the_round_trip(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "resolved.yaml"
    path.write_text(dump(scenario, tmp_path), encoding="utf-8")
    assert load(path) == scenario
