"""`shardsim compare`, as a user calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.study import executors
from simulator.study.executors import Failure, NoWorkersError, Outcome
from simulator.study.jobs import Job
from tests.results import read_csv

TWO = ("--shards", "1-2", "-n", "3", "-j", "1")
MET, MISSED = "objectives.latency_max=1h", "objectives.latency_p99=1ms"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results go to the test's own folder, and plots are not drawn."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("simulator.report.plots.comparing.PLOTS", ())


def called(path: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["compare", str(path), *words])


def all_failing(jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
    """No job has a result."""
    for job in jobs:
        yield job, Failure(job, "told in a line")


def failing(jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
    """As `inline`, but the second replications have no result."""
    for job, outcome in executors_inline(jobs):
        yield job, Failure(job, "told in a line") if job.replication == 1 else outcome


def lost(jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
    """As `inline`, on a cluster that has lost its workers after the second run."""
    for number, each in enumerate(executors_inline(jobs)):
        if number == 2:
            raise NoWorkersError("dask://here: no worker for 600 s")
        yield each


executors_inline = executors.inline


def test_a_cluster_that_is_lost_is_told_with_what_is_kept(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "inline", lost)
    done = called(small, *TWO)
    assert (done.exit_code, done.stdout) == (5, "")
    assert done.stderr.splitlines()[-1] == (
        "error: dask://here: no worker for 600 s; 2 finished runs are kept in reports/small.runs/, the same command "
        "goes on from there"
    )
    monkeypatch.setattr(executors, "inline", executors_inline)
    assert "6 runs, 2 of them kept from before" in called(small, *TWO).stderr


def test_a_scenario_without_a_mapping_is_refused_also_when_only_a_setting_has_none(small: Path) -> None:
    for words in (("--set", "event_source_mappings=[]", "--shards", "1-2"), ("--vary", "event_source_mappings=[]")):
        done = called(small, *words, "-n", "2", "-j", "1")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "small has no event source mapping" in done.stderr
    assert not Path("reports/small-compare").exists()


def test_tables_without_rows_have_their_heads(small: Path) -> None:
    assert called(small, "--shards", "2", "-n", "1", "-j", "1").exit_code == 0
    table = read_csv(Path("reports/small-compare/differences.csv"))
    assert list(table.columns) == ["shards", "mapping", "measure", "difference", "low", "high", "n", "word"]
    assert table.empty


@pytest.mark.parametrize("text", ["5", "-1s", "infs", "1e999s", "soon"])
def test_a_wait_that_is_no_time_is_refused(small: Path, text: str) -> None:
    done = called(small, *TWO, "--wait", text)
    assert done.exit_code == 2
    assert f"{text}" in done.stderr


def test_it_prints_means_differences_and_where_the_files_are(small: Path) -> None:
    done = called(small, *TWO)
    assert done.exit_code == 0, done.output
    assert "small: of 2 settings the cheapest that keeps up is shards 1 for USD" in done.stdout
    assert "percentiles of all 3 runs together" in done.stdout
    assert "difference from shards 2, replication by replication" in done.stdout
    assert "written to reports/small-compare/" in done.stdout
    assert "2 settings x 3: 6 runs; about" in done.stderr
    names = {
        "comparison.csv",
        "differences.csv",
        "replications.csv",
        "study.json",
        "run.json",
        "scenario.yaml",
        "report.html",
        "plots",
    }
    assert {each.name for each in Path("reports/small-compare").iterdir()} == names
    assert len(list(Path("reports/small.runs").glob("*.json"))) == 6 + 1


def test_the_files_can_be_read_back(small: Path) -> None:
    called(small, *TWO, "--vary", "event_source_mappings.0.consumer=polling,push")
    table = read_csv(Path("reports/small-compare/replications.csv"))
    assert set(table["consumer"]) == {"polling", "push"}
    assert table["shards"].dtype.kind == "i"
    assert len(read_csv(Path("reports/small-compare/comparison.csv"))) == 4


def test_json_says_the_same_as_the_files(small: Path) -> None:
    done = called(small, *TWO, "--json")
    told = json.loads(done.stdout)
    assert [each["shards"] for each in told["comparison"]] == [1, 2]
    assert told["baseline"] == {"streams.clicks.shards": "2"}
    assert told["output"] == "reports/small-compare"


def test_quiet_says_nothing(small: Path) -> None:
    done = called(small, *TWO, "-q")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("objective", "code"), [(MET, 0), (MISSED, 4)])
def test_the_exit_code_says_whether_a_setting_meets_the_objectives(small: Path, objective: str, code: int) -> None:
    done = called(small, *TWO, "--set", objective)
    assert done.exit_code == code, done.output
    assert ("met" if code == 0 else "missed") in done.stdout


def test_a_setting_that_cannot_be_told_to_meet_the_objectives_does_not(small: Path) -> None:
    called(small, *TWO)
    runs = read_csv(Path("reports/small-compare/replications.csv"))
    ages = runs[(runs["measure"] == "iterator_age_max_s") & (runs["shards"] == 2)]["value"]
    done = called(small, "--shards", "2", "-n", "3", "-j", "1", "--set", f"objectives.iterator_age_max={ages.mean()}s")
    assert done.exit_code == 4
    assert "undecided" in done.stdout


def test_more_replications_simulate_only_the_new_ones_and_replace_the_result(small: Path) -> None:
    called(small, *TWO)
    done = called(small, "--shards", "1-2", "-n", "4", "-j", "1")
    assert done.exit_code == 0, done.output
    assert "8 runs, 6 of them kept from before or the same as others" in done.stderr
    assert set(read_csv(Path("reports/small-compare/replications.csv"))["replication"]) == {0, 1, 2, 3}


def test_a_changed_scenario_is_noticed_and_told(small: Path) -> None:
    called(small, *TWO)
    small.write_text(small.read_text(encoding="utf-8").replace("rate: 150/s", "rate: 140/s"), encoding="utf-8")
    done = called(small, *TWO)
    assert "6 runs; about" in done.stderr
    assert "the scenario has changed: runs kept from before are not used" in done.stderr


def test_a_damaged_run_is_noticed_and_told(small: Path) -> None:
    called(small, *TWO)
    before = Path("reports/small-compare/comparison.csv").read_bytes()
    next(path for path in Path("reports/small.runs").glob("*.json") if path.name != "study.json").write_bytes(b"?")
    done = called(small, *TWO)
    assert "1 kept run was damaged and was simulated again" in done.stderr
    assert Path("reports/small-compare/comparison.csv").read_bytes() == before


def test_a_damaged_note_of_the_last_study_is_told_and_written_again(small: Path) -> None:
    called(small, *TWO)
    note = Path("reports/small.runs/study.json")
    before = note.read_bytes()
    note.write_text("[" * 200_000, encoding="utf-8")
    done = called(small, *TWO)
    assert f"{note} is damaged and is written again" in done.stderr
    assert note.read_bytes() == before


def test_a_dry_run_tells_the_plan_and_writes_nothing(small: Path) -> None:
    done = called(small, "--shards", "1-4", "-n", "500", "--dry-run")
    assert done.exit_code == 0
    assert done.stdout.startswith("4 settings x 500: 2,000 runs; about ")
    assert not Path("reports").exists()


def test_auto_adds_replications_and_says_why_it_stopped(small: Path) -> None:
    done = called(small, "--shards", "2", "-n", "auto", "--precision", "0.5", "-j", "1")
    assert "5 replications: every chosen interval is within ±0.5 of its mean" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "nothing to compare: give --shards 2-8, or --vary"),
        (("--shards", "1-1000,", "-n", "2"), 2, "is no number or range"),
        (("--vary", "a=1,2", "--vary", "a=3"), 2, "a is varied twice"),
        (("--vary", "event_source_mappings.0.batch_sise=1,2"), 3, "did you mean 'batch_size'?"),
        (("--shards", "0-1"), 3, "--vary streams.clicks.shards=0: error: 0 is out of range"),
        (("--shards", "1-2", "--set", "seed"), 2, "write PATH=VALUE"),
        (("--shards", "1-2", "--set", "sed=1"), 3, "did you mean 'seed'?"),
        (("--shards", "1-2", "--baseline", "shards=3"), 2, "must be one of those that are compared"),
        (("--shards", "1-2", "-n", "0"), 2, "0 is not in the range"),
        (("--shards", "1-2", "-n", "many"), 2, "'many' is not a valid integer"),
        (("--shards", "1-2", "--executor", "tcp://x"), 2, "write dask://HOST:PORT"),
        (("--shards", "1-2", "-n", "auto", "--budget", "5 parsecs"), 2, "--budget"),
    ],
)
def test_bad_input_gets_a_line_and_its_exit_code(small: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = called(small, *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert not Path("reports").exists()


def test_a_million_settings_are_refused_with_their_number(small: Path) -> None:
    sizes = ",".join(map(str, range(1, 1001)))
    done = called(small, "--shards", "1-1000", "--vary", f"event_source_mappings.0.batch_size={sizes}")
    assert done.exit_code == 2
    assert "1,000,000 settings, more than 10,000" in done.stderr


def test_a_run_that_fails_is_told_and_the_rest_is_compared(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "inline", failing)
    done = called(small, *TWO)
    assert done.exit_code == 5
    assert "error: shards 1, replication 1: told in a line" in done.stderr
    assert set(read_csv(Path("reports/small-compare/replications.csv"))["replication"]) == {0, 2}


def test_when_every_run_fails_that_is_told(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "inline", all_failing)
    done = called(small, *TWO)
    assert done.exit_code == 5, done.output
    assert "small: every run failed" in done.stdout
    assert done.stderr.count("told in a line") == 6


def test_mappings_of_other_names_are_shown_beside_each_other(small: Path) -> None:
    functions = "functions={enrich: {duration: {per_batch: 50ms}}, other: {duration: {per_batch: 10ms}}}"
    done = called(small, "--vary", "event_source_mappings.0.function=enrich,other", "-n", "2", "--set", functions)
    assert done.exit_code == 0, done.output
    assert "other-clicks" in done.stdout


def test_a_folder_that_is_not_ours_is_not_overwritten(small: Path) -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("keep", encoding="utf-8")
    done = called(small, *TWO, "-o", "mine", "--force")
    assert done.exit_code == 2
    assert "is not a result of shardsim" in done.stderr
    assert [path.name for path in Path("mine").iterdir()] == ["notes.txt"]


def test_the_result_of_a_run_is_replaced_with_force_only(small: Path) -> None:
    CliRunner().invoke(cli, ["run", str(small), "-o", "result"])
    before = Path("result/summary.json").read_bytes()
    done = called(small, *TWO, "-o", "result")
    assert done.exit_code == 2
    assert "--force replaces it" in done.stderr
    assert Path("result/summary.json").read_bytes() == before
    assert called(small, *TWO, "-o", "result", "--force").exit_code == 0
    assert Path("result/comparison.csv").exists()


@pytest.mark.parametrize(
    ("number", "send"),
    [
        (signal.SIGINT, os.killpg),  # as a terminal does: to all processes
        (signal.SIGHUP, os.killpg),
        (signal.SIGTERM, os.kill),
        (signal.SIGTERM, os.killpg),
    ],
)
def test_a_signal_keeps_the_finished_runs_ends_all_processes_and_the_same_command_goes_on(
    small: Path, number: signal.Signals, send: Callable[[int, int], None]
) -> None:
    command = [sys.executable, "-m", "simulator", "compare", str(small), "--shards", "1-2", "-n", "40", "-j", "2"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # the background ignores it
    )  # fmt: skip
    while len(list(Path("reports").glob("small.runs/?*.json"))) < 3 and process.poll() is None:
        time.sleep(0.001)
    send(process.pid, number)
    out, told = process.communicate(timeout=60)  # to the last process that could write
    assert process.returncode == 128 + number, told
    assert "Traceback" not in told
    assert told.splitlines()[-1].endswith(
        "finished runs are kept in reports/small.runs/, the same command goes on from there"
    )
    assert out == ""
    assert [path.name for path in Path("reports").iterdir()] == ["small.runs"]
    kept = {path: path.read_bytes() for path in Path("reports/small.runs").iterdir()}
    assert 3 <= len(kept) < 81
    done = called(small, "--shards", "1-2", "-n", "40", "-j", "1")
    assert f"80 runs, {len(kept) - 1} of them kept from before" in done.stderr
    assert {path: path.read_bytes() for path in kept} == kept
