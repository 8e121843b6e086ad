"""Tallies: how many values of one run fell into each bucket, small enough to be sent and stored, and to be added up."""

from __future__ import annotations

import math
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Final

import numpy as np

from simulator.measures.finished import MappingResult
from simulator.measures.histogram import BUCKETS, Histogram
from simulator.traffic.log import Integers

AGES: Final = ("iterator_age", "iterator_age_at_send")


@dataclass(frozen=True)
class Tally:
    """A histogram as plain data: its counts from the first to the last bucket that has any, packed into a text."""

    n: int
    first: int
    packed: str
    sum_ns: int
    least_ns: int
    greatest_ns: int

    @classmethod
    def of(cls, histogram: Histogram) -> Tally:
        """Of a histogram."""
        filled = np.flatnonzero(histogram.counts)
        first, end = (int(filled[0]), int(filled[-1]) + 1) if len(filled) else (0, 0)
        counts = histogram.counts[first:end].astype("<i8").tobytes()
        packed = b64encode(zlib.compress(counts)).decode()
        return cls(histogram.n, first, packed, histogram.sum_ns, histogram.least_ns, histogram.greatest_ns)

    @property
    def filled(self) -> range:
        """From the first to the last bucket that has any."""
        return range(self.first, self.first + len(unpacked(self.packed)))

    def histogram(self, buckets: range = range(BUCKETS)) -> Histogram:
        """The histogram that it is of, of some neighbouring buckets that hold all its values."""
        counts: Integers = np.zeros(len(buckets), np.int64)
        mine = unpacked(self.packed)
        begin = self.first - buckets.start
        counts[begin : begin + len(mine)] = mine
        return Histogram.of(counts, self.sum_ns, self.least_ns, self.greatest_ns, buckets.start)


def common(tallies: Sequence[Tally]) -> range:
    """From the first to the last bucket that has any of all values."""
    filled = [each.filled for each in tallies if each.n]
    if not filled:
        return range(0)
    return range(min(each.start for each in filled), max(each.stop for each in filled))


@lru_cache(maxsize=1024)  # a study asks for several percentiles of each
def unpacked(text: str) -> Integers:
    """Counts that were packed into a text, not to be written to. Raises ValueError and zlib.error for another text."""
    return np.frombuffer(zlib.decompress(b64decode(text)), "<i8")


@dataclass(frozen=True)
class Course:
    """The 99th percentile of latency over the traffic of one run, in seconds; infinite where that record was lost."""

    eighths_s: Sequence[float]
    halves_s: Sequence[float]


UNKNOWN: Final = Course((math.nan,), (math.nan, math.nan))


@dataclass(frozen=True)
class Tallies:
    """What the quantiles of one mapping follow from."""

    latency: Tally  # of the records that were processed
    left: Tally  # the ages of the records that were left when the run ended
    lost: int  # records
    ages: dict[str, Tally] = field(default_factory=dict)  # by AGES
    course: Course = UNKNOWN

    @property
    def batches(self) -> int:
        """The attempts that ended, and the minutes of lanes that had records waiting and no attempt that ended."""
        return self.ages["iterator_age"].n

    @classmethod
    def of(cls, mapping: MappingResult) -> Tallies:
        """Of a mapping's run."""
        mine = mapping.measures
        ages = zip(AGES, (mine.age, mine.age_at_send), strict=True)
        return cls(
            latency=Tally.of(mine.latency),
            left=Tally.of(mine.unserved.left),
            lost=mine.unserved.lost + mapping.ends.dropped_at_write,
            ages={name: Tally.of(histogram) for name, histogram in ages},
            course=Course(*mine.eighths.course_s(99)),
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tallies:
        """From plain data."""

        def tally(of: Mapping[str, Any]) -> Tally:
            return Tally(**{each.name: of[each.name] for each in fields(Tally)})

        ages = {name: tally(of) for name, of in data["ages"].items()}
        course = Course(data["course"]["eighths_s"], data["course"]["halves_s"])
        return cls(tally(data["latency"]), tally(data["left"]), data["lost"], ages, course)
