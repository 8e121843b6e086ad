"""The script that collects what is imported: it is printed, and the user runs it; nothing of ours talks to AWS."""

from __future__ import annotations

import shlex
from importlib.resources import files

from simulator.scenario.kinds import UnfitError
from simulator.scenario.names import STREAM_NAME
from simulator.twin.arns import stream_arn


class NoStreamError(Exception):
    """A text that names no stream; the message says what would."""


def script(stream: str) -> str:
    """The script for a stream by its name or ARN. Raises NoStreamError."""
    arn = stream_arn(stream)
    try:
        name = str(STREAM_NAME.parse(arn.stream if arn else stream))
    except UnfitError as error:
        raise NoStreamError(f"'{stream}' {error}; give {STREAM_NAME.allowed}, or an ARN") from None
    text = files("simulator.twin").joinpath("collect.sh").read_text(encoding="utf-8")
    return text.replace("@QUOTED@", shlex.quote(name)).replace("@NAME@", name)
