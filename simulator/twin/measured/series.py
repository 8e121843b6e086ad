"""Series of CloudWatch: a metric's values by time, first as a file has them, then with their names known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from simulator.twin.said import Place

Of = Literal["stream", "function", "mapping", "shard", ""]
COUNTS: Final[Mapping[str, Of]] = {  # a minute without a value has none
    "IncomingRecords": "stream",
    "IncomingBytes": "stream",
    "WriteProvisionedThroughputExceeded": "stream",
    "ReadProvisionedThroughputExceeded": "stream",
    "PutRecords.ThrottledRecords": "stream",
    "PutRecords.TotalRecords": "stream",
    "GetRecords.Records": "stream",
    "GetRecords.Bytes": "stream",
    "Invocations": "function",
    "Errors": "function",
    "Throttles": "function",
    "PolledEventCount": "mapping",
    "FilteredOutEventCount": "mapping",
    "InvokedEventCount": "mapping",
    "FailedInvokeEventCount": "mapping",
    "DroppedEventCount": "mapping",
    "OnFailureDestinationDeliveredEventCount": "mapping",
}
LEVELS: Final[Mapping[str, Of]] = {
    "Duration": "function",
    "IteratorAge": "function",
    "ConcurrentExecutions": "function",
    "GetRecords.IteratorAgeMilliseconds": "stream",
}
METRICS: Final[Mapping[str, Of]] = {**COUNTS, **LEVELS}
USUAL_STATISTIC: Final = {"Duration": "Average"}  # of a series that does not say; Maximum of other levels


class Metric(NamedTuple):
    """A metric, its statistic, and whose it is: a stream, a function or a mapping by its UUID; "" while not known."""

    name: str
    statistic: str = ""
    thing: str = ""
    of: Of = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """A series as a file has it; `metric`: what the file says of it itself. Times are seconds since 1970."""

    id: str
    label: str
    points: Mapping[int, float]
    place: Place
    metric: Metric | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What an Id of a file of queries stands for."""

    id: str
    metric: Metric


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a metric that is known."""

    metric: Metric
    points: Mapping[int, float]
    place: Place


@dataclass(frozen=True, slots=True)
class Reports:
    """What the REPORT lines of a function's log tell, in milliseconds; function: "" if the file does not name it.

    durations_at, inits_at: when each was written, in seconds since 1970; NaN where the log does not tell.
    """

    function: str
    durations_ms: tuple[float, ...]
    inits_ms: tuple[float, ...]
    timeouts: int
    errors: int
    place: Place
    durations_at: tuple[float, ...]
    inits_at: tuple[float, ...]

    def before(self, until_s: float) -> Reports:
        """Those of which it is told that they are from before a time."""
        durations = tuple(ms for ms, at in zip(self.durations_ms, self.durations_at, strict=True) if at < until_s)
        inits = tuple(ms for ms, at in zip(self.inits_ms, self.inits_at, strict=True) if at < until_s)
        ats = (tuple(at for at in each if at < until_s) for each in (self.durations_at, self.inits_at))
        return Reports(self.function, durations, inits, 0, 0, self.place, *ats)

    @property
    def undated(self) -> int:
        """Of how many it is not told when they were written."""
        return sum(map(math.isnan, self.durations_at))


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """How often each partition key was seen; stream: "" if the file does not name it."""

    stream: str
    counts: Mapping[str, float]
    place: Place


def usual_statistic(name: str) -> str:
    """The statistic that is meant where none is named."""
    return "Sum" if name in COUNTS else USUAL_STATISTIC.get(name, "Maximum")
