"""Numbers as people write them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.study.statistics import Interval

Units = Sequence[tuple[str, float]]

TIMES: Final[Units] = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
SPANS: Final[Units] = (*TIMES, ("ms", 0.001))
SIZES: Final[Units] = (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10), ("B", 1))
UNKNOWN: Final = "-"
NEVER: Final = "not in the run"  # an infinite time: what had not come to pass when the run ended
ENDLESS: Final = "infinite"  # in JSON, which has no such number
INFINITE: Final = "infinite (records lost)"  # a latency: more records were lost than its percentile leaves out


def seconds(value_s: float) -> str:
    """A time with three digits: 45 ms, 1.23 s, 41.2 s, 4 min 10 s, 4 h 10 min, 2 d 3 h; a dash for NaN."""
    if not math.isfinite(value_s):
        return UNKNOWN if math.isnan(value_s) else NEVER
    if 0 < value_s < 1e-5:
        return f"{value_s * 1e6:.3g} µs"
    if value_s < 0.9995:
        return f"{value_s * 1000:.3g} ms"
    if value_s < 99.95:
        return f"{value_s:.3g} s"
    return _two_units(value_s)


def _two_units(value_s: float) -> str:
    first = next(i for i, (_, size) in enumerate(TIMES) if value_s >= size)
    big, small = TIMES[first], TIMES[min(first + 1, len(TIMES) - 1)]
    rest = round(value_s / small[1])
    whole, part = divmod(rest, round(big[1] / small[1]))
    return f"{whole} {big[0]} {part} {small[0]}" if part else f"{whole} {big[0]}"


def rough(value: float) -> float:
    """A number with two digits, as is enough for an error."""
    return float(f"{value:.2g}")


def count(value: float) -> str:
    """A whole number with its thousands apart: 12,345; a dash for NaN."""
    return UNKNOWN if math.isnan(value) else f"{round(value):,}"


def many(value: float) -> str:
    """A count that need not be exact: 950, 12,300, 3.2 million, 31 billion, 3.2e+17."""
    for name, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if size <= value < 1e15:
            return f"{float(f'{value / size:.2g}'):,g} {name}"
    return f"{value:.2g}" if value >= 1e15 else f"{float(f'{value:.3g}'):,.0f}"


def number(value: float) -> str:
    """A number with three digits at least, and all those before the point: 1,234.5, 12.3, 0.00123; a dash for NaN."""
    if not math.isfinite(value):
        return UNKNOWN if math.isnan(value) else "∞"
    decimals = 1 if abs(value) >= 1000 else max(0, _decimals(value, 3))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part: float) -> str:
    """A part as a percentage: 45%, 4.5%, <0.1%; a dash for NaN, and ∞ for a part of nothing."""
    if math.isnan(part):
        return UNKNOWN
    if math.isinf(part):
        return "∞"
    if 0 < part < 0.001:
        return "<0.1%"
    return f"{part:.0%}" if abs(part) >= 0.0995 or not part else f"{100 * part:.2g}%"


def size(value_bytes: float) -> str:
    """Bytes in the unit that suits them: 512 B, 12.3 MiB; a dash for NaN."""
    return _in_unit(value_bytes, SIZES)


def rate(value_per_s: float, of: str = "") -> str:
    """So many a second: 1,234.5/s, 20 records/s."""
    return f"{number(value_per_s)}{f' {of}' if of else ''}/s"


def money(value: float) -> str:
    """An amount of money: 12.35, 1,235, 0.0042; a dash for NaN."""
    if math.isnan(value):
        return UNKNOWN
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"


def month(cost_usd: float, least: bool) -> str:
    """The cost of a month; `least`: records were left, so that it is the least that it can be."""
    return f"{'at least ' * least}{usd(cost_usd)} a month"


def usd(value: float) -> str:
    """An amount of money with its currency: USD 12.35; a dash for NaN."""
    return UNKNOWN if math.isnan(value) else f"USD {money(value)}"


def same_cost(today: float, then: float) -> bool:
    """Whether the difference of two costs is one that nobody would look at: a cent, or two in a thousand."""
    return abs(then - today) < max(0.005, 0.002 * abs(today))


def interval(mean: float, low: float, high: float, unit: str = "") -> str:
    """A mean and its interval with no digit that the interval does not support: 41 s (38 to 45).

    `unit`: `s` and `B` are replaced by the unit that suits the size of the mean, others are added. Without an
    interval (low or high is NaN) only the mean is told, with three digits.
    """
    if not math.isfinite(mean):
        return teller(unit)(mean)
    name, divisor = _unit(mean, unit)
    if name == "ms" and high >= 1:
        name, divisor = "s", 1.0
    mean, low, high = mean / divisor, low / divisor, high / divisor
    if math.isnan(low) or math.isnan(high):
        low = high = mean
    decimals = _decimals(mean, 3)
    if high > low:
        decimals = min(decimals, _decimals((high - low) / 2, 1))
    texts = [_rounded(value, decimals) for value in (mean, low, high)]
    told = f"USD {texts[0]}" if name == "USD" else f"{texts[0]} {name}".rstrip()
    return told if texts[1] == texts[2] else f"{told} ({texts[1]} to {texts[2]})"


def estimate(of: Interval, unit: str = "") -> str:
    """What replications say of a measure that is never negative: a single one's value, or a mean and its interval."""
    return teller(unit)(of.mean) if of.n < 2 else interval(of.mean, max(0.0, of.low), of.high, unit)


def teller(unit: str) -> Callable[[float], str]:
    """The function that writes numbers of a unit: s, B, USD, or none."""
    return {"s": seconds, "B": size, "USD": usd}.get(unit, number)


def endless(measure: str) -> str:
    """What an infinite value of a measure, or objective, is called: a lost record is never processed."""
    return INFINITE if measure.startswith("latency") else NEVER


def unit_of(measure: str) -> str:
    """The unit that a measure's name ends with: latency_p99_s is in s; records_lost has none."""
    endings = {"_s": "s", "_bytes": "B", "_usd": "USD", "usd_per_month": "USD"}
    return next((unit for end, unit in endings.items() if measure.endswith(end)), "")


def _unit(mean: float, unit: str) -> tuple[str, float]:
    units = {"s": SPANS, "B": SIZES}.get(unit)
    if units is None:
        return unit, 1.0
    if not mean:
        return unit, 1.0
    return next(((name, divisor) for name, divisor in units if abs(mean) >= 0.9995 * divisor), units[-1])


def _in_unit(value: float, units: Units) -> str:
    if math.isnan(value):
        return UNKNOWN
    name, divisor = next((each for each in units if abs(value) >= 0.9995 * each[1]), units[-1])
    return f"{number(value / divisor)} {name}"


def _decimals(value: float, digits: int) -> int:
    """How many decimals show that many digits of a number; negative: digits before the point are rounded away."""
    return digits - 1 - math.floor(math.log10(abs(value))) if value else 0


def _rounded(value: float, decimals: int) -> str:
    shown = round(value, decimals) + 0.0
    return f"{shown:,.{max(0, decimals)}f}"
