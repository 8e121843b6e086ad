"""Logs of functions, of any size: REPORT lines as text, also inside what filter-log-events prints, and JSON logs.

A log is scanned as bytes, a piece at a time, for what Lambda itself writes at the end of an invocation; whatever stands
around that is passed over.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from simulator.scenario.files import open_regular
from simulator.twin.measured.series import Reports
from simulator.twin.said import Place
from simulator.twin.values import instant

PIECE: Final = 2**22
MOST: Final = 256 * 2**20  # bytes of one log
LONGEST_LINE: Final = 4096
ANY_SIZE: Final = 2**62

REPORT: Final = re.compile(
    rb"REPORT RequestId: ?[0-9a-f-]*[^\n\"]{0,40}?Duration: ?([0-9.]{1,20}) ?ms([^\n\"]{0,600})"
    rb"|platform\.report\\?\"[^\n]{0,300}?[^a-z]durationMs\\?\": ?([0-9.]{1,20})([^\n]{0,300})"
)
INIT: Final = re.compile(rb"Init Duration: ?([0-9.]{1,20}) ?ms|initDurationMs\\?\": ?([0-9.]{1,20})")
TIMEOUT: Final = re.compile(rb"Status: ?timeout")
ERROR: Final = re.compile(rb"Status: ?error")
JSON_STATUS: Final = re.compile(rb"status\\?\": ?\\?\"(timeout|error|failure)")
TIME: Final = re.compile(rb"timestamp\\?\": ?([0-9]{13})|([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:[+-][0-9:]{5})?)")
BEFORE: Final = 120  # bytes before a line in which its time is looked for
MS: Final = 1000


@dataclass
class _Found:
    durations: array[float] = field(default_factory=lambda: array("d"))
    durations_at: array[float] = field(default_factory=lambda: array("d"))
    inits: array[float] = field(default_factory=lambda: array("d"))
    inits_at: array[float] = field(default_factory=lambda: array("d"))
    timeouts: int = 0
    errors: int = 0


def is_log(head: bytes) -> bool:
    """Whether the beginning of a file has what Lambda writes at the end of an invocation."""
    return REPORT.search(head) is not None


def read_log(path: Path, place: Place) -> tuple[Reports, int]:
    """What a log tells, and how many of its bytes were not read as it is too large. Raises OSError."""
    found = _Found()
    with open_regular(path, ANY_SIZE) as file:
        for piece in _pieces(file):
            _scan(piece, found)
        left = max(path.stat().st_size - MOST, 0)
    durations, inits = tuple(found.durations), tuple(found.inits)
    ats = tuple(found.durations_at), tuple(found.inits_at)
    return Reports("", durations, inits, found.timeouts, found.errors, place, *ats), left


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that end with a line's end, as far as lines are not too long."""
    rest = b""
    read = 0
    while read < MOST and (piece := file.read(PIECE)):
        read += len(piece)
        piece = rest + piece
        end = piece.rfind(b"\n") + 1
        end = end if len(piece) - end <= LONGEST_LINE * 64 and end else len(piece)
        rest = piece[end:]
        yield piece[:end]
    if rest:
        yield rest


def _scan(piece: bytes, found: _Found) -> None:
    for match in REPORT.finditer(piece):
        text, rest = (match[1], match[2]) if match[1] else (match[3], match[4])
        if match[1] is None:
            status = JSON_STATUS.search(match[0])
            timeout, error = (status is not None and status[1] == b"timeout"), status is not None
        else:
            timeout, error = b"Status" in rest and TIMEOUT.search(rest) is not None, False
            error = not timeout and b"Status" in rest and ERROR.search(rest) is not None
        if timeout or error:
            found.timeouts += timeout
            found.errors += error and not timeout
        elif (value := _number(text)) is not None:
            found.durations.append(value)
            found.durations_at.append(_written_at(piece, match.start()))
        if (b"nit" in rest) and (init := INIT.search(rest)) and (value := _number(init[1] or init[2])):
            found.inits.append(value)
            found.inits_at.append(_written_at(piece, match.start()))


def _written_at(piece: bytes, place: int) -> float:
    """When a line was written by what stands before it, in seconds since 1970; NaN where that does not tell."""
    times = TIME.findall(piece, max(place - BEFORE, 0), place)
    if not times:
        return math.nan
    ms, text = times[-1]
    try:
        return int(ms) / MS if ms else instant(text.decode()).timestamp()
    except ValueError:
        return math.nan


def _number(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
