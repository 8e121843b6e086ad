"""Whether a mapping keeps up, and what binds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulator.measures.usage import Use
from simulator.scenario.spec import EventSourceMapping
from simulator.traffic.nanoseconds import NS, ns

STATES: Final = ("stable", "backlogged", "overloaded")  # the best first
RISING: Final = 0.02  # seconds of lag a second
MUCH: Final = 0.25  # of the time of lanes: throttles or failures that take this part of it are why others wait
TIGHT: Final = 0.8  # the part of a limit from which on it counts as binding
PATIENCE_NS: Final = 5 * NS


@dataclass(frozen=True)
class Verdict:
    """stable, backlogged (was behind, caught up or catching up) or overloaded (falling behind when traffic ended)."""

    state: str
    reason: str
    binding: str  # the limit that binds, or "none"
    why: str


@dataclass(frozen=True)
class Lags:
    """The age of a mapping's oldest record that has not ended, in nanoseconds."""

    peak_ns: int
    earlier_ns: int  # when three quarters of the traffic's time were over
    last_ns: int  # when the producers stopped


def behind_ns(mapping: EventSourceMapping) -> int:
    """A lag above this counts as being behind: two ordinary waits for a batch, and 5 s."""
    wait = mapping.polling.interval if mapping.consumer == "polling" else mapping.push.propagation
    return PATIENCE_NS + 2 * (ns(wait) + ns(mapping.maximum_batching_window))


def state(mapping: EventSourceMapping, duration_s: float, lags: Lags, left: int) -> tuple[str, str]:
    """The state of a mapping and the reason for it. `left`: records unprocessed when the run ended."""
    limit_ns = behind_ns(mapping)
    rise = (lags.last_ns - lags.earlier_ns) / NS / (0.25 * duration_s)
    if lags.last_ns > limit_ns and rise > RISING:
        told = _told(lags.last_ns / NS)
        return "overloaded", f"when the traffic ended it was {told} behind and fell back {rise:.2f} s every second"
    worst_s = lags.peak_ns / NS
    if lags.peak_ns <= limit_ns:
        return "stable", f"never more than {worst_s:.1f} s behind"
    end = "caught up" if not left else f"still had {left:,} records to process when the run ended"
    return "backlogged", f"was up to {_told(worst_s)} behind, and {end}"


def _told(time_s: float) -> str:
    """A time as people say it."""
    for unit, size_s in (("d", 86400), ("h", 3600), ("min", 60)):
        if time_s >= 2 * size_s:
            return f"{time_s / size_s:.1f} {unit}"
    return f"{time_s:.0f} s"


def binding(
    mapping: EventSourceMapping, state: str, parts_s: dict[str, float], uses: list[Use], throttled: int, refused: int
) -> tuple[str, str]:
    """The limit that most of the latency comes from, or the one most used; and why.

    `parts_s`: the mean parts of latency; `throttled`: records throttled at write; `refused`: GetRecords calls.
    """
    use = {u.limit: u for u in uses}
    causes = {
        "write_wait": _higher(use, "write records", "write bytes") if throttled else None,
        "throttled": "concurrency",
        "queueing": "read bytes" if use["read bytes"].hottest > 0.95 else _held_up(parts_s),
        "retrying": "retries",
        "pickup": _higher(use, "read calls", "read bytes") if refused else None,
    }
    ordinary = {"pickup": ordinary_pickup_s(mapping)}
    waits = [(parts_s[part] - ordinary.get(part, 0.0), limit) for part, limit in causes.items() if limit]
    wait, limit = max(waits, key=lambda w: w[0])
    total = sum(parts_s.values())
    most = max(uses, key=lambda u: u.hottest)
    if total and wait > 0.25 * total and (state != "stable" or limit not in use or use[limit].hottest >= TIGHT):
        return limit, f"records waited {wait:.3g} s for it on average, {wait / total:.0%} of their latency"
    if most.hottest >= TIGHT:
        return most.limit, f"its use reached {most.hottest:.0%}"
    return "none", f"the most used limit is {most.limit}, at {most.hottest:.0%}"


def _held_up(parts_s: dict[str, float]) -> str:
    """What kept lanes busy, so that records queued: the function, unless much of the time was throttled or failing."""
    working_s = parts_s["processing"] + parts_s["cold_start"]
    other_s, other = max((parts_s["throttled"], "concurrency"), (parts_s["retrying"], "retries"))
    return other if other_s > MUCH * (working_s + other_s) else "function time per lane"


def ordinary_pickup_s(mapping: EventSourceMapping) -> float:
    """How long a record waits to be read when nothing is in the way."""
    if mapping.consumer == "push":
        return mapping.push.propagation
    return mapping.polling.interval / 2 + mapping.polling.latency


def _higher(use: dict[str, Use], a: str, b: str) -> str:
    return max((use[a], use[b]), key=lambda u: u.hottest).limit
