"""Files of AWS and the tools around it that are given in place of a scenario: what they are, in a few words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from simulator.scenario.nodes import Entry, Group, Node, Scalar

OUTPUTS: Final[Mapping[str, str]] = {  # of the aws command line, by a field that only they have
    "EventSourceMappings": "lambda list-event-source-mappings",
    "EventSourceMappingArn": "lambda get-event-source-mapping",
    "FunctionArn": "lambda get-function-configuration",
    "Functions": "lambda list-functions",
    "Configuration": "lambda get-function",
    "ReservedConcurrentExecutions": "lambda get-function-concurrency",
    "ProvisionedConcurrencyConfigs": "lambda list-provisioned-concurrency-configs",
    "AccountLimit": "lambda get-account-settings",
    "StreamDescriptionSummary": "kinesis describe-stream-summary",
    "StreamDescription": "kinesis describe-stream",
    "StreamNames": "kinesis list-streams",
    "Shards": "kinesis list-shards",
    "ConsumerDescription": "kinesis describe-stream-consumer",
    "Consumers": "kinesis list-stream-consumers",
    "ShardLimit": "kinesis describe-limits",
    "MetricDataResults": "cloudwatch get-metric-data",
    "Datapoints": "cloudwatch get-metric-statistics",
}
TERRAFORM: Final = {
    "values": "Terraform's state as JSON (terraform show -json)",
    "planned_values": "a plan of Terraform as JSON (terraform show -json)",
    "resources": "a state file of Terraform",
}
TOP: Final = re.compile(r"""^(?:\{? {0,4}|\t)["']?([A-Za-z][A-Za-z_]*)["']? *:""", re.MULTILINE)
HCL: Final = re.compile(r'^\s*(?:resource|data|module) +"', re.MULTILINE)
OURS: Final = frozenset({"duration", "streams", "producers", "event_source_mappings"})  # none of theirs has one
SERVICES: Final = ("AWS::Kinesis::", "AWS::Lambda::", "AWS::Serverless::")
MOST_KINDS: Final = 3


def foreign(root: Node) -> str:
    """What a document is that is no scenario but something of AWS; empty for any other."""
    if not isinstance(root, Group) or OURS & root.entries.keys():
        return ""
    return _known(root.entries, _resources(root))


def foreign_text(text: str) -> str:
    """The same of a text that is no YAML, or none that a scenario may be written in."""
    names = set(TOP.findall(text))
    if OURS & names:
        return ""
    return _known(names, "") or ("Terraform's own language" if HCL.search(text) else "")


def _known(names: Collection[str], resources: str) -> str:
    if "Resources" in names:
        return f"a CloudFormation or SAM template{resources}"
    if "terraform_version" in names:
        return next((what for name, what in TERRAFORM.items() if name in names), "JSON of Terraform")
    if "service" in names and "provider" in names:
        return "a file of the Serverless Framework"
    return next((f"what `aws {command}` prints" for name, command in OUTPUTS.items() if name in names), "")


def _resources(root: Group) -> str:
    """How many streams, functions and mappings a template has."""
    resources = root.entries.get("Resources")
    if resources is None or not isinstance(resources.node, Group):
        return ""
    types = Counter(filter(None, map(_type, resources.node.entries.values())))
    told = [f"{n} {kind.removeprefix('AWS::')}" for kind, n in types.items() if kind.startswith(SERVICES)]
    return f" ({', '.join(told[:MOST_KINDS])})" if told else ""


def _type(entry: Entry) -> str:
    kind = entry.node.entries.get("Type") if isinstance(entry.node, Group) else None
    return kind.node.text if kind and isinstance(kind.node, Scalar) else ""
