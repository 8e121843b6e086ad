"""Follows a run, and hands out what is wanted of it: attempts, and batches that were given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from simulator.handlers.answered import Answered
from simulator.kernel.engines import run_by, usual
from simulator.model.facts import Attempt, Facts, Loss
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.shards import Shard
from simulator.traffic.written import Written


class EnoughError(Exception):
    """All that is wanted has been found: the run need not go on."""


class Seen(NamedTuple):
    """An attempt: its number in invocations.csv, 1 first; and its shard, with its records."""

    number: int
    attempt: Attempt
    shard: Shard
    answered: Answered | None  # by the function's own handler


class GivenUp(NamedTuple):
    """Records that were sent to a destination; and the attempt after which they were, if there was one."""

    loss: Loss
    attempt: Attempt | None
    shard: Shard
    answered: Answered | None  # to that attempt, by the function's own handler


def follow(scenario: Scenario, seed: int, follower: Attempts | Losses) -> int:
    """Simulate a scenario for a follower, until that has enough; when the run ended, in ns, 0 if it did not go so far.

    Raises BacklogTooLargeError.
    """
    with suppress(EnoughError):
        return run_by(usual())(scenario, seed, 0, follower)
    return 0


class Attempts:
    """An observer that tells of each attempt in the order of invocations.csv.

    As there, an attempt that runs holds back those that started after it, and one that does not finish is left out.
    """

    def __init__(self, scenario: Scenario, tell: Callable[[Seen], None]) -> None:
        """`tell` may raise EnoughError."""
        self._scenario, self._tell, self._number = scenario, tell, 0
        self._held: list[tuple[Attempt, Shard, Answered | None]] = []

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        shards = _Shards(self._scenario, streams)
        new = sorted(facts.attempts, key=lambda each: (each.started_ns, *each[:3]))
        answered = {id(each.places): each for each in facts.answered}  # an attempt's, and its answer's, are one
        held = self._held + [(each, shards.of(each), answered.get(id(each.places))) for each in new]
        if last:
            held = [each for each in held if each[0].finished_ns <= end_ns]
        runs = next((i for i, (each, *_) in enumerate(held) if each.finished_ns >= end_ns + last), len(held))
        self._held = held[runs:]
        for each in held[:runs]:
            self._number += 1
            self._tell(Seen(self._number, *each))


class Losses:
    """An observer that tells of each batch, or part of one, that was sent to a destination, in order of time."""

    def __init__(self, scenario: Scenario, tell: Callable[[GivenUp], None]) -> None:
        """`tell` may raise EnoughError."""
        self._scenario, self._tell = scenario, tell
        self._failed: dict[tuple[int, int, int], Attempt] = {}  # by where they are: the last one
        self._answered: dict[tuple[int, int, int], Answered] = {}  # of those

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        shards = _Shards(self._scenario, streams)
        self._answered |= {_where(each): each for each in facts.answered if each.done < len(each.places)}
        for fact in _in_order(facts):
            of = _where(fact)
            if isinstance(fact, Loss):
                attempt, answered = self._failed.pop(of, None), self._answered.get(of)
                if fact.at_ns <= end_ns:
                    self._tell(GivenUp(fact, attempt, shards.of(fact), answered))
            elif fact.outcome == "ok":
                self._failed.pop(of, None)
            else:
                self._failed[of] = fact


class _Shards:
    """The shards of a window as they are, each once."""

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self._streams = [streams[each.stream] for each in scenario.event_source_mappings]
        self._known: dict[tuple[int, int], Shard] = {}

    def of(self, fact: Attempt | Loss) -> Shard:
        """The shard of a fact."""
        which = fact.mapping, fact.shard
        if which not in self._known:
            shard = self._streams[fact.mapping][fact.shard]
            self._known[which] = replace(shard, log=shard.log.snapshot())
        return self._known[which]


def _where(fact: Attempt | Loss | Answered) -> tuple[int, int, int]:
    """The mapping, the shard and the first place."""
    return fact.mapping, fact.shard, int(fact.places[0])


def _in_order(facts: Facts) -> Iterator[Attempt | Loss]:
    """Attempts by their start, and what was sent to a destination, after the attempts of its instant."""
    sent = [(loss.at_ns, 1, loss) for loss in facts.losses if loss.how == "sent_to_destination"]
    tried = [(attempt.started_ns, 0, attempt) for attempt in facts.attempts]
    for _, _, fact in sorted([*tried, *sent], key=lambda each: each[:2]):
        yield fact  # type: ignore[misc]


@dataclass
class Chosen:
    """Chooses among attempts, or batches given up, as they are told in order; `found` are those chosen.

    `number`: the attempt of that number alone; `mapping`: of that number in the file's order; `at_ns`: those that run
    then, or else the next, of each mapping; `most`: so many at most.
    """

    mappings: int  # that there are
    number: int | None = None
    mapping: int | None = None
    at_ns: int | None = None
    most: int | None = None

    def __post_init__(self) -> None:
        self.found: list[Seen] = []
        self._past: set[int] = set()  # mappings that have gone past the time

    def take(self, seen: Seen) -> None:
        """An attempt. Raises EnoughError."""
        if self._is_wanted(seen):
            self.found.append(seen)
        wanted = 1 if self.mapping is not None else self.mappings
        if (self.number is not None and seen.number >= self.number) or len(self._past) == wanted or self._has_most():
            raise EnoughError

    def _is_wanted(self, seen: Seen) -> bool:
        attempt = seen.attempt
        if self.mapping is not None and attempt.mapping != self.mapping:
            return False
        if self.number is not None and seen.number != self.number:
            return False
        return self.at_ns is None or self._at_time(attempt, self.at_ns)

    def _at_time(self, attempt: Attempt, at_ns: int) -> bool:
        """Whether an attempt runs at a time, or is the next of its mapping where none does."""
        if attempt.started_ns <= at_ns:
            return attempt.finished_ns > at_ns
        first = attempt.mapping not in self._past
        self._past.add(attempt.mapping)
        return first and not any(each.attempt.mapping == attempt.mapping for each in self.found)

    def _has_most(self) -> bool:
        return self.most is not None and len(self.found) >= self.most
