"""A time of the run as people tell it: by the clock where the scenario says when it starts, else from the start on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from simulator.report.numbers import UNKNOWN, seconds

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # in no locale
SHORT_S: Final = 3600.0  # of a run up to this length the seconds are told


@dataclass(frozen=True)
class Clock:
    """Tells times of a run of a length; `start` is the scenario's start_time, in its own zone if it has one."""

    start: datetime | None
    end_s: float

    @classmethod
    def of(cls, start_time: str | None, end_s: float) -> Clock:
        """From what summary.json has as `start_time` and `end_s`."""
        return cls(datetime.fromisoformat(start_time) if start_time else None, end_s)

    @property
    def zone(self) -> str:
        """UTC, +01:00, or nothing."""
        if self.start is None or self.start.tzinfo is None:
            return ""
        return "UTC" if self.start.utcoffset() == timedelta() else self.start.isoformat()[-6:]

    @property
    def axis(self) -> str:
        """The label of an axis of times: time on 27 Nov 2026 (UTC), or time from ... on; needs a start."""
        assert self.start is not None
        zone = f" ({self.zone})" if self.zone else ""
        return f"time {'from' if self._several_days else 'on'} {_day(self.start)} {self.start.year}{zone}"

    def tick(self, time_s: float) -> str:
        """A time on such an axis: 14:50, 14:50:30, and at midnight 28 Nov; needs a start."""
        time = self._rounded(time_s)
        midnight = (time.hour, time.minute, time.second) == (0, 0, 0)
        return _day(time) if self._several_days and midnight else f"{time:%H:%M:%S}".removesuffix(":00")

    def at(self, time_s: float) -> str:
        """A moment: `14:50 UTC`, or without a start how long into the run it is, as `50 min`; a dash for NaN."""
        if self.start is None or not math.isfinite(time_s):
            return seconds(time_s) if self.start is None else UNKNOWN
        time = self._rounded(time_s)
        of_day = f"{time:%H:%M:%S}" if self._with_seconds else f"{time:%H:%M}"
        day = f"{_day(time)} " if self._several_days else ""
        return f"{day}{of_day} {self.zone}".rstrip()

    def into(self, time_s: float) -> str:
        """A moment as the end of a sentence: `at 14:50, 50 min into the run`, or without a start the latter alone."""
        into = f"{seconds(time_s)} into the run"
        return into if self.start is None else f"at {self.at(time_s)}, {into}"

    def first_tick_s(self, step_s: float) -> float:
        """When the clock first shows a multiple of a step, counted from midnight before the start."""
        if self.start is None:
            return 0.0
        midnight = self.start.replace(hour=0, minute=0, second=0)
        return -(self.start - midnight).total_seconds() % step_s

    def _rounded(self, time_s: float) -> datetime:
        assert self.start is not None
        unit = 1 if self._with_seconds else 60
        exact = self.start.replace(tzinfo=UTC) + timedelta(seconds=time_s + unit / 2)
        return exact.replace(microsecond=0, second=exact.second if unit == 1 else 0)

    @property
    def _with_seconds(self) -> bool:
        return self.end_s <= SHORT_S or (self.start is not None and self.start.second != 0)

    @property
    def _several_days(self) -> bool:
        assert self.start is not None
        return (self.start + timedelta(seconds=self.end_s)).date() != self.start.date()


def _day(time: datetime) -> str:
    return f"{time.day} {MONTHS[time.month - 1]}"
