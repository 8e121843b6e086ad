"""Units of concurrency: a function's reserve, or what the reserves leave of the account (docs/model.md, section 6)."""

from heapq import heappop, heappush
from itertools import count

from simulator.model.environments import Environments
from simulator.scenario.spec import Scenario


class Pool:
    """Units that attempts hold while they run.

    When an attempt will end is known when it starts. So its end is no event: units and environments are given back when
    someone next asks for one.
    """

    __slots__ = ("_number", "_running", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._number = count()
        self._running: list[tuple[float, int, Environments, int, bool]] = []  # a heap, the first to end first

    def free(self, now: float) -> bool:
        """Whether there is a free unit; what has been given back by now, or is just now, can be used."""
        running = self._running
        while running and running[0][0] <= now:
            ended, _, environments, kind, lost = heappop(running)
            if lost:
                environments.lose(kind)
            else:
                environments.release(kind, ended)
        return len(running) < self.limit

    def hold(self, until: float, environments: Environments, kind: int, lost: bool) -> None:
        """Take a unit until an attempt ends that runs in an environment of a kind, which may be lost by it."""
        heappush(self._running, (until, next(self._number), environments, kind, lost))


def pools(scenario: Scenario) -> dict[str, Pool]:
    """The pool each function draws from; all functions without a reserve share one."""
    reserves = [f.reserved_concurrency or 0 for f in scenario.functions.values()]
    shared = Pool(scenario.account.concurrency - scenario.account.other_concurrency - sum(reserves))
    return {
        name: shared if function.reserved_concurrency is None else Pool(function.reserved_concurrency)
        for name, function in scenario.functions.items()
    }
