"""The same traffic, more or less of it: every producer's rate times a factor, as overrides of a scenario."""

import json
from dataclasses import replace
from pathlib import Path

from simulator.scenario.rates import RATES
from simulator.scenario.spec import ConstantRate, Rate, Scenario, Sine, Spikes, Steps, Trace


def scaled(rate: Rate, factor: float) -> Rate:
    """The rate times a factor at every time, in the same form."""
    match rate:
        case ConstantRate():
            return replace(rate, rate=rate.rate * factor)
        case Trace():
            return replace(rate, scale=rate.scale * factor)
        case Steps(steps=steps):
            return replace(rate, steps=tuple(replace(step, rate=step.rate * factor) for step in steps))
        case Sine():
            return replace(rate, mean=rate.mean * factor, amplitude=rate.amplitude * factor)
        case Spikes():
            return replace(rate, base=rate.base * factor, peak=rate.peak * factor)


def scaled_traffic(scenario: Scenario, factor: float) -> tuple[tuple[str, str], ...]:
    """Overrides (path, value) that multiply the rate of every producer, and change nothing else.

    Random numbers are drawn by record, so that record k is the same record, only sooner or later.
    """
    return tuple((f"producers.{i}.{path}", text) for i, each in enumerate(scenario.producers)
                 for path, text in [_override(scaled(each.rate, factor))])  # fmt: skip


def _override(rate: Rate) -> tuple[str, str]:
    """A trace keeps its file, which is named relative to the scenario; the rest is written anew."""
    if isinstance(rate, Trace):
        return "rate.scale", repr(rate.scale)
    return "rate", json.dumps(RATES.write(rate, Path()))
