"""Units of concurrency: a function's reserve, or what the reserves leave of the account (docs/model.md, section 6)."""

from simulator.scenario.spec import Scenario


class Pool:
    """Units that attempts hold while they run."""

    __slots__ = ("in_use", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_use = 0


def pools(scenario: Scenario) -> dict[str, Pool]:
    """The pool each function draws from; all functions without a reserve share one."""
    reserves = [f.reserved_concurrency or 0 for f in scenario.functions.values()]
    shared = Pool(scenario.account.concurrency - scenario.account.other_concurrency - sum(reserves))
    return {
        name: shared if function.reserved_concurrency is None else Pool(function.reserved_concurrency)
        for name, function in scenario.functions.items()
    }
