"""CloudFormation's functions, conditions and names, as a template's values are worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.twin.imported import Imported, Request, import_files

from .files import as_template, write
from .systems import made_up

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: test}
  Count: {Type: Number, Default: 6}
  Memory: {Type: Number}
  Names: {Type: CommaDelimitedList, Default: "first, second"}
  Secret: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
Mappings:
  Sizes: {test: {Batch: "30"}, live: {Batch: 900}}
Conditions:
  Live: !Equals [!Ref Stage, live]
  Small: !And [!Not [!Condition Live], !Or [!Equals [1, 2], !Equals ["6", !Ref Count]]]
Resources:
  Log:
    Type: AWS::Kinesis::Stream
    Properties: {Name: !Join [-, [!Select [1, !Ref Names], !Ref Stage]], ShardCount: !Ref Count}
  Gone: {Type: AWS::Kinesis::Stream, Condition: Live, Properties: {ShardCount: 1}}
  Work:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub ["${what}-${Stage}-${AWS::Region}", {what: !Select [0, !Split ["|", "work|x"]]}]
      MemorySize: !Ref Memory
      Timeout: !If [Small, 7, 9]
      ReservedConcurrentExecutions: !If [Live, 5, !Ref "AWS::NoValue"]
  Read:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !Sub "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${Log}"
      FunctionName: !GetAtt Work.Arn
      StartingPosition: TRIM_HORIZON
      BatchSize: !FindInMap [Sizes, !Ref Stage, Batch]
      MaximumRetryAttempts: !Ref Secret
      Enabled: yes
"""


ELSEWHERE = "arn:aws:kinesis:eu-west-1:111122223333:stream/elsewhere/consumer/quick:1700000000"


def imported(*texts: Any, **parameters: str) -> Imported:
    """What is made of files with these contents."""
    return import_files([write(Path("in"), f"{i}.txt", text) for i, text in enumerate(texts)], Request(parameters))


def values(of: Imported) -> dict[str, Any]:
    return {each.name: each.value for each in of.fields}


def test_functions_of_a_template_are_worked_out() -> None:
    found = values(imported(TEMPLATE, Memory="512"))
    assert found["streams.second-test.shards"] == 6
    assert found["functions.work-test-us-east-1.memory"] == "512MiB"
    assert found["functions.work-test-us-east-1.timeout"] == "7s"
    assert found["functions.work-test-us-east-1.reserved_concurrency"] == "none"
    assert found["event_source_mappings.0.batch_size"] == 30
    assert not any("Gone" in name for name in found)


def test_parameters_that_are_given_go_before_defaults() -> None:
    of = imported(TEMPLATE, Stage="live", Count="2", Memory="256", **{"AWS::Region": "eu-north-1"})
    found = values(of)
    assert found["streams.second-live.shards"] == 2
    assert found["functions.work-live-eu-north-1.reserved_concurrency"] == 5
    assert found["event_source_mappings.0.batch_size"] == 900
    assert found["streams.Gone.shards"] == 1


def test_a_parameter_without_a_value_is_missing_and_says_how_to_give_it() -> None:
    of = {each.name: each for each in imported(TEMPLATE).fields}
    memory = of["functions.work-test-us-east-1.memory"]
    assert (memory.value, memory.how) == ("128MiB", "missing")
    assert memory.source == (
        "in/0.txt: Resources.Work.Properties.MemorySize: is the parameter Memory; give --parameter Memory=VALUE"
    )
    assert of["event_source_mappings.0.maximum_retry_attempts"].how == "missing"  # it is in the parameter store


def test_a_parameter_that_no_template_has_is_told() -> None:
    told = imported(TEMPLATE, Mem="1").told("warning")
    assert told == ["--parameter Mem: no template has such a parameter; there are Count, Memory, Names and 2 more"]


@pytest.mark.parametrize(
    "source",
    ["!ImportValue net-LogArn", "!GetAtt Nested.Outputs.LogArn", "!Ref LogArn"],
)
def test_a_stream_of_another_stack_is_named_after_what_is_imported(source: str) -> None:
    text = f"""
Parameters: {{LogArn: {{Type: String}}}}
Resources:
  Nested: {{Type: AWS::CloudFormation::Stack}}
  Work: {{Type: AWS::Lambda::Function}}
  Read:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{EventSourceArn: {source}, FunctionName: !Ref Work, StartingPosition: LATEST}}
"""
    of = imported(text)
    assert len(of.told("warning")) == 1
    name = "net-LogArn" if "Import" in source else "LogArn"
    shards = next(each for each in of.fields if each.name == f"streams.{name}.shards")
    assert shards.how == "missing"


def test_a_default_arn_still_gives_the_name_of_the_stream() -> None:
    text = TEMPLATE.replace("Parameters:\n", f"Parameters:\n  Arn: {{Type: String, Default: '{ELSEWHERE}'}}\n")
    text = text.replace(
        '!Sub "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${Log}"', "!Ref Arn"
    )
    found = values(imported(text))
    assert found["event_source_mappings.0.stream"] == "elsewhere"
    assert found["event_source_mappings.0.consumer"] == "push"


@pytest.mark.parametrize("id_", ["Log", "LogOfAllThatHasEverHappened7C2E"])
@pytest.mark.parametrize("letters", [24, 128])
def test_names_that_aws_makes_up_are_matched_with_the_ids_of_the_template(id_: str, letters: int) -> None:
    properties = "{ShardCount: 3, RetentionPeriodHours: 72}"
    template = f"Resources: {{{id_}: {{Type: AWS::Kinesis::Stream, Properties: {properties}}}}}"
    name = f"shop-{id_[:letters]}-1A2B3C4D5E6F"
    summary = {"StreamDescriptionSummary": {"StreamName": name, "OpenShardCount": 5}}
    of = imported(template, summary)
    found = values(of)
    assert found[f"streams.{name}.shards"] == 5
    assert found[f"streams.{name}.retention"] == "72h"
    assert f"streams.{id_}.shards" not in found
    (told,) = of.told("warning")
    assert "ShardCount is 5" in told
    assert "and 3" in told
    assert told.endswith("the running system goes before the template")


def test_provisioned_concurrency_counts_only_for_mappings_of_its_alias() -> None:
    def text(function: str) -> str:
        return f"""
Resources:
  Log: {{Type: AWS::Kinesis::Stream, Properties: {{ShardCount: 1}}}}
  Work: {{Type: AWS::Lambda::Function}}
  V: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Work,
       ProvisionedConcurrencyConfig: {{ProvisionedConcurrentExecutions: 9}}}}}}
  Live: {{Type: AWS::Lambda::Alias,
          Properties: {{Name: live, FunctionName: !Ref Work, FunctionVersion: !GetAtt V.Version}}}}
  Read:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{EventSourceArn: !GetAtt Log.Arn, FunctionName: {function}, StartingPosition: LATEST}}
"""

    assert values(imported(text("!Ref Live")))["functions.Work.provisioned_concurrency"] == 9
    without = imported(text("!Ref Work"))
    assert values(without)["functions.Work.provisioned_concurrency"] == 0
    assert "do not name that version or alias" in without.told("warning")[0]


@pytest.mark.parametrize("reference", ["Work.Alias", "WorkAliaslive"])
def test_an_alias_that_sam_makes_is_found_by_both_its_names(reference: str) -> None:
    text = f"""
Resources:
  Log: {{Type: AWS::Kinesis::Stream, Properties: {{ShardCount: 1}}}}
  Work:
    Type: AWS::Serverless::Function
    Properties: {{AutoPublishAlias: live, ProvisionedConcurrencyConfig: {{ProvisionedConcurrentExecutions: 4}}}}
  Read:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{EventSourceArn: !GetAtt Log.Arn, FunctionName: !Ref {reference}, StartingPosition: LATEST}}
"""
    of = imported(text)
    assert values(of)["functions.Work.provisioned_concurrency"] == 4
    assert of.told("warning") == []


def test_firehose_is_another_reader() -> None:
    text = """
Resources:
  Log: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Lake:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties: {KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Log.Arn, RoleARN: x}}
"""
    assert values(imported(text))["readers.0.stream"] == "Log"


def test_what_get_template_prints_is_a_template() -> None:
    body = as_template(made_up(1), Path("t")).read_text()
    plain, wrapped = imported(body), imported({"TemplateBody": body, "StagesAvailable": ["Original"]})
    assert values(plain) == values(wrapped)


@pytest.mark.parametrize(
    "name",
    [
        "!Sub '${A}${A}${A}${A}${A}${A}${A}${A}'",
        "!Ref B",
        "!GetAtt B.Arn",
        "!If [Loop, a, b]",
        "!Select [9, [a]]",
        "!Select [x, !Ref B]",
        "!FindInMap [a, b]",
        "!FindInMap [[], {}, 3]",
        "!Join [a]",
        "!Join ['', [[], {}]]",
        "!Split ['', a]",
        "!Sub [1, 2, 3]",
        "!Sub {a: b}",
        "!Ref [a]",
        "!GetAtt [a]",
        "!Base64 a",
        "{Fn::Nothing: 3}",
        "!If [{Fn::Not: []}, a, b]",
        "[]",
        "{}",
        "!!str ''",
    ],
)
def test_functions_that_are_wrong_or_never_end_are_unknown_and_nothing_else(name: str) -> None:
    text = f"""
Conditions: {{Loop: !Condition Loop}}
Resources:
  A: {{Type: AWS::Kinesis::Stream, Properties: {{Name: {name}, ShardCount: {name}}}}}
  B: {{Type: AWS::Kinesis::Stream, Properties: {{Name: !Ref A, ShardCount: !Ref A}}}}
"""
    of = imported(text)
    assert {each.how for each in of.fields if each.name.endswith(".shards")} == {"missing"}
