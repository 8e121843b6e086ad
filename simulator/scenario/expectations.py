"""What is known of a distribution or a rate without drawing from it (docs/model.md, sections 2 and 9)."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from simulator.scenario.spec import (
    Constant,
    ConstantRate,
    CountedKeys,
    Distribution,
    Empirical,
    EventSourceMapping,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    PartitionKeys,
    Producer,
    Rate,
    Sine,
    Spikes,
    Step,
    Steps,
    Trace,
    Uniform,
    WeightedKeys,
    Zipf,
)

Z99 = 2.3263478740408408  # the standard normal's 99 % quantile
SINE_SAMPLES = 2000


Part = TypeVar("Part", Producer, EventSourceMapping)


def grouped(parts: Iterable[Part], by: Literal["stream", "function"]) -> Mapping[str, Sequence[Part]]:
    """Producers or mappings by the name of their stream or function, in the order of the file."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(getattr(part, by), []).append(part)
    return found


def bounds(distribution: Distribution) -> tuple[float, float]:
    """The least and the largest value that can be drawn; the largest is infinite for an unbounded distribution."""
    match distribution:
        case Constant(value=value):
            return value, value
        case Uniform(low=low, high=high):
            return low, high
        case Empirical(values=values):
            return float(values[0]), float(values[-1])
        case _:
            return 0.0, math.inf


def largest(distribution: Distribution) -> float:
    """The largest value that can be drawn; infinite for an unbounded distribution."""
    return bounds(distribution)[1]


def mean(distribution: Distribution) -> float:
    """The mean; of a normal distribution before its truncation at 0."""
    match distribution:
        case Constant(value=value):
            return value
        case Uniform(low=low, high=high):
            return (low + high) / 2
        case Lognormal(median=median, p99=p99):
            return median * math.exp(min((math.log(p99 / median) / Z99) ** 2 / 2, 700.0))  # e^700 is a float still
        case Empirical(values=values):
            return float(values.mean())
        case Exponential(mean=mean) | Normal(mean=mean) | Gamma(mean=mean):
            return mean


def expected_records(rate: Rate, start: float, stop: float) -> float:
    """The integral of a rate from `start` to `stop`, to about 0.1 %."""
    match rate:
        case ConstantRate(rate=level):
            return level * (stop - start)
        case Steps(steps=steps):
            return _steps_integral(steps, start, stop)
        case Spikes():
            return rate.base * (stop - start) + (rate.peak - rate.base) * _overlap(rate, start, stop)
        case Sine():
            return _sine_integral(rate, start, stop)
        case Trace():
            return _trace_integral(rate, start, stop)


def hottest_share(keys: PartitionKeys) -> float:
    """The part of the records that the most popular key gets; 0 when every record has a key of its own."""
    match keys:
        case CountedKeys(count=count, popularity=Zipf(zipf=exponent)):
            return 1.0 / sum(_zipf_weights(count, exponent))
        case CountedKeys(count=count):
            return 1.0 / count
        case WeightedKeys(weight=weight):
            return float(weight.max() / weight.sum())
        case _:
            return 0.0


def _zipf_weights(count: int, exponent: float) -> Iterator[float]:
    """The weights of at most 1,000 keys and, as one, of all keys after them by the integral of the weight."""
    yield from (i**-exponent for i in range(1, min(count, 1000) + 1))
    if count > 1000:
        power = 1.0 - exponent
        yield math.log(count / 1000) if abs(power) < 1e-9 else (count**power - 1000**power) / power


def _steps_integral(steps: tuple[Step, ...], start: float, stop: float) -> float:
    ends = [step.at for step in steps[1:]] + [math.inf]
    spans = zip(steps, ends, strict=True)
    return sum(step.rate * max(0.0, min(end, stop) - max(step.at, start)) for step, end in spans)


def _overlap(spikes: Spikes, start: float, stop: float) -> float:
    def until(time: float) -> float:
        whole, part = divmod(time, spikes.every)
        return whole * spikes.lasts + min(part, spikes.lasts)

    return until(stop) - until(start)


def _sine_integral(sine: Sine, start: float, stop: float) -> float:
    width = (stop - start) / SINE_SAMPLES
    turn = 2 * math.pi / sine.period
    middles = (start + (i + 0.5) * width for i in range(SINE_SAMPLES))
    return width * sum(max(0.0, sine.mean + sine.amplitude * math.cos(turn * (t - sine.peak_at))) for t in middles)


def _trace_integral(trace: Trace, start: float, stop: float) -> float:
    import numpy as np

    times = trace.time_s * trace.stretch
    edges = np.append(times, 2 * times[-1] - times[-2])
    total = np.concatenate([[0.0], np.cumsum(trace.records * trace.scale)])
    return float(np.interp(stop, edges, total) - np.interp(start, edges, total))
