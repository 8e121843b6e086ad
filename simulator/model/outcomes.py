"""How an attempt ends, and what of its batch is done by it (docs/model.md, section 7; docs/handler.md)."""

from __future__ import annotations

import math

import numpy as np

from simulator.handlers.answered import Answered
from simulator.handlers.caller import Answer
from simulator.model.facts import Attempt, Failure, Outcome
from simulator.model.place import Place
from simulator.traffic.log import Integers


def poisoned_after(place: Place, part: Integers, answer: Answer | None) -> float:
    """The part of its duration after which a batch makes an attempt fail; infinite if it does not."""
    if answer:
        return math.inf if answer.healthy == len(part) or answer.timed_out else 1.0
    after = place.shard.log.kept.poison_after.get(place.mapping.function.name)
    return math.inf if after is None else float(place.shard.log.of(after, part).min())


def outcome(place: Place, failure: Failure, part: Integers, answer: Answer | None) -> tuple[Outcome, int]:
    """How an attempt ends, and how many of its records are done by it."""
    if not failure:
        return "ok", len(part)
    if failure == "poison" and place.mapping.spec.report_batch_item_failures:
        healthy = answer.healthy if answer else _healthy(place, part)
        return ("partial", healthy) if healthy else ("error", 0)
    return ("timeout" if failure == "timeouts" else "error"), 0


def _healthy(place: Place, part: Integers) -> int:
    """How many records there are before the first that is poison."""
    log = place.shard.log
    poison_after = log.of(log.kept.poison_after[place.mapping.function.name], part)
    return int(np.argmax(np.isfinite(poison_after)))


def answered(attempt: Attempt, answer: Answer) -> Answered:
    """What is stated of a handler's answer; of an attempt that failed for another cause, that it told no error."""
    error = answer.error if attempt.failure in ("poison", "timeouts") else None
    said = (error.kind, error.message, error.file, error.line) if error else ("", "", "", 0)
    return Answered(attempt.mapping, attempt.shard, attempt.places, attempt.done, *said, answer.response)
