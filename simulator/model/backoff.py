"""Exponential backoff with a ceiling and jitter (docs/model.md, section 6)."""

from collections.abc import Callable

from simulator.scenario.spec import Backoff


def backoff(spec: Backoff, uniform: Callable[[], float]) -> Callable[[int], float]:
    """The n-th wait in s (n from 1): min(maximum, initial * factor^(n-1)), times a draw from [1-jitter, 1+jitter]."""
    levels = [min(spec.maximum, spec.initial)]

    def wait_s(n: int) -> float:
        while len(levels) < n and levels[-1] < spec.maximum:
            levels.append(min(spec.maximum, levels[-1] * spec.factor))
        wait = levels[n - 1] if n <= len(levels) else levels[-1]
        return wait * (1 + spec.jitter * (2 * uniform() - 1)) if spec.jitter else wait

    return wait_s
