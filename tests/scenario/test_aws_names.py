"""AWS's names for the fields of a scenario, and files of AWS in place of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli import cli
from simulator.scenario.aws_names import NAMES, AwsName
from simulator.scenario.explain import all_fields
from simulator.scenario.faults import Fault
from simulator.scenario.loading import check

from .conftest import Told

# ruff: noqa: E501 - a message stands in one line, as a user sees it
PAGE = Path(__file__).parents[2] / "docs" / "aws-names.md"
END = "    batch_size: 100\n"


def row(name: AwsName) -> str:
    names = [f"`{each}`" if each else "" for each in (name.api, name.terraform, name.serverless)]
    ours = f"`{name.field}`" if name.field else "not modelled"
    return f"| {' | '.join([*names, ours, name.note])} |"


def test_the_page_has_the_table_of_the_program() -> None:
    _, _, table = PAGE.read_text(encoding="utf-8").partition("|---|---|---|---|---|\n")
    assert table.partition("\n\n")[0].splitlines() == [row(each) for each in NAMES]


def test_every_counterpart_is_a_field_of_a_scenario() -> None:
    paths = {each.path for each in all_fields()}
    assert [each for each in NAMES if each.field and each.field not in paths] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BatchSize: 5", "BatchSize: unknown field; did you mean 'batch_size'?"),
        ("batchSize: 5", "batchSize: unknown field; did you mean 'batch_size'?"),
        ("batchWindow: 5s", "batchWindow: unknown field; did you mean 'maximum_batching_window' (with a unit: 5s)?"),
        ("batch_window: 5s", "batch_window: unknown field; did you mean 'maximum_batching_window' (with a unit: 5s)?"),
        ("ParallelizationFactor: 5", "ParallelizationFactor: unknown field; did you mean 'parallelization_factor'?"),
        ("StartingPosition: LATEST", "StartingPosition: unknown field; did you mean 'starting_position' (in small letters)?"),
        ("starting_position: LATEST", "starting_position: LATEST is not known; allowed: latest or trim_horizon or {at_timestamp: …}; did you mean 'latest'?"),
        ("BisectBatchOnFunctionError: true", "BisectBatchOnFunctionError: unknown field; did you mean 'bisect_batch_on_function_error'?"),
        ("ReservedConcurrentExecutions: 5", "ReservedConcurrentExecutions: unknown field; it is functions.reserved_concurrency here (Terraform's -1 is `none`)"),
        ("TumblingWindowInSeconds: 5", "TumblingWindowInSeconds: unknown field; AWS's TumblingWindowInSeconds is not modelled"),
    ],
)  # fmt: skip
def test_a_field_that_is_spelled_as_aws_does_is_told_its_name_here(told: Told, line: str, said: str) -> None:
    (fault,) = told({END: f"{END}    {line}\n"})
    assert fault.partition("event_source_mappings[0].")[2] == said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("BatchSize", "did you mean 'batch_size'?"),
        ("functions.enrich.MemorySize", "did you mean 'memory' (with a unit: 512MiB)?"),
        ("event_source_mappings.0.KmsKeyArn", "AWS's KmsKeyArn is not modelled (changes no time)"),
    ],
)
def test_a_path_with_a_name_of_aws_is_told_too(
    scenario_file: Callable[[str], Path], valid: str, path: str, said: str
) -> None:
    (fault,) = check(scenario_file(valid), {path: "5"})
    assert fault.text == f"unknown field; {said}"
    assert said in CliRunner().invoke(cli, ["explain", path]).stderr


DEEP: dict[str, object] = {}
for _ in range(30):
    DEEP = {"child_modules": DEEP}
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: !Ref Shards}}
  Bill: &bill
    Type: AWS::Serverless::Function
    Properties: {MemorySize: 512}
  Again: *bill
"""
FILES = {
    TEMPLATE: "a CloudFormation or SAM template (1 Kinesis::Stream, 1 Serverless::Function)",
    json.dumps({"Resources": {"S": {"Type": "AWS::Kinesis::Stream"}}}): "a CloudFormation or SAM template (1 Kinesis::Stream)",
    json.dumps({"EventSourceMappings": []}): "what `aws lambda list-event-source-mappings` prints",
    json.dumps({"StreamDescriptionSummary": {}}, indent=4): "what `aws kinesis describe-stream-summary` prints",
    json.dumps({"terraform_version": "1", "values": {}}): "Terraform's state as JSON (terraform show -json)",
    json.dumps({"terraform_version": "1", "planned_values": DEEP}, indent=2): "a plan of Terraform as JSON (terraform show -json)",
    json.dumps({"version": 4, "terraform_version": "1", "resources": []}): "a state file of Terraform",
    'resource "aws_kinesis_stream" "s" {\n  name = "x"\n}\n': "Terraform's own language",
    "service: x\nprovider: {name: aws}\nfunctions: {}\n": "a file of the Serverless Framework",
}  # fmt: skip


@pytest.mark.parametrize(("text", "what"), FILES.items(), ids=range(len(FILES)))
def test_a_file_of_aws_is_told_in_a_line_what_it_is(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "given"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["validate", str(path)])
    assert done.exit_code == 3
    assert done.stderr == f"{path}: error: is {what}, not a scenario; make one of it with shardsim import\n"


@pytest.mark.parametrize("change", ["Functions: {}\n", "Resources: {}\n", "terraform_version: 1\n", "service: 1\n"])
def test_a_scenario_with_a_field_of_theirs_is_still_a_scenario(
    faults: Callable[[str], list[Fault]], valid: str, change: str
) -> None:
    assert [fault.message for fault in faults(valid + change)] == ["unknown field"]


def test_a_text_that_is_neither_is_told_as_before(faults: Callable[[str], list[Fault]]) -> None:
    assert [fault.message for fault in faults("hello")] == ["hello is given; allowed: a scenario's fields"]
    assert "is not YAML" in faults("a: [")[0].message
