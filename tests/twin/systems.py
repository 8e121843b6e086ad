"""Made-up systems: what is in them, and what a scenario of them is to say. The program's own code has no part in it.

`other_files` writes them as the tools do: the aws command line, CloudFormation, SAM, Terraform.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

REGION, ACCOUNT = "eu-west-1", "444455556666"
WORDS = ("payments", "meter-readings", "clicks", "Tickets", "audit_log", "parcels", "bids")
VERBS = ("settle", "enrich", "Count", "archive-all", "score", "notify_x")


@dataclass(frozen=True)
class StreamSpec:
    """A stream; shards is None on demand."""

    name: str
    shards: int | None
    hours: int = 24
    kib: int = 1024

    @property
    def arn(self) -> str:
        return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{self.name}"


@dataclass(frozen=True)
class FunctionSpec:
    """A function; `alias` is one that its mappings name, with `provisioned` environments."""

    name: str
    mib: int = 128
    seconds: int = 3
    arm: bool = False
    reserved: int | None = None
    alias: str = ""
    provisioned: int = 0

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"

    @property
    def invoked(self) -> str:
        return f"{self.arn}:{self.alias}" if self.alias else self.arn


@dataclass(frozen=True)
class MappingSpec:
    """A mapping; `settings` by AWS's names are those that are not AWS's defaults."""

    stream: StreamSpec
    function: FunctionSpec
    consumer: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return f"{self.stream.arn}/consumer/{self.consumer}:1700000000" if self.consumer else self.stream.arn


@dataclass(frozen=True)
class SystemSpec:
    """Streams, functions, and a mapping for each function."""

    streams: tuple[StreamSpec, ...]
    functions: tuple[FunctionSpec, ...]
    mappings: tuple[MappingSpec, ...]


DEFAULTS: dict[str, Any] = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "MaximumRetryAttempts": -1,
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "FunctionResponseTypes": [],
    "DestinationConfig": {},
    "StartingPosition": "LATEST",
}


def made_up(seed: int) -> SystemSpec:
    """One of many systems; a number always gives the same."""
    draw = random.Random(seed)
    streams = tuple(
        StreamSpec(name, draw.choice([1, 4, 7, 128]), draw.choice([24, 48, 168, 8760]), draw.choice([1024, 2048]))
        for name in draw.sample(WORDS, draw.choice([1, 1, 2]))
    )
    functions = tuple(_function(draw, name) for name in draw.sample(VERBS, draw.choice([1, 2, 3])))
    return SystemSpec(streams, functions, tuple(_mapping(draw, streams, each) for each in functions))


def _function(draw: random.Random, name: str) -> FunctionSpec:
    alias = draw.choice(["", "", "live"])
    return FunctionSpec(
        name,
        draw.choice([128, 512, 1769, 10240]),
        draw.choice([3, 30, 900]),
        draw.random() < 0.5,
        draw.choice([None, 5, 40]),
        alias,
        draw.choice([0, 3]) if alias else 0,
    )


def _mapping(draw: random.Random, streams: tuple[StreamSpec, ...], function: FunctionSpec) -> MappingSpec:
    options: dict[str, Any] = {
        "BatchSize": draw.randint(1, 10_000),
        "MaximumBatchingWindowInSeconds": draw.randint(0, 300),
        "ParallelizationFactor": draw.randint(1, 10),
        "MaximumRetryAttempts": draw.choice([0, 3, 10_000]),
        "MaximumRecordAgeInSeconds": draw.choice([60, 3600, 604_800]),
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:{ACCOUNT}:rejected"}},
    }
    settings = {name: value for name, value in options.items() if draw.random() < 0.6}
    settings["StartingPosition"] = draw.choice(["LATEST", "TRIM_HORIZON"])
    return MappingSpec(draw.choice(streams), function, draw.choice(["", "", "quick"]), settings)


def expected(system: SystemSpec) -> dict[str, Any]:
    """What a scenario is to say of a system: each field's text, as a user would write it, in base units."""
    found: dict[str, Any] = {}
    for stream in system.streams:
        path = f"streams.{stream.name}"
        found |= {f"{path}.shards": stream.shards, f"{path}.retention_s": stream.hours * 3600}
        found |= {f"{path}.max_record_size": stream.kib * 1024}
    for function in system.functions:
        path = f"functions.{function.name}"
        found |= {f"{path}.memory": function.mib * 2**20, f"{path}.timeout": function.seconds}
        found |= {f"{path}.architecture": "arm" if function.arm else "x86"}
        found |= {f"{path}.reserved": function.reserved, f"{path}.provisioned": function.provisioned}
    for each in system.mappings:
        settings = {**DEFAULTS, **each.settings}
        found[f"mapping.{each.function.name}"] = (
            each.stream.name,
            "push" if each.consumer else "polling",
            settings["BatchSize"],
            settings["MaximumBatchingWindowInSeconds"],
            settings["ParallelizationFactor"],
            settings["MaximumRetryAttempts"],
            settings["MaximumRecordAgeInSeconds"],
            settings["BisectBatchOnFunctionError"],
            bool(settings["FunctionResponseTypes"]),
            bool(settings["DestinationConfig"]),
            settings["StartingPosition"].lower(),
        )
    return found
