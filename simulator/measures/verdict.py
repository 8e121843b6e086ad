"""Whether a mapping keeps up, and what it waits for (docs/conclusions.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulator.measures.last_quarter import LastQuarter
from simulator.scenario.spec import EventSourceMapping
from simulator.traffic.nanoseconds import NS, ns

STATES: Final = ("stable", "backlogged", "losing", "overloaded", "blocked")  # the best first
KEEP_UP: Final = STATES[:2]
RISING: Final = 0.02  # seconds of lag a second
LOSING: Final = 0.001  # of the records
MUCH: Final = 0.1  # of all waiting: a cause of so much binds a stable mapping, too
PATIENCE_NS: Final = 5 * NS
CHOSEN: Final = ("poll_interval", "read_latency", "propagation", "batching_window", "invoke_overhead", "processing")


@dataclass(frozen=True)
class Verdict:
    """How a mapping does, and what binds it.

    `state`: one of STATES. blocked: behind when the traffic ended, and some lane got nothing done in its last quarter;
    overloaded: behind, and falling back; losing: more than one in 1,000 records lost; backlogged: was behind, caught up
    or is catching up. `cause`: of the waiting that is no choice or service of its own, the one with most of it (see
    waiting.CAUSES); "" where nothing binds. `share`: its part of all waiting.
    """

    state: str
    reason: str
    cause: str
    share: float
    why: str


@dataclass(frozen=True)
class Lags:
    """The age of a mapping's oldest record that has not ended, in nanoseconds."""

    peak_ns: int
    earlier_ns: int  # when three quarters of the traffic's time were over
    last_ns: int  # when the producers stopped


@dataclass(frozen=True)
class Course:
    """What a verdict rests on."""

    duration_s: float
    lags: Lags
    behind_ns: Sequence[tuple[int, int]]  # when it was behind, in order
    quarter: LastQuarter
    dropped_at_write: int
    write_limit: str  # that was offered more: write_records or write_bytes
    records: int  # that it does not skip
    left: int  # records unprocessed when the run ended

    @property
    def rise(self) -> float:
        """Seconds by which it fell back every second of the last quarter."""
        return (self.lags.last_ns - self.lags.earlier_ns) / NS / (0.25 * self.duration_s)

    @property
    def lost(self) -> int:
        """Records lost when the traffic ended, but for poison that was sent to a destination."""
        return self.dropped_at_write + self.quarter.lost

    @property
    def caught_up_s(self) -> float:
        """When it was no longer behind after the end of the traffic; infinite if not before the run ended."""
        end_ns = ns(self.duration_s)
        until_ns = next((b for a, b in self.behind_ns if a <= end_ns <= b), end_ns)
        return math.inf if self.left and until_ns >= self.behind_ns[-1][1] else until_ns / NS


def behind_ns(mapping: EventSourceMapping) -> int:
    """A lag above this counts as being behind: two ordinary waits for a batch, and 5 s."""
    wait = mapping.polling.interval if mapping.consumer == "polling" else mapping.push.propagation
    return PATIENCE_NS + 2 * (ns(wait) + ns(mapping.maximum_batching_window))


def state(mapping: EventSourceMapping, course: Course) -> tuple[str, str]:
    """The state of a mapping and the reason for it."""
    limit_ns, lags = behind_ns(mapping), course.lags
    behind = lags.last_ns > limit_ns
    if behind and course.quarter.stuck_lanes:
        return "blocked", _blocked(course)
    if behind and course.rise > RISING:
        told = _told(lags.last_ns / NS)
        return (
            "overloaded",
            f"when the traffic ended it was {told} behind and fell back {course.rise:.2f} s every second",
        )
    if course.lost > LOSING * course.records:
        return "losing", _losing(course)
    if behind or any(begin_ns <= ns(course.duration_s) for begin_ns, _ in course.behind_ns):
        return (
            "backlogged",
            f"was up to {_told(lags.peak_ns / NS)} behind, and {_catching_up(course, behind, limit_ns)}",
        )
    return "stable", f"never more than {lags.peak_ns / NS:.1f} s behind"


def _blocked(course: Course) -> str:
    quarter = course.quarter
    of = f"{quarter.stuck_lanes:,} of {quarter.waiting_lanes:,} lanes" if quarter.waiting_lanes > 1 else "its only lane"
    span = _told(0.25 * course.duration_s)
    what = f"{of} with records waiting got none of them done in the last {span} of the traffic"
    return f"{what}; the oldest had waited for {_told(course.lags.last_ns / NS)}"


def _losing(course: Course) -> str:
    lost = {"dropped at write": course.dropped_at_write, **course.quarter.lost_as}
    how = max(lost, key=lambda each: lost[each]).replace("_", " ").replace("sent to ", "sent to a ")
    part = course.lost / course.records
    told = f"{part:.0%}" if part >= 0.1 else f"{100 * part:.2g}%"
    return f"{course.lost:,} of {course.records:,} records ({told}) were lost, most of them {how}"


def _catching_up(course: Course, behind: bool, limit_ns: int) -> str:
    """Whether and when it caught up, as the run shows, or else at its pace when the traffic ended."""
    if not behind:
        return "caught up"
    if math.isfinite(course.caught_up_s):
        return f"caught up {_told(course.caught_up_s - course.duration_s)} after the end of the traffic"
    if course.rise >= 0:
        return "was not catching up when the traffic ended"
    more_s = (course.lags.last_ns - limit_ns) / NS / -course.rise
    return f"at the pace of the last quarter catches up {_told(more_s)} after the end of the traffic"


def binding(mapping_state: str, waiting_s: Mapping[str, float], course: Course) -> tuple[str, float, str]:
    """The cause that binds, its share of all waiting, and why; "" where nothing binds.

    `waiting_s`: by cause, from t = 0 on: what records of before have waited already is nobody's fault now.
    """
    total_s = sum(waiting_s.values())
    held = {cause: waited for cause, waited in waiting_s.items() if cause not in CHOSEN}
    cause = max(held, key=lambda each: held[each], default="")
    share = held[cause] / total_s if cause and total_s else 0.0
    if mapping_state == "losing" and (lost := _lost_by(course)):
        return lost, waiting_s.get(lost, 0.0) / total_s if total_s else 0.0, "most of what was lost was lost by it"
    if share and (share >= MUCH or mapping_state != "stable"):
        return cause, share, f"{share:.0%} of all waiting"
    most = max(waiting_s, key=lambda each: waiting_s[each], default="")
    what = (
        f"{waiting_s[most] / total_s:.0%} of all waiting is for the {most.replace('_', ' ')}"
        if total_s
        else "no record waited"
    )
    return "", 0.0, what


def _lost_by(course: Course) -> str:
    """What most lost records were lost by, where that is known beside all waiting."""
    given_up = course.quarter.by_failure
    failure = max(given_up, key=lambda each: given_up[each], default="")
    by = {course.write_limit: course.dropped_at_write, failure: given_up.get(failure, 0)}
    most = max(by, key=lambda each: by[each])
    return most if by[most] * 2 > course.lost else ""


def _told(time_s: float) -> str:
    """A time as people say it."""
    for unit, size_s in (("d", 86400), ("h", 3600), ("min", 60)):
        if time_s >= 2 * size_s:
            return f"{time_s / size_s:.1f} {unit}"
    return f"{time_s:.0f} s"
