"""Scenarios that studies begin with: one lane, nothing in the way."""

from __future__ import annotations

from typing import Any

from tests.model.rows import Section, small
from tests.validation.theory_queues import Service


def text(seconds: float) -> str:
    """A duration as in a scenario."""
    return f"{seconds:.12g}s"


def drawn(service: Service) -> Any:
    """A service time as in a scenario."""
    if service.cv == 0:
        return text(service.mean_s)
    return {"gamma": {"mean": text(service.mean_s), "cv": service.cv}}


def pushed(rate: float, duration_s: float, per_batch: Any, batch_size: int = 1, **mapping: Any) -> Section:
    """Poisson arrivals of records of one byte, pushed at once to one lane of a function that is always warm.

    The first twentieth of the time is left out.
    """
    return lane(rate, duration_s, per_batch, batch_size, consumer="push", push={"propagation": "0s"}, **mapping)


def polled(rate: float, duration_s: float, per_batch: Any, batch_size: int, interval_s: float, repoll: str) -> Section:
    """The same, polled; answers come at once."""
    polling = {"interval": text(interval_s), "phase": "random", "latency": "0s", "repoll": repoll}
    return lane(rate, duration_s, per_batch, batch_size, polling=polling)


def lane(rate: float, duration_s: float, per_batch: Any, batch_size: int, **mapping: Any) -> Section:
    """One lane of a function that is always warm."""
    content = small(
        run={"duration": text(duration_s), "warmup": text(duration_s / 20), "drain": text(duration_s)},
        producer={"rate": f"{rate:.12g}/s", "arrivals": "poisson", "record_size": "1B"},
        function={"duration": {"per_batch": per_batch}, "timeout": "900s", "idle_timeout": text(duration_s)},
        mapping={"batch_size": batch_size, **mapping},
    )
    if "polling" not in mapping:
        del content["event_source_mappings"][0]["polling"]
    return content
