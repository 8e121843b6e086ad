"""ARNs, and the other ways to name a function: what of them counts here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

STREAM: Final = re.compile(r"arn:[^:]*:kinesis:[^:]*:[^:]*:stream/([^/:]+)(?:/consumer/([^/:]+)(?::[^:]*)?)?")
FUNCTION: Final = re.compile(r"(?:arn:[^:]*:lambda:[^:]*:[^:]*:|[^:]+:)function:([^:]+)(?::([^:]+))?")
PLAIN: Final = re.compile(r"([^:/]+)(?::([^:]+))?")
SERVICE: Final = re.compile(r"arn:[^:]*:([^:]+):")
LATEST: Final = "$LATEST"
ANY: Final = "*"  # all versions and aliases of a function


@dataclass(frozen=True, slots=True)
class StreamArn:
    """A stream, and the consumer of it if the ARN is a consumer's."""

    stream: str
    consumer: str = ""


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function, and its version or alias; that is empty for the unpublished version."""

    function: str
    qualifier: str = ""


def stream_arn(text: str) -> StreamArn | None:
    """The stream that an ARN names; None if it is no ARN of a stream."""
    match = STREAM.fullmatch(text)
    return StreamArn(match[1], match[2] or "") if match else None


def function_name(text: str) -> FunctionName | None:
    """The function that a name, a part of an ARN or an ARN names, each with or without a version or alias."""
    match = FUNCTION.fullmatch(text) or PLAIN.fullmatch(text)
    return FunctionName(match[1], "" if match[2] in (None, LATEST) else match[2]) if match else None


def service(text: str) -> str:
    """The service of an ARN, such as `sqs`; empty for what is no ARN."""
    match = SERVICE.match(text)
    return match[1] if match else ""
