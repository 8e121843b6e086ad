"""Concurrency, environments and failures of functions (docs/model.md sections 6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass

from .clock import Bucket, Clock
from .inputs import Function, Scenario
from .traffic import MIB, Record, Written, accepted


@dataclass(eq=False)
class Environment:
    """An execution environment; `cold` until its first attempt has had its cold start."""

    provisioned: bool
    cold: bool
    last_finish: float = 0.0


class Pool:
    """Concurrency: a function's reserve, or what the account has left for all the others."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0


@dataclass(frozen=True)
class Verdict:
    """How an attempt will go: it takes `takes` after its cold start."""

    takes: float
    outcome: str  # ok, error or timeout
    poisoned: bool  # the cause of the error is a poison record


class FunctionState:
    """A function as it runs."""

    def __init__(self, spec: Function, pool: Pool, streams: list[Written]) -> None:
        self.spec = spec
        self.pool = pool
        self.idle: list[Environment] = []
        self.unused_provisioned = spec.provisioned
        self.starts = Bucket(capacity=1000, rate=100)
        self.poison: list[tuple[float, set[int] | None]] = [
            (f.fails_after, None if f.every_record else {id(r) for w in streams for t in f.at for r in first_at(w, t)})
            for f in spec.failures
            if f.kind == "poison"
        ]

    def admit(self, clock: Clock) -> Environment | None:
        """Section 6: one unit of concurrency and an environment, or none: a throttle."""
        if self.pool.used >= self.pool.limit:
            return None  # takes no token of the bucket
        environment = self.environment(clock)
        if environment is not None:
            self.pool.used += 1
        return environment

    def environment(self, clock: Clock) -> Environment | None:
        """The most recently used idle one, else a provisioned one not yet used, else a new one."""
        timeout = self.spec.idle_timeout
        self.idle = [e for e in self.idle if e.provisioned or clock.exceeds(timeout, clock.now - e.last_finish)]
        if self.idle:
            latest = max(self.idle, key=lambda e: e.last_finish)
            self.idle.remove(latest)
            for other in self.idle:
                if other.provisioned != latest.provisioned:  # of two that finished together either may be the latest
                    clock.exceeds(latest.last_finish, other.last_finish)
            return latest
        if self.unused_provisioned:
            self.unused_provisioned -= 1
            return Environment(provisioned=True, cold=False)
        return Environment(provisioned=False, cold=True) if self.starts.take(clock.now) else None

    def release(self, environment: Environment, lost: bool, now: float) -> None:
        """Give concurrency and environment back; one lost by a timeout is, if provisioned, 'not yet used' again."""
        self.pool.used -= 1
        if lost:
            self.unused_provisioned += environment.provisioned
            return
        environment.cold, environment.last_finish = False, now
        self.idle.append(environment)

    def is_poison(self, record: Record) -> bool:
        """Whether a batch with this record always fails."""
        return any(members is None or id(record) in members for _, members in self.poison)

    def verdict(self, records: list[Record], start: float) -> Verdict:
        """Sections 6 and 7: how an attempt admitted at `start` goes."""
        spec = self.spec
        duration = spec.per_batch + spec.per_record * len(records) + spec.per_mib * sum(r.size for r in records) / MIB
        for f in spec.failures:
            if f.kind == "slow" and f.start <= start < f.end:
                duration *= f.factor
        causes = [(f.fails_after, 0) for f in spec.failures if f.kind == "outage" and f.start <= start < f.end]
        causes += [
            (after, 1)  # at the same time poison last
            for after, members in self.poison
            if any(members is None or id(r) in members for r in records)
        ]
        earliest = min(causes, default=None)
        takes = duration if earliest is None else duration * earliest[0]
        if takes > spec.timeout:
            return Verdict(spec.timeout, "timeout", poisoned=False)  # a timeout is never a partial response
        if earliest is None:
            return Verdict(takes, "ok", poisoned=False)
        return Verdict(takes, "error", poisoned=earliest[1] == 1)


def first_at(written: Written, time: float) -> list[Record]:
    """The first record of a stream accepted at or after a time, if there is one."""
    later = [record for log in written.logs for record in log if accepted(record) >= time]
    return [min(later, key=accepted)] if later else []


def function_states(scenario: Scenario, written: dict[str, Written]) -> dict[str, FunctionState]:
    """All functions, with the concurrency they share."""
    reserves = sum(f.reserved or 0 for f in scenario.functions.values())
    shared = Pool(scenario.concurrency - reserves - scenario.other_concurrency)
    result: dict[str, FunctionState] = {}
    for name, spec in scenario.functions.items():
        read = {m.stream for m in scenario.mappings if m.function == name}
        pool = shared if spec.reserved is None else Pool(spec.reserved)
        result[name] = FunctionState(spec, pool, [written[stream] for stream in sorted(read)])
    return result
