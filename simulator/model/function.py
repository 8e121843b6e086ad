"""A function: who may run, how long it runs, how it ends (docs/model.md, sections 6 and 7)."""

from __future__ import annotations

import math
from functools import cache
from typing import Final, NamedTuple

from simulator.handlers.caller import Answer, Caller
from simulator.model.concurrency import Pool
from simulator.model.environments import Environments
from simulator.model.facts import COLD, Environment, Failure, Lack
from simulator.model.failures import Failures
from simulator.scenario import spec
from simulator.scenario.memory import work
from simulator.traffic.draws import inner, key, unit
from simulator.traffic.nanoseconds import NS, half_up, ns
from simulator.traffic.quantiles import Quantile, Same, quantile

MIB: Final = 2**20


class Work(NamedTuple):
    """What an attempt has to do."""

    stream: str
    records: int
    bytes: int
    poison_after: float  # the part of the duration after which a poison record makes it fail; infinite without one
    first: int  # the number of its first record in the stream
    nth: int  # so many attempts have begun with this record before
    answer: Answer | None = None  # of the function's own handler


class Run(NamedTuple):
    """How an attempt goes on that has been admitted."""

    environment: Environment
    cold_ns: int
    run_ns: int
    failure: Failure  # "" if it succeeds
    loses_environment: bool = False


class Function:
    """One Lambda function, shared by all mappings that invoke it."""

    def __init__(
        self,
        name: str,
        function: spec.Function,
        pool: Pool,
        draws: tuple[int, int],
        caller: Caller | None = None,
    ) -> None:
        """`draws`: seed and replication; `caller`: of the function's own handler, if it has one."""
        self.name, self.pool, self.caller = name, pool, caller
        self.environments = Environments(function.provisioned_concurrency, ns(function.idle_timeout))
        self._timeout_ns = ns(function.timeout)
        self._failures = Failures(function.failures)
        takes = work(function)
        self._per_batch, self._per_record, self._per_mib, self._cold_start = (
            quantile(each) for each in (takes.per_batch, takes.per_record, takes.per_mib, function.cold_start)
        )
        self._measured = function.duration.measured
        self._key = cache(lambda stream, purpose: key(*draws, "function", name, stream, purpose))

    def lack(self, now_ns: int) -> Lack | None:
        """What an attempt lacks that asks to run now, first of all; None: it is admitted, if it asks for `run`."""
        if not self.pool.free:
            return "concurrency"
        if not self.pool.rate.any(now_ns):
            return "invocation_rate"
        return None if self.environments.any(now_ns) else "scaling_rate"

    def give_back(self, run: Run, now_ns: int) -> None:
        """The attempt has ended: its unit is free again, and its environment, unless it is lost."""
        self.pool.taken -= 1
        if run.loses_environment:
            self.environments.lose(run.environment)
        else:
            self.environments.release(run.environment, now_ns)

    def run(self, now_ns: int, work: Work) -> Run:
        """Admit an attempt, which lacks nothing: it takes a unit, a token and an environment; how it goes on."""
        self.pool.taken += 1
        self.pool.rate.take(now_ns)
        environment = self.environments.acquire(now_ns)
        cold_ns = half_up(self._drawn(self._cold_start, "cold start", work) * NS) if environment == COLD else 0
        run_ns = self._failures.slowed(now_ns, self._duration_ns(work))
        fails_ns, failure = self._failures.error(now_ns, run_ns, lambda i: unit(self._bits(f"failure {i}", work)))
        if work.poison_after < math.inf and half_up(run_ns * work.poison_after) < fails_ns:
            fails_ns, failure = half_up(run_ns * work.poison_after), "poison"
        if failure:
            run_ns = fails_ns
        if run_ns > self._timeout_ns or (work.answer and work.answer.timed_out and not failure):
            run_ns, failure = self._timeout_ns, "timeouts"
        return Run(environment, cold_ns, run_ns, failure, failure == "timeouts" or _has_ended(work.answer, failure))

    def _duration_ns(self, work: Work) -> int:
        if self._measured is not None and work.answer:
            return half_up(work.answer.took_ns * self._measured)
        batch = self._drawn(self._per_batch, "per batch", work)
        record = self._drawn(self._per_record, "per record", work)
        mib = self._drawn(self._per_mib, "per MiB", work)
        return half_up(batch * NS) + half_up(record * NS * work.records) + half_up(mib * NS * work.bytes / MIB)

    def _drawn(self, what: Quantile, purpose: str, work: Work) -> float:
        return what.value if isinstance(what, Same) else what.one(self._bits(purpose, work))

    def _bits(self, purpose: str, work: Work) -> int:
        """The draw of an attempt for a purpose: it belongs to its first record, and to how often that was tried."""
        return inner(self._key(work.stream, purpose), work.first, work.nth)


def _has_ended(answer: Answer | None, failure: Failure) -> bool:
    """Whether the handler has ended its process, as by sys.exit."""
    return failure == "poison" and answer is not None and answer.error is not None and answer.error.ends_process
