"""What import reads is as the services' models have it, and what export prints are operations and members of theirs.

So the outputs from which the tests learn are of the shape that AWS publishes, and not of one that we made up.
"""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from .conftest import Command
from .files import as_cli
from .systems import made_up

OPERATIONS: Final = {  # by the beginning of a file's name
    "mappings": ("lambda", "ListEventSourceMappings"),
    "summary": ("kinesis", "DescribeStreamSummary"),
    "shards": ("kinesis", "ListShards"),
    "function": ("lambda", "GetFunctionConfiguration"),
    "concurrency": ("lambda", "GetFunctionConcurrency"),
    "provisioned": ("lambda", "ListProvisionedConcurrencyConfigs"),
}
UUID: Final = "91eaeb7e-c976-4939-9430-8a5f8a2a1b2c"  # for what another command finds


@cache
def model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"))


def wrong(shape: Any, content: Any) -> str:
    """What botocore has against some content; nothing if it fits, and all of its members are known."""
    return str(ParamValidator().validate(content, shape).generate_report())


@pytest.mark.parametrize("seed", range(12))
def test_what_the_tests_take_for_outputs_of_aws_fits_the_services_models(seed: int) -> None:
    for file in sorted(as_cli(made_up(seed), Path("in")).iterdir()):
        service, operation = OPERATIONS[file.name.split("-")[0]]
        content = json.loads(file.read_text(encoding="utf-8") or "{}")
        assert wrong(model(service).operation_model(operation).output_shape, content) == "", file.name


@pytest.mark.parametrize("seed", range(12))
def test_the_commands_of_export_are_operations_with_values_that_the_services_take(seed: int, shardsim: Command) -> None:
    shardsim("import", as_cli(made_up(seed), Path("in")), "-o", "s.yaml")
    commands = [
        line for line in shardsim("export", "s.yaml", "--to", "cli").stdout.splitlines() if line.startswith("aws ")
    ]
    assert commands
    for line in commands:
        of, given = parsed(re.sub(r'"\$\(.*?\)"', UUID, line))
        assert wrong(of, given) == "", line


def parsed(line: str) -> tuple[Any, dict[str, Any]]:
    """The input of the operation that a command stands for, and what the command gives of it."""
    _, service, action, *words = shlex.split(line)
    shape = model(service).operation_model(_pascal(action)).input_shape
    names = {name.lower(): name for name in shape.members}
    given: dict[str, Any] = {}
    for i, word in enumerate(words):
        if word.startswith("--"):
            flag = word[2:].replace("-", "")
            on = flag if flag in names or not flag.startswith("no") else flag[2:]
            name = names[on]
            following = words[i + 1] if i + 1 < len(words) and not words[i + 1].startswith("--") else None
            given[name] = _value(shape.members[name].type_name, following, on == flag)
    return shape, given


def _pascal(action: str) -> str:
    return "".join(part.capitalize() for part in action.split("-"))


def _value(kind: str, text: str | None, on: bool) -> Any:
    if text is None:
        return on
    return int(text) if kind in ("integer", "long") else text.split() if kind == "list" else text
