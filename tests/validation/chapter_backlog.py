"""Backlogs: how they grow, drain, and are lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.measures.run import simulate
from simulator.model.facts import Facts
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NS
from simulator.traffic.written import Written
from tests.model.rows import Section
from tests.validation.running import all_attempts
from tests.validation.setups import pushed, text
from tests.validation.studies import Chapter, Expected, Figures, Study

DAY_S = 86_400.0


def chapter(effort: float = 1.0) -> Chapter:
    """All of them."""
    return Chapter(
        "Backlogs",
        "A lane that takes one record at a time, every D seconds, while they come at a rate: a fluid, but for the "
        "records' being whole. With Poisson arrivals the mean time to drain is exact too: a busy period that "
        "begins with n records lasts n D / (1 - rho) on average.",
        (
            *(drain(rho, effort) for rho in (0.5, 0.8)),
            outage(effort),
            overload(),
            retention(),
            record_age(),
            stopped(),
        ),
    )


def first_idle(content: Scenario, replication: int) -> Figures:
    """When the lane first had nothing to do after it had begun with a batch that succeeded."""
    _, attempts = all_attempts(content, replication)
    done = attempts.where(attempts.done > 0)
    gaps = np.flatnonzero(done.started_s[1:] > done.finished_s[:-1] + 1e-9)
    return {"idle": float(done.finished_s[gaps[0]])}


def drain(rho: float, effort: float) -> Study:
    """A backlog of 10 minutes at the beginning."""
    service_s, behind_s = 0.1, 600.0
    rate = rho / service_s
    content = pushed(rate, behind_s * 12 * rho, text(service_s))
    content |= {"warmup": "0s"}
    content["producers"][0]["start"] = text(-behind_s)
    value = rate * behind_s / (1 / service_s - rate)
    return Study(
        f"600 s of {rate:g} records/s are waiting when reading begins; capacity 10 records/s",
        content,
        first_idle,
        (Expected(f"time to drain, rho {rho:g}", "idle", value, "rate O / (capacity - rate)"),),
        max(5, int(30 * effort)),
    )


def outage(effort: float) -> Study:
    """The function fails for 10 minutes; the lane tries each 10 ms."""
    service_s, lasts_s, backoff_s, rate = 0.1, 600.0, 0.01, 6.0
    content = pushed(rate, 3000.0, text(service_s))
    content |= {"warmup": "0s"}
    down = {"kind": "outage", "from": "0s", "to": text(lasts_s), "fails_after": 0}
    content["functions"]["f"]["failures"] = [down]
    content["event_source_mappings"][0]["retry_backoff"] = {"initial": text(backoff_s), "factor": 1, "jitter": 0}
    late_s = backoff_s / 2
    value = lasts_s + late_s + rate * (lasts_s + late_s) * service_s / (1 - rate * service_s)
    return Study(
        "every attempt fails at once for 600 s and is tried again after 10 ms; 6 records/s, capacity 10 records/s",
        content,
        first_idle,
        (Expected("backlog of an outage is gone", "idle", value, "O + rate O / (capacity - rate)"),),
        max(5, int(30 * effort)),
    )


def overloaded(rate: float, service_s: float, duration_s: float, **mapping: Any) -> Section:
    """Constant arrivals, more than the lane can take."""
    content = pushed(rate, duration_s, text(service_s), **mapping)
    content |= {"warmup": "0s", "drain": "0s"}
    content["producers"][0]["arrivals"] = "constant"
    return content


def slope(content: Scenario, replication: int) -> Figures:
    """The slope of the age at send over the second half."""
    _, attempts = all_attempts(content, replication)
    age = attempts.started_s - attempts.last_accepted_s
    half = len(age) // 2
    return {"slope": float((age[-1] - age[half]) / (attempts.started_s[-1] - attempts.started_s[half]))}


class _Losses:
    """An observer that notes when records were lost, and how many."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, int]] = []

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        self.seen += [(loss.at_ns / NS, len(loss.places)) for loss in facts.losses]


def losses(content: Scenario, replication: int) -> Figures:
    """When the first record was lost, how many were, and how many a second from then on."""
    losses = _Losses()
    result = simulate(content, None, replication, sinks=(losses,))
    lost, first_s = sum(records for _, records in losses.seen), losses.seen[0][0]
    return {"first": first_s, "lost": float(lost), "rate": lost / (result.end_s - first_s)}


def overload() -> Study:
    """The age grows by a constant part of the time."""
    why = "to a part in a million"
    return Study(
        "push, 12.5 records/s at even distances, capacity 10 records/s",
        overloaded(12.5, 0.1, 2000.0),
        slope,
        (Expected("slope of the iterator age", "slope", 0.2, "1 - capacity / rate", "s/s", resolution=2e-7, why=why),),
    )


def retention() -> Study:
    """Too old for the stream."""
    return overtaken(0.05, 25.0, 8 * DAY_S, "retention 24 h", DAY_S)


def record_age() -> Study:
    """Too old for the mapping."""
    return overtaken(12.5, 0.1, 1800.0, "maximum_record_age 60 s", 60.0, maximum_record_age="60s")


def overtaken(rate: float, service_s: float, duration_s: float, name: str, limit_s: float, **mapping: Any) -> Study:
    """Records grow too old: from the moment at which the age reaches the limit, what is too much is lost."""
    growth = 1 - 1 / (rate * service_s)
    first = Expected(
        f"time to the first loss, {name}", "first", limit_s / growth, "limit / (1 - capacity / rate)",
        resolution=service_s + 1 / rate, why="whole records: a duration and a gap",
    )  # fmt: skip
    then = Expected(
        f"loss rate from then on, {name}", "rate", rate - 1 / service_s, "rate - capacity", "records/s",
        resolution=2 / (duration_s - limit_s / growth), why="whole records: two over the time that is left",
    )  # fmt: skip
    return Study(
        f"push, {rate:g} records/s at even distances, capacity {1 / service_s:g} records/s, {name}",
        overloaded(rate, service_s, duration_s, **mapping),
        losses,
        (first, then),
    )


def stopped() -> Study:
    """No concurrency at all: everything is lost when the retention takes it."""
    rate, backoff_s = 0.01, 60.0
    content = overloaded(rate, 1.0, 3 * DAY_S, throttle_backoff={"initial": text(backoff_s), "factor": 1})
    content["functions"]["f"]["reserved_concurrency"] = 0
    first = Expected(
        "time to the first loss, stopped", "first", DAY_S + 0.5 / rate, "first record + retention",
        resolution=backoff_s, why="noticed after a backoff of 60 s",
    )  # fmt: skip
    lost = Expected(
        "records lost, stopped", "lost", 2 * DAY_S * rate, "rate (duration - retention)", "records",
        resolution=1.0, why="one may still be in its backoff",
    )  # fmt: skip
    return Study("push, reserved concurrency 0, 0.01 records/s, retention 24 h, 3 days", content, losses, (first, lost))
