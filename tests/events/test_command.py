"""`shardsim events`: what is chosen, where it goes, and what is told of what cannot be had."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.events.sequence_numbers import decoded
from tests.events.scenarios import MAPPING, written


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "invocations.csv").read_text().splitlines()))


def test_an_attempt_has_the_number_of_its_row_in_invocations_csv_and_a_run_has_its_seed(tmp_path: Path) -> None:
    path, folder = written(tmp_path), tmp_path / "run"
    assert run("run", path, "-o", folder, "--invocations", "--seed", "9", "-q").exit_code == 0
    rows = rows_of(folder)
    for number in (1, 7, len(rows)):
        row, event = rows[number - 1], json.loads(run("events", folder, "--attempt", str(number)).stdout)
        first = decoded(event["Records"][0]["kinesis"]["sequenceNumber"])
        assert (first.shard, first.number - 1) == (int(row["shard"]), int(row["first_record"]))
        assert len(event["Records"]) == int(row["records"])
    past = run("events", folder, "--attempt", str(len(rows) + 1))
    assert (past.exit_code, past.stderr) == (
        2,
        f"error: {folder}: there is no attempt {len(rows) + 1}: the run has fewer\n",
    )


def test_at_a_time_the_attempts_that_run_then_are_told_else_the_next(tmp_path: Path) -> None:
    slow = "{duration: {per_batch: 3s}, timeout: 9s, cold_start: 0s}"
    path, folder = written(tmp_path, function=slow), tmp_path / "run"
    run("run", path, "-o", folder, "--invocations", "-q")
    rows = rows_of(folder)
    running = [row for row in rows if float(row["started_at"]) <= 5 < float(row["finished_at"])]
    assert len(running) == 2  # one on each shard
    told = [json.loads(line) for line in run("events", path, "--at", "5s").stdout.splitlines()]
    assert [len(each["Records"]) for each in told] == [int(row["records"]) for row in running]
    assert len(run("events", path, "--at", "0s").stdout.splitlines()) > 1  # the next one
    assert run("events", path, "--at", "1h").exit_code == 2


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "x"])
def test_events_go_to_one_file_to_lines_or_to_a_folder_of_files(name: str, tmp_path: Path) -> None:
    path, out = written(tmp_path), tmp_path / name
    assert run("events", path, "--first", "3", "-o", out).exit_code == 0
    kinds: dict[str, Any] = {
        "x.json": lambda: json.loads(out.read_text()),
        "x.jsonl": lambda: [json.loads(line) for line in out.read_text().splitlines()],
        "x": lambda: [json.loads((out / f"bill-orders-attempt-{i}.json").read_text()) for i in (1, 2, 3)],
    }
    assert kinds[name]() == [json.loads(line) for line in run("events", path, "--first", "3").stdout.splitlines()]


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--mapping", "bill-order"), 2, "there is no mapping 'bill-order'; did you mean 'bill-orders'?"),
        (("--attempt", "1", "--first", "2"), 2, "--attempt names one attempt; leave out --mapping, --at and --first"),
        (("--attempt", "1", "--destination"), 2, "--destination is of no attempt"),
        (("--at", "5"), 2, "--at: "),
        (("--destination",), 2, "no mapping has an on_failure_destination"),
        (("--consumer",), 2, "no mapping reads by push"),
        (("--as", "folder"), 2, "name the folder with --out"),
        (("--set", "batch_size=0"), 3, "0 is out of range"),
    ],
)
def test_what_cannot_be_had_is_told(options: tuple[str, ...], code: int, told: str, tmp_path: Path) -> None:
    result = run("events", written(tmp_path), *options)
    assert result.exit_code == code
    assert told in result.stderr


def test_a_folder_that_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine").write_text("")
    result = run("events", written(tmp_path), "-o", tmp_path / "x", "--force")
    assert result.exit_code == 2
    assert "is not a result of shardsim, so it stays" in result.stderr


def test_of_a_mapping_alone(tmp_path: Path) -> None:
    path = written(tmp_path, mapping=f"{MAPPING}, {MAPPING.replace('}', ', name: other, batch_size: 1}')}")
    lines = run("events", path, "--mapping", "other", "--first", "200").stdout.splitlines()
    assert [len(json.loads(line)["Records"]) for line in lines] == [1] * 100
