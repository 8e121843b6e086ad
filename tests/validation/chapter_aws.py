"""Other people's code for AWS: moto's Kinesis, and the service models in botocore (dependency group `validate`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from moto import mock_aws

from simulator.scenario.faults import ScenarioError
from simulator.scenario.hash_ranges import equal_ranges
from simulator.scenario.spec import Scenario
from simulator.traffic.partition_keys import key_hash, shard_and_lane
from tests.model.rows import Section, scenario, small
from tests.validation.studies import Chapter, Expected, Figures, Study

MOST_SHARDS, KEYS = 60, 500


@dataclass(frozen=True)
class Field:
    """A field of a mapping, the API's member for it, how its default reads in the API's text, and its unit here."""

    name: str
    member: str
    default: str = ""
    unit: str = ""


MAPPING_FIELDS = (
    Field("batch_size", "BatchSize", r"For all other services, the default is (\d+)"),
    Field("maximum_batching_window", "MaximumBatchingWindowInSeconds", r"For streams.*?batching window is (\d+)", "s"),
    Field("parallelization_factor", "ParallelizationFactor", r"default value is (\d+)"),
    Field("maximum_retry_attempts", "MaximumRetryAttempts", r"default value is (-\d+)"),
    Field("maximum_record_age", "MaximumRecordAgeInSeconds", r"default value is (-\d+)", "s"),
)  # fmt: skip
FLAGS = (Field("bisect_batch_on_function_error", "BisectBatchOnFunctionError", r"default value is (\w+)"),)


def chapters() -> tuple[Chapter, Chapter]:
    """Shards of keys, and fields of mappings."""
    return (
        Chapter(
            "Shards of partition keys, against moto",
            f"Streams of 1 to {MOST_SHARDS} shards made by moto's `CreateStream`, and {KEYS} keys put to each. "
            "(moto leaves out a range's last hash when it looks for a key's shard; no key here has such a hash.)",
            (Study(f"{MOST_SHARDS} streams", small(), against_moto, moto_rows()),),
        ),
        Chapter(
            "Fields of an event source mapping, against botocore",
            "The least and the greatest value that a scenario's loader accepts, and the default, against the "
            f"service model of the Lambda API in botocore {botocore.__version__}. `maximum_record_age`: values from "
            "0 to 59 are within the API's range, but its text says that they are not allowed.",
            (Study("every field of a mapping with a range or a default", small(), against_botocore, botocore_rows()),),
        ),
    )


def moto_rows() -> tuple[Expected, ...]:
    """Nothing differs."""
    return (
        Expected("hash ranges of shards that differ", "ranges", 0, "moto", "shards"),
        Expected("keys in another shard", "keys", 0, "moto", "keys"),
        Expected("keys compared", "compared", MOST_SHARDS * KEYS, "", "keys"),
    )


def against_moto(_: Scenario, replication: int) -> Figures:
    """How many ranges and keys differ."""
    ranges = keys = compared = 0
    names = [f"key-{replication}-{i}" for i in range(KEYS)]
    with mock_aws():
        kinesis = boto3.client("kinesis", region_name="us-east-1")
        for shards in range(1, MOST_SHARDS + 1):
            stream = f"s{shards}"
            kinesis.create_stream(StreamName=stream, ShardCount=shards)
            made = [s["HashKeyRange"] for s in _pages(kinesis, stream)]
            theirs = [(int(r["StartingHashKey"]), int(r["EndingHashKey"])) for r in made]
            ranges += sum(ours != their for ours, their in zip(equal_ranges(shards), theirs, strict=True))
            put = kinesis.put_records(StreamName=stream, Records=[{"Data": b"x", "PartitionKey": k} for k in names])
            for name, record in zip(names, put["Records"], strict=True):
                keys += int(record["ShardId"].split("-")[1]) != shard_and_lane(key_hash(name), shards, 1)[0]
                compared += 1
    return {"ranges": float(ranges), "keys": float(keys), "compared": float(compared)}


def _pages(kinesis: Any, stream: str) -> list[dict[str, Any]]:
    answer = kinesis.list_shards(StreamName=stream)
    shards = list(answer["Shards"])
    while "NextToken" in answer:
        answer = kinesis.list_shards(NextToken=answer["NextToken"])
        shards += answer["Shards"]
    return shards


def service_model() -> Any:
    """The API's shapes for a mapping: ranges as asked for, and its text as answered."""
    return botocore.session.get_session().get_service_model("lambda")


def botocore_rows() -> tuple[Expected, ...]:
    """The API's ranges and defaults; raises KeyError or ValueError when a member, or its default, is not there."""
    rows = []
    for field in MAPPING_FIELDS:
        least, most = _range(field.member)
        rows += [
            Expected(f"{field.name}: least", f"{field.name} least", least, f"botocore: {field.member}", field.unit),
            Expected(f"{field.name}: greatest", f"{field.name} most", most, f"botocore: {field.member}", field.unit),
        ]
    for field in MAPPING_FIELDS + FLAGS:
        rows.append(
            Expected(
                f"{field.name}: default",
                f"{field.name} default",
                _default(field),
                f"botocore: {field.member}",
                field.unit,
            )
        )
    rows.append(
        Expected("maximum_record_age: values between no limit and 60 s", "ages between", 0, "botocore: text", "values")
    )
    rows.append(Expected("starting positions unknown to the API", "positions", 0, "botocore: StartingPosition", ""))
    return tuple(rows)


def _range(member: str) -> tuple[int, int]:
    metadata = service_model().shape_for("CreateEventSourceMappingRequest").members[member].metadata
    return metadata["min"], metadata["max"]


def _default(field: Field) -> float:
    text = service_model().shape_for("EventSourceMappingConfiguration").members[field.member].documentation
    found = re.search(field.default, re.sub("<[^>]+>", "", text))
    if not found:
        raise ValueError(f"botocore's text on {field.member} does not say its default: {text}")
    return {"false": 0.0, "true": 1.0}[found[1]] if found[1].isalpha() else float(found[1])


def against_botocore(content: Scenario, _: int) -> Figures:
    """What the loader accepts about the API's limits, and its defaults."""
    mapping = scenario(small()).event_source_mappings[0]
    figures: Figures = {}
    for field in MAPPING_FIELDS:
        least, most = _range(field.member)
        near = [v for limit in (least, most) for v in range(limit - 2, limit + 3)]
        accepted = [v for v in near if accepts(field, v)]
        figures[f"{field.name} least"], figures[f"{field.name} most"] = float(min(accepted)), float(max(accepted))
    for field in MAPPING_FIELDS + FLAGS:
        figures[f"{field.name} default"] = float(getattr(mapping, field.name))
    age = MAPPING_FIELDS[-1]
    figures["ages between"] = float(sum(accepts(age, v) for v in range(60)))
    known = service_model().shape_for("EventSourcePosition").enum
    ours = ("latest", "trim_horizon", "at_timestamp")
    figures["positions"] = float(len({p.upper() for p in ours} ^ set(known)))
    return figures


def accepts(field: Field, value: int) -> bool:
    """Whether the loader accepts a value; -1 stands without a unit."""
    written: Any = f"{value}{field.unit}" if field.unit and value > 0 else value
    content: Section = small(mapping={field.name: written})
    try:
        return bool(getattr(scenario(content).event_source_mappings[0], field.name) == value)
    except ScenarioError:
        return False
