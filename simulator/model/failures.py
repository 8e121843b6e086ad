"""How attempts fail: at random, in outages, slowly (docs/model.md, section 7). Poison is the records' affair."""

import math
from collections.abc import Callable

from simulator.scenario.spec import Failure, Outage, Random, Slow


class Failures:
    """The failures of one function that strike whole attempts."""

    def __init__(self, failures: tuple[Failure, ...], uniform: Callable[[], float]) -> None:
        self._random = [f for f in failures if isinstance(f, Random)]
        self._outages = [f for f in failures if isinstance(f, Outage)]
        self._slow = [f for f in failures if isinstance(f, Slow)]
        self._uniform = uniform
        self.any_errors = bool(self._random or self._outages)
        self.any_slow = bool(self._slow)

    def error_after(self, started: float) -> float:
        """The part of its duration after which an attempt that starts now fails; infinite if it does not."""
        after = math.inf
        for failure in self._random:
            if self._uniform() < failure.probability:
                after = min(after, failure.fails_after)
        for outage in self._outages:
            if outage.from_ <= started < outage.to and self._uniform() < outage.probability:
                after = min(after, outage.fails_after)
        return after

    def slowdown(self, started: float) -> float:
        """The factor on the duration of an attempt that starts now."""
        return math.prod(slow.factor for slow in self._slow if slow.from_ <= started < slow.to)
