"""What a run states: facts, and nothing derived from them. Times are nanoseconds from the start of the run.

Stated when decided: an end may lie behind that of the run, and did not come to pass. Places are those in a shard's log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from simulator.handlers.answered import Answered
from simulator.traffic.log import Integers

Outcome = Literal["ok", "error", "timeout", "partial"]
Failure = Literal["", "poison", "outage", "random_errors", "timeouts"]
Lack = Literal["concurrency", "invocation_rate", "scaling_rate"]
How = Literal["dropped", "sent_to_destination", "expired", "filtered"]
PollResult = Literal["called", "missed", "held", "disabled", "no_call", "no_bytes"]
ON_DEMAND: Final = "on_demand"
PROVISIONED: Final = "provisioned"
COLD: Final = "cold"
Environment = Literal["on_demand", "provisioned", "cold"]


class Attempt(NamedTuple):
    """An attempt that was admitted (docs/model.md, sections 6 and 7). Stated when it is."""

    mapping: int
    shard: int
    lane: int
    places: Integers  # its records, in order; those of one lane need not be neighbours in the log
    done: int  # so many of them, the first ones, are processed by it
    bytes: int
    attempt: int  # 1 for the first since the batch, or this part of it, was formed
    first_cut_ns: int  # when the whole batch was cut
    cut_ns: int  # when this part of it was formed
    begun_ns: int  # then invoke_overhead, then it asks
    started_ns: int  # when it was admitted
    cold_ns: int  # the cold start; 0 without one
    finished_ns: int
    environment: Environment
    outcome: Outcome
    failure: Failure  # why it failed; "" for ok


class Throttle(NamedTuple):
    """An attempt that was not admitted: begun, asked, and begun again after the backoff."""

    mapping: int
    shard: int
    lane: int
    places: Integers  # of the records that the refused batch, or part of one, holds
    begun_ns: int
    asked_ns: int
    again_ns: int
    lack: Lack  # what was lacking first


class Doing(NamedTuple):
    """What a lane does while any part of its batch is not over, or it awaits an answer; spans of a lane are disjoint.

    `what`: by docs/model.md, section 8 (function: an attempt that does not fail, or not finish); or `answer`.
    """

    mapping: int
    shard: int
    lane: int
    what: str
    begin_ns: int
    end_ns: int


class Poll(NamedTuple):
    """A poll of a shard (section 4), regular or extra, by a mapping or another reader (numbered after the mappings)."""

    mapping: int
    shard: int
    at_ns: int
    result: PollResult  # no_call: refused for want of a call (and perhaps of bytes too); no_bytes: only of bytes
    answer_ns: int  # when its answer comes; of one that made no call: at_ns
    first: int  # the records of the answer are the places from `first` to before `end`
    end: int
    bytes: int
    left_behind: bool  # records that were accepted by then did not fit into the answer


class ReadAgain(NamedTuple):
    """A retry reads its records again, `call`: with a call token (section 7)."""

    mapping: int
    shard: int
    at_ns: int
    bytes: int
    call: bool


class Sent(NamedTuple):
    """Records that a subscription sends (section 5), in the sending that arrives."""

    mapping: int
    shard: int
    places: Integers
    leaves_ns: Integers
    available_ns: Integers
    bytes: int


class Finished(NamedTuple):
    """A closed shard is read to its end, and each of its records has ended (section 14)."""

    mapping: int
    shard: int
    at_ns: int


class Loss(NamedTuple):
    """Records that ended without being processed."""

    mapping: int
    shard: int
    places: Integers
    how: How
    at_ns: int  # when it was noticed: unread ones expire when their age reaches the retention
    unread: bool
    failure: Failure  # of the last attempt, where the batch was given up after one


@dataclass
class Facts:
    """The facts of one window of time, each list in the order in which they were stated."""

    attempts: list[Attempt] = field(default_factory=list)
    throttles: list[Throttle] = field(default_factory=list)
    doings: list[Doing] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)
    read_again: list[ReadAgain] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, vars(self).values()))

    def clear(self) -> None:
        """Forget them: they have been measured."""
        for facts in vars(self).values():
            facts.clear()
