"""The command export: what it writes is imported as the same system."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import Command, said
from .files import as_cli, write
from .systems import expected, made_up

SPECIAL = """\
duration: 1m
start_time: 2026-05-04T09:00:00Z
streams:
  a.b: {mode: on_demand, shards: 4, scaling: none}
  a-b: {shards: 3}
functions:
  f_1: {duration: {per_batch: 1ms}, provisioned_concurrency: 2}
  f-1: {duration: {per_batch: 1ms}}
event_source_mappings:
  - {stream: a.b, function: f_1, consumer: push, name: 'é "x" $(id)', starting_position: {at_timestamp: 30s}}
  - {stream: a-b, function: f-1, filter: {passes: 0.5}, on_failure_destination: true}
"""


@pytest.mark.parametrize("seed", range(12))
def test_what_is_exported_to_cloudformation_is_imported_as_the_same_system(seed: int, shardsim: Command) -> None:
    system = made_up(seed)
    shardsim("import", as_cli(system, Path("in")), "-o", "first.yaml")
    result = shardsim("export", "first.yaml", "--to", "cloudformation", "-o", "t.yaml")
    assert (result.exit_code, result.output) == (0, "")
    again = shardsim("import", "t.yaml", "-o", "second.yaml")
    assert (again.exit_code, again.stderr) == (4, "")
    assert said(Path("second.yaml")) == said(Path("first.yaml")) == expected(system)


def test_names_that_differ_in_marks_alone_stay_apart_and_what_is_no_setting_is_told(shardsim: Command) -> None:
    write(Path(), "s.yaml", SPECIAL)
    result = shardsim("export", "s.yaml", "--to", "cloudformation")
    write(Path(), "t.yaml", result.stdout)
    assert result.stderr == ("not exported: f-1-a-b: a filter is a pattern for AWS; the part that passes tells none\n")
    shardsim("import", "t.yaml", "-o", "second.yaml")
    told = said(Path("second.yaml"))
    assert [told[f"streams.{name}.shards"] for name in ("a.b", "a-b")] == [4, 3]
    assert told["functions.f_1.provisioned"] == 2
    assert told["mapping.f_1"][:2] == ("a.b", "push")
    assert told["mapping.f-1"][9] is True  # the destination


@pytest.mark.parametrize("form", ["terraform", "cli"])
def test_every_setting_is_in_the_other_forms(form: str, shardsim: Command) -> None:
    write(Path(), "s.yaml", SPECIAL)
    text = shardsim("export", "s.yaml", "--to", form).stdout
    words = {
        "terraform": [
            'stream_mode = "ON_DEMAND"', "shard_count = 3", 'resource "aws_kinesis_stream_consumer"',
            'starting_position_timestamp = "2026-05-04T09:00:30Z"', "provisioned_concurrent_executions = 2",
            "destination_arn = var.on_failure_arn", "function_name = aws_lambda_alias.F1.arn", "batch_size = 100",
        ],
        "cli": [
            "aws kinesis update-shard-count --stream-name a-b --target-shard-count 3 --scaling-type UNIFORM_SCALING",
            "aws lambda put-provisioned-concurrency-config --function-name f_1 --qualifier live "
            "--provisioned-concurrent-executions 2",
            "--batch-size 100 --maximum-batching-window-in-seconds 0", "--no-bisect-batch-on-function-error",
        ],
    }  # fmt: skip
    assert [each for each in words[form] if each not in text] == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="this system has no bash")
def test_the_commands_are_sound_shell_whatever_the_names_are(shardsim: Command) -> None:
    write(Path(), "s.yaml", SPECIAL)
    shardsim("export", "s.yaml", "--to", "cli", "-o", "c.sh")
    assert subprocess.run(["bash", "-n", "c.sh"], check=False).returncode == 0
    assert "$(id)" not in Path("c.sh").read_text()


def test_a_scenario_that_is_not_valid_is_exit_3(shardsim: Command) -> None:
    assert shardsim("export", "missing.yaml", "--to", "cli").exit_code == 3
