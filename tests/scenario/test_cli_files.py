"""The commands for scenario files."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from simulator.cli_files import explain, schema, validate
from simulator.scenario.schema import schema_text

Write = Callable[[str], Path]


def run(command: object, *args: object) -> Result:
    assert callable(command)
    return CliRunner().invoke(command, [str(arg) for arg in args])  # type: ignore[arg-type]


def test_a_valid_file_passes(scenario_file: Write, valid: str) -> None:
    path = scenario_file(valid)
    result = run(validate, path)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{path}: ok\n", "")


def test_errors_go_to_stderr_and_fail_with_3(scenario_file: Write, valid: str) -> None:
    path = scenario_file(valid.replace("batch_size", "batch_sise"))
    result = run(validate, path)
    assert (result.exit_code, result.stdout) == (3, f"{path}: 1 error\n")
    assert result.stderr == (
        f"{path}:15:5: error: event_source_mappings[0].batch_sise: unknown field; did you mean 'batch_size'?\n"
        "    15 |     batch_sise: 100\n"
        "       |     ^\n"
    )


def test_warnings_do_not_fail(scenario_file: Write, valid: str) -> None:
    result = run(validate, scenario_file(valid.replace("shards: 4", "shards: 1")))
    assert result.exit_code == 0
    assert ": warning: streams.clicks.shards: " in result.stderr


def test_colours_are_left_out_when_no_color_is_set(scenario_file: Write, valid: str) -> None:
    path = str(scenario_file(valid.replace("shards: 4", "shards: 0")))
    assert "\x1b[31m" in CliRunner().invoke(validate, [path], color=True).stderr
    assert "\x1b" not in CliRunner(env={"NO_COLOR": "1"}).invoke(validate, [path], color=True).stderr


def test_several_files_are_all_checked(scenario_file: Write, valid: str, tmp_path: Path) -> None:
    result = run(validate, tmp_path / "missing.yaml", scenario_file(valid))
    assert result.exit_code == 3
    assert "missing.yaml: error: cannot be read: No such file or directory" in result.stderr
    assert "orders.yaml: ok" in result.stdout


def test_json_is_for_programs(scenario_file: Write, valid: str) -> None:
    result = run(validate, scenario_file(valid.replace("shards: 4", "shards: 0")), "--format", "json")
    (file,) = json.loads(result.stdout)["files"]
    assert (result.exit_code, result.stderr, file["valid"]) == (3, "", False)
    assert (file["faults"][0]["line"], file["faults"][0]["field"]) == (4, "streams.clicks.shards")


def test_github_format_makes_annotations(scenario_file: Write, valid: str) -> None:
    path = scenario_file(valid.replace("shards: 4", "shards: 0"))
    line = run(validate, path, "--format", "github").stdout.strip()
    assert line.startswith(f"::error file={path},line=4,col=13::streams.clicks.shards%3A 0 is out of range")


def test_the_schema_is_printed() -> None:
    assert run(schema).stdout == schema_text()


def test_a_field_is_explained() -> None:
    assert run(explain, "batch_size").stdout.startswith("event_source_mappings.batch_size\n")


def test_an_unknown_field_is_a_usage_error() -> None:
    result = run(explain, "batch_sise")
    assert result.exit_code == 2
    assert "there is no field 'batch_sise'; did you mean 'batch_size'?" in result.stderr
