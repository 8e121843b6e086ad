"""Units of concurrency: a function's reserve, or what the reserves leave of the account (docs/model.md, section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.model.invocation_rate import InvocationRate
from simulator.scenario.spec import Scenario


@dataclass
class Pool:
    """Units that attempts hold while they run, and the rate at which attempts may be admitted."""

    units: int
    rate: InvocationRate
    taken: int = 0

    @property
    def free(self) -> bool:
        """Whether there is a unit left."""
        return self.taken < self.units


def drawn_from(scenario: Scenario) -> dict[str, str]:
    """Whose units each function takes: its own, by its name, or "" for what those without a reserve share."""
    return {name: "" if of.reserved_concurrency is None else name for name, of in scenario.functions.items()}


def pool_sizes(scenario: Scenario) -> dict[str, int]:
    """The units that each function may take; those without a reserve share theirs."""
    left = _shared(scenario)
    of = {name: function.reserved_concurrency for name, function in scenario.functions.items()}
    return {name: left if reserve is None else reserve for name, reserve in of.items()}


def pools(scenario: Scenario) -> dict[str, Pool]:
    """The pool that each function draws from; all functions without a reserve have the same."""
    each_s = scenario.account.requests_per_concurrency

    def pool(units: int) -> Pool:
        return Pool(units, InvocationRate(each_s, units))

    shared = pool(_shared(scenario))
    of = {name: function.reserved_concurrency for name, function in scenario.functions.items()}
    return {name: shared if reserve is None else pool(reserve) for name, reserve in of.items()}


def _shared(scenario: Scenario) -> int:
    reserves = sum(f.reserved_concurrency or 0 for f in scenario.functions.values())
    return scenario.account.concurrency - scenario.account.other_concurrency - reserves
