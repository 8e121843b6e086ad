"""What a run takes is known before it starts: near enough to tell a minute from an hour, and an hour from a year."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator import load, simulate
from simulator.cli import cli
from simulator.model.memory import most_bytes
from simulator.scenario.spec import Scenario
from simulator.study.effort import speed
from simulator.study.effort.estimate import Work, effort, predicted_s, work_of
from simulator.study.effort.speed import first_part, machine_factor, wall_s
from tests.study.scenarios import content, loaded, written

ALWAYS = {"failures": [{"kind": "random", "probability": 1}]}
OFTEN = {"failures": [{"kind": "random", "probability": 0.5}]}
OUTAGE = {"failures": [{"kind": "outage", "from": "10s", "to": "40s"}]}
POISON = {"failures": [{"kind": "poison", "at": ["10s"]}]}
EVERY_SECOND = {"retry_backoff": {"initial": "1s", "maximum": "1s"}}
TEN_A_SECOND = {"throttle_backoff": {"initial": "100ms", "maximum": "100ms"}}
BISECT = {"bisect_batch_on_function_error": True, "maximum_retry_attempts": 0}
BACKLOG = {"start": "-1h", "stop": "0s"}
FROM_THE_FIRST = {"starting_position": "trim_horizon"}
CASES: dict[str, dict[str, Any]] = {
    "ordinary": {},
    "many batches": {"rate": "2000/s", "shards": 20, "mapping": {"batch_size": 10}},
    "hardly any records": {"rate": "1/h", "duration": "1000h"},
    "push": {"mapping": {"consumer": "push"}},
    "always fails": {"function": ALWAYS, "drain": "1h", "mapping": EVERY_SECOND},
    "always fails, longer waits": {"function": ALWAYS, "drain": "10h", "shards": 5},
    "fails, with a limit": {"function": ALWAYS, "mapping": {"maximum_retry_attempts": 3, **EVERY_SECOND}},
    "fails, bisected": {"function": ALWAYS, "mapping": BISECT},
    "half of the attempts fail": {"function": OFTEN, "shards": 20},
    "an outage": {"function": OUTAGE, "shards": 9, "mapping": EVERY_SECOND},
    "fails, and records grow old": {"function": ALWAYS, "drain": "5h", "mapping": {"maximum_record_age": "60s"}},
    "poison": {"function": POISON, "drain": "5h", "mapping": EVERY_SECOND},
    "no concurrency": {"function": {"reserved_concurrency": 0}, "drain": "5h", "shards": 3},
    "too little concurrency": {
        "function": {"reserved_concurrency": 2}, "shards": 30, "batch": "1s", "drain": "0s", "mapping": TEN_A_SECOND,
    },
    "a backlog": {"producer": BACKLOG, "mapping": FROM_THE_FIRST},
    "more than shards accept": {"rate": "3000/s", "drain": "10s"},
    "times out": {"batch": "2s", "function": {"timeout": "1s"}, "drain": "1h", "mapping": EVERY_SECOND},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_estimate_is_near_what_a_run_counts(tmp_path: Path, name: str) -> None:
    scenario = loaded(tmp_path, **{"rate": "50/s", **CASES[name]})
    found, result = effort(scenario), simulate(scenario)
    counts = result.mappings[0].measures.counts
    assert_near(found.count("attempts", "retries"), counts["attempts"])
    assert_near(found.count("throttles"), counts["throttles"])
    assert_near(found.tasks[0].count, result.measures.streams["s"].produced_total)


def assert_near(estimate: float, count: float) -> None:
    """Within a factor of three; a few hundred are nothing."""
    assert count / 3 - 300 <= estimate <= 3 * count + 300


def test_every_poll_is_counted(tmp_path: Path) -> None:
    two = content(duration="600s", shards=3)
    two["event_source_mappings"].append({"name": "second", "stream": "s", "function": "f"})
    often = content(mapping={"polling": {"interval": "1ms"}})
    for of in (two, often):
        scenario = load(written(tmp_path, of))
        polls = sum(sum(mapping.reads.values()) for mapping in simulate(scenario).mappings)
        assert effort(scenario).count("polls") == pytest.approx(polls, rel=0.05)
    assert effort(loaded(tmp_path, rate="1/h", duration="1000h")).count("polls") >= 3_600_000


def test_records_that_wait_are_those_that_a_run_has_in_memory(tmp_path: Path) -> None:
    nothing_done = {"reserved_concurrency": 0}
    assert waiting(loaded(tmp_path, function=nothing_done)) == pytest.approx(6000)
    assert waiting(loaded(tmp_path)) < 1000
    assert waiting(loaded(tmp_path, producer=BACKLOG, mapping=FROM_THE_FIRST)) == 360_000
    assert waiting(loaded(tmp_path, producer=BACKLOG)) == 0  # they are skipped
    old = {"maximum_record_age": "60s", **FROM_THE_FIRST}
    assert waiting(loaded(tmp_path, producer=BACKLOG, mapping=old, function=nothing_done)) == 6000
    held = effort(loaded(tmp_path, rate="5000/s"))
    assert next(task.waiting for task in held.tasks if task.kind == "waiting") == pytest.approx(4000 * 60, rel=0.02)


def waiting(scenario: Scenario) -> float:
    return sum(task.waiting for task in effort(scenario).tasks if task.kind == "records")


@pytest.mark.parametrize(
    "fields",
    [
        {"rate": "1000000000/s", "duration": "3650d"},
        {"rate": "1000000/s", "producer": {"start": "-365d"}, "duration": "1s"},
        {"shards": 3000, "duration": "3650d", "mapping": {"polling": {"interval": "1ms"}}},
        {"function": ALWAYS, "duration": "3650d", "mapping": {"retry_backoff": {"initial": "1ms", "maximum": "1ms"}}},
    ],
)
def test_what_is_tried_to_find_out_this_machines_speed_is_small_whatever_the_scenario(
    tmp_path: Path, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Scenario] = []
    monkeypatch.setattr(speed, "simulate", tried.append)
    scenario = loaded(tmp_path, **fields)
    machine_factor(scenario, predicted_s)
    assert predicted_s(tried[0]) <= predicted_s(first_part(scenario, speed.SHORTEST)) + speed.TRIAL_S
    assert predicted_s(scenario) > 1e4


def test_a_trial_that_fails_says_nothing_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "simulate", lambda _: 1 / 0)
    assert machine_factor(loaded(tmp_path), predicted_s) == 1.0


def test_the_time_of_several_runs_is_shared_by_workers_but_no_run_is(tmp_path: Path) -> None:
    assert wall_s([4.0, 1.0, 1.0], 2) == 4.0
    assert wall_s([2.0, 2.0, 2.0, 2.0], 2) == 4.0
    scenario = loaded(tmp_path)
    assert work_of([scenario], 10).wall_s == pytest.approx(10 * predicted_s(scenario))
    assert Work([effort(scenario)] * 10, 5, factor=2.0).wall_s == pytest.approx(4 * predicted_s(scenario))


# --- the commands -----------------------------------------------------------------------------------------------------

COMMANDS = {
    "run": (),
    "compare": ("--shards", "1-2", "-n", "2", "-j", "1"),
    "size": ("-n", "2", "-j", "1"),
    "advise": ("-n", "2", "-j", "1"),
    "sweep-load": ("-n", "1", "--points", "2", "-j", "1"),
}
MS = {"initial": "1ms", "maximum": "1ms"}
ENDLESS: dict[str, Any] = {
    "function": ALWAYS, "drain": "365d", "batch": "0s", "mapping": {"retry_backoff": MS},
    "streams": {"s": {"shards": 1, "retention": "8760h"}},
}  # fmt: skip
LONGER_THAN_AN_HOUR = r" about [\d.]+ (h|d|years)\b"
SMALL: dict[str, Any] = {"duration": "5s", "rate": "20/s"}


def called(command: str, *words: str, **fields: Any) -> Result:
    of = content(objectives={"latency_max": "30s"}, search={"shards": "1-2"}, **fields)
    return CliRunner().invoke(cli, [command, str(written(Path(), of)), *COMMANDS[command], *words])


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("simulator.report.plots.drawing.save", lambda *_: [])
    monkeypatch.setattr("simulator.report.plots.drawing.draw", lambda *_: None)
    monkeypatch.setattr("simulator.report.page.build.write_page", lambda *_: None)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("elsewhere")
def test_more_than_an_hour_is_refused_with_the_estimate_and_what_to_change(command: str) -> None:
    done = called(command, **ENDLESS)
    assert (done.exit_code, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: scenario.yaml: ")
    for part in (
        "illion retries of 'm'",
        "Try maximum_retry_attempts or maximum_record_age",
        "--long",
    ):
        assert part in last
    assert re.search(LONGER_THAN_AN_HOUR, last)
    assert not Path("reports").exists()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("elsewhere")
def test_with_long_it_is_simulated_after_a_line_that_says_so(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WARNED_S", "LONG_S"):
        monkeypatch.setattr(f"simulator.cli_effort.{name}", 0.0)
    assert called(command, **SMALL).exit_code == 2
    done = called(command, "--long", **SMALL)
    assert done.exit_code == 0, done.output
    told = [line for line in done.stderr.splitlines() if line.startswith("scenario.yaml: ") and " about " in line]
    assert len(told) == 1
    assert ("runs take" in told[0]) == (command != "run")
    assert "most of it for" in told[0]


@pytest.mark.usefixtures("elsewhere")
def test_quiet_says_nothing_of_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli_effort.WARNED_S", 0.0)
    assert "scenario.yaml: takes about" in called("run", **SMALL).stderr
    assert called("run", "-q", "--force", **SMALL).stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("elsewhere")
def test_what_does_not_fit_into_memory_is_refused_before_the_start_even_with_long(command: str) -> None:
    rate = math.ceil(most_bytes() / 3600) * 10
    done = called(command, "--long", rate=f"{rate}/s", duration="1h", function={"reserved_concurrency": 0})
    assert (done.exit_code, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert "of memory, most of it for" in last
    assert "half of the machine's" in last
    assert "the producers of 's' at once" in last
    assert "Try more shards for 's'" in last


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "run"])
@pytest.mark.usefixtures("elsewhere")
def test_the_run_that_finds_the_warm_up_is_refused_too(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.study.settling.simulate", lambda *_: pytest.fail("it was started"))
    assert called(command, warmup="auto", **ENDLESS).exit_code == 2


@pytest.mark.usefixtures("elsewhere")
def test_a_dry_run_tells_the_time_and_refuses_nothing() -> None:
    for command in COMMANDS:
        if command != "run":
            done = called(command, "--dry-run", **ENDLESS)
            assert (done.exit_code, done.stderr) == (0, "")
            assert re.search(LONGER_THAN_AN_HOUR, done.stdout)
