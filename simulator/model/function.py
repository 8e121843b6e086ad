"""A function: who may run, how long it runs, how it ends (docs/model.md, sections 6 and 7)."""

import math
from collections.abc import Callable
from typing import Final

from numpy.random import Generator

from simulator.model.concurrency import Pool
from simulator.model.environments import NONE, Environments
from simulator.model.failures import Failures
from simulator.model.randomness import generator
from simulator.model.sampling import sampler, uniforms
from simulator.scenario import spec
from simulator.scenario.memory import work
from simulator.scenario.spec import Constant

MIB: Final = 2**20

OK: Final = 0
ERROR: Final = 1
TIMEOUT: Final = 2
PARTIAL: Final = 3
OUTCOMES: Final = ("ok", "error", "timeout", "partial")


class Function:
    """One Lambda function, shared by all mappings that invoke it."""

    def __init__(self, name: str, function: spec.Function, pool: Pool, seed: int, replication: int) -> None:
        def rng(purpose: str) -> Generator:
            return generator(seed, replication, "function", name, purpose)

        self.name = name
        self.timeout_s = function.timeout
        self.pool = pool
        self.environments = Environments(function.provisioned_concurrency, function.idle_timeout)
        self.cold_start_s = sampler(function.cold_start, rng("cold start"))
        self._failures = Failures(function.failures, uniforms(rng("failures")))
        self._duration_s = durations(work(function), rng)

    def admit(self, now: float) -> int:
        """Take an environment, if there is a unit of concurrency; the environment's kind, or NONE: a throttle.

        The caller then has the pool hold both until the attempt ends.
        """
        return self.environments.acquire(now) if self.pool.free(now) else NONE

    def run(self, now: float, records: int, bytes_: int, poison_after: float) -> tuple[float, int]:
        """How long an attempt admitted now runs after its cold start, and how it ends (PARTIAL: by a poison record).

        `poison_after` is the part of the duration after which a poison record makes it fail; infinite if there is none.
        """
        duration = self._duration_s(records, bytes_)
        failures = self._failures
        if failures.any_slow:
            duration *= failures.slowdown(now)
        after = failures.error_after(now) if failures.any_errors else math.inf
        outcome = OK if after == math.inf else ERROR
        if poison_after < after:
            after, outcome = poison_after, PARTIAL
        if outcome != OK:
            duration *= after
        return (duration, outcome) if duration <= self.timeout_s else (self.timeout_s, TIMEOUT)


def durations(work: spec.Work, rng: Callable[[str], Generator]) -> Callable[[int, int], float]:
    """A function from records and bytes to the next duration in seconds."""
    parts = {"per batch": work.per_batch, "per record": work.per_record, "per MiB": work.per_mib}
    if all(isinstance(part, Constant) for part in parts.values()):
        batch, record, mib = (float(part.value) for part in parts.values() if isinstance(part, Constant))
        return lambda records, bytes_: batch + record * records + mib * (bytes_ / MIB)
    per_batch, per_record, per_mib = (sampler(part, rng(name)) for name, part in parts.items())
    return lambda records, bytes_: per_batch() + per_record() * records + per_mib() * (bytes_ / MIB)
