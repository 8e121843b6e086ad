"""Concurrency, environments and failures of functions (docs/model.md sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from .clock import Bucket
from .inputs import SECOND, Failure, Function, Scenario, half_up
from .traffic import MIB, Record, Written, accepted

CAUSES = {"outage": "outage", "random": "random_errors", "poison": "poison"}


@dataclass(eq=False)
class Environment:
    """An execution environment; `cold` until its first attempt has had its cold start."""

    provisioned: bool
    cold: bool
    last_finish: int = 0


class Pool:
    """Concurrency: a function's reserve, or what the account has left for all the others."""

    def __init__(self, limit: int, requests: Fraction) -> None:
        """`requests`: how many attempts a second each unit may have; 0: no limit."""
        self.limit = limit
        self.used = 0
        self.capacity = self.tokens = requests * limit
        self.since = 0
        self.limited = requests > 0

    def has_token(self, now: int) -> bool:
        """Section 18: whether one more attempt fits into a second."""
        self.tokens = min(self.capacity, self.tokens + self.capacity * (now - self.since) / SECOND)
        self.since = now
        return not self.limited or self.tokens >= 1


@dataclass(frozen=True)
class Verdict:
    """How an attempt will go: it takes `takes` after its cold start."""

    takes: int
    outcome: str  # ok, error or timeout
    cause: str  # of waiting, if it fails

    @property
    def poisoned(self) -> bool:
        """Whether the cause of the error is a poison record."""
        return self.cause == "poison"


class FunctionState:
    """A function as it runs."""

    def __init__(self, spec: Function, pool: Pool, streams: list[Written]) -> None:
        self.spec = spec
        self.pool = pool
        self.idle: list[Environment] = []  # the most recently used is the last
        self.unused_provisioned = spec.provisioned
        self.starts = Bucket(capacity=1000, token=SECOND // 100)
        self.poison = {
            id(f): {id(r) for w in streams for t in f.at for r in first_at(w, t)}
            for f in spec.failures
            if f.kind == "poison"
        }

    def admit(self, now: int) -> Environment | str:
        """Section 6: one unit of concurrency and an environment, or what was lacking first: a throttle."""
        if self.pool.used >= self.pool.limit:
            return "concurrency"  # takes no token of the bucket
        if not self.pool.has_token(now):
            return "invocation_rate"
        environment = self.environment(now)
        if environment is None:
            return "scaling_rate"
        self.pool.used += 1
        self.pool.tokens -= 1
        return environment

    def environment(self, now: int) -> Environment | None:
        """The most recently used idle one, else a provisioned one not yet used, else a new one."""
        self.idle = [e for e in self.idle if e.provisioned or now - e.last_finish <= self.spec.idle_timeout]
        if self.idle:
            return self.idle.pop()
        if self.unused_provisioned:
            self.unused_provisioned -= 1
            return Environment(provisioned=True, cold=False)
        return Environment(provisioned=False, cold=True) if self.starts.take(now) else None

    def release(self, environment: Environment, lost: bool, now: int) -> None:
        """Give concurrency and environment back; one lost by a timeout is, if provisioned, 'not yet used' again."""
        self.pool.used -= 1
        if lost:
            self.unused_provisioned += environment.provisioned
            return
        environment.cold, environment.last_finish = False, now
        self.idle.append(environment)

    def is_poison(self, record: Record) -> bool:
        """Whether a batch with this record always fails."""
        return any(self.poisons(f, record) for f in self.spec.failures)

    def poisons(self, f: Failure, record: Record) -> bool:
        """Whether a record is poison by this entry."""
        return f.kind == "poison" and (f.every_record or id(record) in self.poison[id(f)])

    def verdict(self, records: list[Record], start: int) -> Verdict:
        """Sections 6 and 7: how an attempt admitted at `start` goes. Of several causes the earliest, poison last."""
        duration = self.duration(records, start)
        errors = [(half_up(duration * f.fails_after), f.kind == "poison", f.kind) for f in self.causes(records, start)]
        earliest = min(errors, key=lambda error: error[:2], default=None)  # the first in the file of equal ones
        takes = duration if earliest is None else earliest[0]
        if takes > self.spec.timeout:
            return Verdict(self.spec.timeout, "timeout", "timeouts")  # a timeout is never a partial response
        if earliest is None:
            return Verdict(takes, "ok", "")
        return Verdict(takes, "error", CAUSES[earliest[2]])

    def duration(self, records: list[Record], start: int) -> int:
        """How long the function would run without an error. Each product is rounded once."""
        spec = self.spec
        size = sum(record.size for record in records)
        duration = spec.per_batch + spec.per_record * len(records) + half_up(spec.per_mib * size / MIB)
        return half_up(duration * prod(f.factor for f in spec.failures if f.kind == "slow" and f.covers(start)))

    def causes(self, records: list[Record], start: int) -> Iterator[Failure]:
        """Why an attempt with these records, admitted at `start`, fails."""
        for f in self.spec.failures:
            if f.kind == "poison":
                if any(self.poisons(f, record) for record in records):
                    yield f
            elif f.kind != "slow" and f.covers(start):
                yield f


def first_at(written: Written, time: int) -> list[Record]:
    """The first record of a stream accepted at or after a time, if there is one: at one instant by shard."""
    later = [record for log in written.logs for record in log if accepted(record) >= time]
    return [min(later, key=accepted)] if later else []


def function_states(scenario: Scenario, written: dict[str, Written]) -> dict[str, FunctionState]:
    """All functions, with the concurrency they share."""
    reserves = sum(f.reserved or 0 for f in scenario.functions.values())
    shared = Pool(scenario.concurrency - reserves - scenario.other_concurrency, scenario.requests)
    result: dict[str, FunctionState] = {}
    for name, spec in scenario.functions.items():
        read = {m.stream for m in scenario.mappings if m.function == name}
        pool = shared if spec.reserved is None else Pool(spec.reserved, scenario.requests)
        result[name] = FunctionState(spec, pool, [written[stream] for stream in sorted(read)])
    return result
