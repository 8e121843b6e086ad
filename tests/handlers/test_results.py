"""What a user learns of a handler: handlers.json, the page, what `run` prints, and studies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.report.page.handlers import _times
from simulator.study.jobs import scenario_digest
from tests.handlers.own import own

FAILS = """
def handler(event, context):
    for record in event["Records"]:
        if data(record) == 7:
            raise ValueError("no seven, please")
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


def handled(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "run" / "handlers.json").read_text(encoding="utf-8"))
    return told["mappings"]["f-s"]  # type: ignore[no-any-return]


def test_errors_are_told_by_kind_with_the_record_of_the_smallest_batch(tmp_path: Path) -> None:
    own(tmp_path, FAILS, mapping=", bisect_batch_on_function_error: true")
    result = run("run", tmp_path / "own.yaml", "-o", tmp_path / "run")
    line = "handler: f-s: ValueError at app.py:8, in 5 of 10 attempts: no seven, please"
    assert line in result.stderr.splitlines()
    (error,) = handled(tmp_path)["errors"]
    assert (error["kind"], error["file"], error["line"], error["attempts"]) == ("ValueError", "app.py", 8, 5)
    assert (error["example"]["batch"], error["example"]["data"], error["example"]["key"]) == (1, "7", "p-1")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "What the handler did" in page
    assert "app.py:8" in page


def test_how_often_each_record_was_handed_over_is_counted_and_adds_up(tmp_path: Path) -> None:
    own(tmp_path, FAILS, mapping=", bisect_batch_on_function_error: true")
    run("run", tmp_path / "own.yaml", "-o", tmp_path / "run", "-q")
    # 5 to 9 as one batch; then 5 and 6; then 7, 8, 9; then 7 alone, three times; then 8 and 9
    assert handled(tmp_path)["seen"] == [
        {"times": 1, "records": 15}, {"times": 2, "records": 2}, {"times": 3, "records": 2}, {"times": 5, "records": 1},
    ]  # fmt: skip
    again = {each["key"]: (each["again"], each["most"]) for each in handled(tmp_path)["keys"]}
    assert again == {"p-0": (1 + 2, 3), "p-1": (4, 5), "p-2": (1 + 2, 3)}


def test_records_that_no_attempt_was_handed_before_the_run_ended_are_told_as_never_seen(tmp_path: Path) -> None:
    own(tmp_path, FAILS)
    run("run", tmp_path / "own.yaml", "-o", tmp_path / "run", "-q", "--set", "maximum_retry_attempts=-1")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    (mapping,) = summary["event_source_mappings"].values()
    mine = handled(tmp_path)
    never = mapping["unprocessed"] - mine["unfinished"]
    assert never > 0
    seen = sum(each["records"] for each in mine["seen"])
    assert seen + never == summary["streams"]["s"]["records_produced"]
    assert _times(mine, mapping["unprocessed"])[-1] == str(never)


def test_the_order_in_which_the_records_of_a_key_were_seen_is_told_by_attempt(tmp_path: Path) -> None:
    own(tmp_path, FAILS)
    run("run", tmp_path / "own.yaml", "-o", tmp_path / "run", "-q")
    orders = {each["key"]: each["attempts"] for each in handled(tmp_path)["order"]}
    assert orders["p-2"] == [["p 5", "p 8"]] * 3 + [["p 11", "p 14"], ["p 17"]]


def test_two_runs_differ_in_run_json_alone_also_by_the_other_engine(tmp_path: Path) -> None:
    own(tmp_path, FAILS)
    for name, engine in (("a", "kernel"), ("b", "kernel"), ("c", "simpy")):
        run("run", tmp_path / "own.yaml", "-o", tmp_path / name, "-q", "--engine", engine, "--invocations")
    files = sorted(each.relative_to(tmp_path / "a") for each in (tmp_path / "a").rglob("*") if each.is_file())
    for file in files:
        if file.name != "run.json":
            assert len({(tmp_path / name / file).read_bytes() for name in "abc"}) == 1, file


def test_a_comparison_calls_the_handler_in_its_workers(tmp_path: Path) -> None:
    own(tmp_path, FAILS)
    result = run(
        "compare",
        tmp_path / "own.yaml",
        "--vary",
        "batch_size=2,5",
        "-n",
        "2",
        "-j",
        "2",
        "-o",
        tmp_path / "study",
        "-q",
    )
    assert result.exit_code in (0, 4), result.output
    table = (tmp_path / "study" / "replications.csv").read_text(encoding="utf-8")
    assert "errors" in table


def test_stored_runs_hold_for_the_handler_as_it_was(tmp_path: Path) -> None:
    one = scenario_digest(own(tmp_path, FAILS))
    assert scenario_digest(own(tmp_path, FAILS)) == one
    assert scenario_digest(own(tmp_path, FAILS.replace("7", "8"))) != one
    (tmp_path / "beside.py").write_text("x = 1\n")
    beside = scenario_digest(own(tmp_path, FAILS))
    (tmp_path / "beside.py").write_text("x = 2\n")
    assert scenario_digest(own(tmp_path, FAILS)) != beside


def test_where_the_folder_lies_is_no_part_of_what_is_stored(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        digests.add(scenario_digest(own(tmp_path / name, FAILS)))
    assert len(digests) == 1


@pytest.mark.parametrize("option", ["--response", "--destination"])
def test_events_tell_what_the_handler_really_answered(option: str, tmp_path: Path) -> None:
    own(tmp_path, FAILS, mapping=", on_failure_destination: true")
    result = run(
        "events", tmp_path / "own.yaml", option, "--first", "2" if option == "--response" else "1", "--as", "json"
    )
    told = json.loads(result.stdout)
    if option == "--response":
        assert told[0] is None
        assert (told[1]["errorType"], told[1]["errorMessage"]) == ("ValueError", "no seven, please")
    else:
        assert told["responseContext"]["functionError"] == "Unhandled"
        assert told["requestContext"]["approximateInvokeCount"] == 3


def test_a_batch_that_its_response_says_has_failed_is_no_error_of_the_function(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    return {'batchItemFailures': [{'itemIdentifier': ''}]}\n"
    own(tmp_path, code, mapping=", on_failure_destination: true, report_batch_item_failures: true")
    told = json.loads(run("events", tmp_path / "own.yaml", "--destination", "--first", "1").stdout)
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": None}
