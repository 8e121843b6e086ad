"""The `aws` command lines that make the changes of a setting on AWS."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.report.page import aws_mappings, aws_streams
from simulator.report.page.fields import located
from simulator.scenario.units import parse_duration, parse_size

Resolved = dict[str, Any]
ACCOUNT_CONCURRENCY: Final = "L-B99A9384"  # the quota's code


def commands(changes: Mapping[str, str], resolved: Resolved) -> list[str]:
    """The commands that set fields, such as `streams.clicks.shards`, to values: a text for each thing that changes.

    What is changed in one thing is changed by one call: AWS refuses a second while it carries out the first.
    """
    things: dict[tuple[str, str], dict[str, str]] = {}
    for path, value in changes.items():
        room, name, field = located(path, resolved)
        things.setdefault((room, name), {})[field] = value
    texts = (_commands(room, name, fields, resolved) for (room, name), fields in things.items())
    return [text for text in texts if text]


def _commands(room: str, name: str, fields: Mapping[str, str], resolved: Resolved) -> str:
    if room == "streams":
        return aws_streams.commands(name, resolved[room][name], fields)
    if room == "functions":
        return "\n".join(_function(name, fields))
    if room == "event_source_mappings":
        mapping = next(each for each in resolved[room] if each["name"] == name)
        return aws_mappings.commands(mapping, fields)
    if room == "account" and "concurrency" in fields:
        quota = ("request-service-quota-increase", "--service-code", "lambda", "--quota-code", ACCOUNT_CONCURRENCY)
        return line("service-quotas", *quota, "--desired-value", fields["concurrency"])
    return ""


def line(*words: object) -> str:
    """A command line of `aws`, its words quoted for a shell."""
    return shlex.join(["aws", *map(str, words)])


# --- functions ----------------------------------------------------------------------------------------------------


def _function(name: str, fields: Mapping[str, str]) -> list[str]:
    """A call for each kind of setting."""
    named = ("--function-name", name)
    calls: list[tuple[str, ...]] = []
    if reserve := fields.get("reserved_concurrency"):
        some = ("put-function-concurrency", *named, "--reserved-concurrent-executions", reserve)
        calls.append(("delete-function-concurrency", *named) if reserve == "none" else some)
    if ready := fields.get("provisioned_concurrency"):
        where = ("--qualifier", "ALIAS", "--provisioned-concurrent-executions", ready)
        calls.append(("put-provisioned-concurrency-config", *named, *where))
    configured = [word for field, option in CONFIGURED.items() if field in fields for word in option(fields[field])]
    if configured:
        calls.append(("update-function-configuration", *named, *configured))
    return [line("lambda", *call) for call in calls]


CONFIGURED: Final[dict[str, Callable[[str], list[str]]]] = {
    "memory": lambda value: ["--memory-size", str(round(parse_size(value) / 2**20))],
    "timeout": lambda value: ["--timeout", str(round(parse_duration(value)))],
}
