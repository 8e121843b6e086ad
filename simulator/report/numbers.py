"""Numbers as people write them."""

from __future__ import annotations

import math

UNITS = (("d", 86400), ("h", 3600), ("min", 60))


def seconds(value_s: float) -> str:
    """A time with three digits: 45 ms, 1.23 s, 41.2 s, 4 min 10 s, 4 h 10 min, 2 d 3 h; a dash for NaN."""
    if math.isnan(value_s):
        return "-"
    if value_s < 0.9995:
        return f"{value_s * 1000:.3g} ms"
    if value_s < 99.95:
        return f"{value_s:.3g} s"
    return _two_units(value_s)


def _two_units(value_s: float) -> str:
    units = (*UNITS, ("s", 1))
    first = next(i for i, (_, size) in enumerate(units) if value_s >= size)
    big, small = units[first], units[min(first + 1, len(units) - 1)]
    rest = round(value_s / small[1])
    whole, part = divmod(rest, round(big[1] / small[1]))
    return f"{whole} {big[0]} {part} {small[0]}" if part else f"{whole} {big[0]}"


def rough(value: float) -> float:
    """A number with two digits, as is enough for an error."""
    return float(f"{value:.2g}")


def count(value: float) -> str:
    """A whole number with its thousands apart: 12,345."""
    return f"{round(value):,}"


def money(value: float) -> str:
    """An amount of money: 12.35, 1,235."""
    return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"


def usd(value: float) -> str:
    """An amount of money with its currency: USD 12.35."""
    return f"USD {money(value)}"
