"""How attempts fail: at random, in outages, slowly (docs/model.md, section 7). Poison is the records' affair."""

from __future__ import annotations

import math
from collections.abc import Callable

from simulator.model.facts import Failure as Cause
from simulator.scenario.spec import Failure, Outage, Random, Slow
from simulator.traffic.nanoseconds import NEVER, half_up, ns


class Failures:
    """The failures of one function that strike whole attempts."""

    def __init__(self, failures: tuple[Failure, ...]) -> None:
        self._errors = [(i, f) for i, f in enumerate(failures) if isinstance(f, Random | Outage)]
        self._slow = [(ns(f.from_), ns(f.to), f.factor) for f in failures if isinstance(f, Slow)]
        self._outages = {i: (ns(f.from_), ns(f.to)) for i, f in enumerate(failures) if isinstance(f, Outage)}

    def error(self, now_ns: int, run_ns: int, uniform: Callable[[int], float]) -> tuple[int, Cause]:
        """When an attempt fails that starts now and would run for `run_ns`, and why; NEVER and "" if it does not.

        `uniform(i)` is the attempt's draw for failure i of the file. At the same time the first in the file counts.
        """
        at_ns, cause = NEVER, ""
        for i, failure in self._errors:
            if self._may_strike(i, now_ns) and uniform(i) < failure.probability:
                fails_ns = half_up(run_ns * failure.fails_after)
                if fails_ns < at_ns:
                    at_ns, cause = fails_ns, "random_errors" if isinstance(failure, Random) else "outage"
        return at_ns, cause  # type: ignore[return-value]

    def slowed(self, now_ns: int, duration_ns: int) -> int:
        """How long an attempt that starts now takes, which would otherwise take `duration_ns`."""
        factors = [factor for begin, end, factor in self._slow if begin <= now_ns < end]
        return half_up(duration_ns * math.prod(factors)) if factors else duration_ns

    def _may_strike(self, i: int, now_ns: int) -> bool:
        begin, end = self._outages.get(i, (-math.inf, math.inf))
        return begin <= now_ns < end
