"""Durations, sizes and rates as text (docs/model.md, section 1): `70ms` is 0.07 s, `1KiB` 1024 bytes, `90/m` 1.5/s.

The arithmetic is decimal, so that a value is the float nearest to what was written, and the text that is written back
gives that very float again.
"""

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal

DURATIONS: Mapping[str, int] = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}  # in ms
SIZES: Mapping[str, int] = {
    "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3
}  # fmt: skip
RATES: Mapping[str, int] = {"/s": 3600, "/m": 60, "/h": 1}  # in events per hour

# What a number without a unit, or with one spelled otherwise, may have meant.
LIKELY = ("s", "m", "h", "d", "B", "KiB", "MiB", "GiB", "/s", "/m", "/h")
SPELLINGS = {
    "sec": "s", "second": "s", "min": "m", "minute": "m", "hr": "h", "hour": "h", "day": "d", "byte": "B",
    "/sec": "/s", "/second": "/s", "/min": "/m", "/minute": "/m", "/hour": "/h", "k": "KiB", "m": "MiB", "g": "GiB",
}  # fmt: skip

EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
NUMBER = rf"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){EXPONENT}"
NOT_NEGATIVE = rf"(?:\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|-(?:0+(?:\.0*)?|\.0+)){EXPONENT}"
POSITIVE = rf"\+?(?:0*[1-9][0-9]*(?:\.[0-9]*)?|0*\.0*[1-9][0-9]*){EXPONENT}"
QUANTITY = re.compile(rf"({NUMBER})[ \t]*(.*)", re.DOTALL)

# Nothing traps: an exponent of 10^12 gives an infinity, which the caller's range refuses.
ARITHMETIC = Context(prec=60, Emin=-999_999, Emax=999_999, traps=[])
SMALLEST = 5e-324  # the float next to 0: what is not 0 is not taken for it


class UnitError(ValueError):
    """A text that is not a quantity; `guesses` are texts that may have been meant, the likeliest first."""

    def __init__(self, message: str, guesses: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.guesses = tuple(guesses)


def parse_duration(text: str) -> float:
    """Seconds of `70ms`, `-1.5 h` or `0`. Raises UnitError."""
    return 0.0 if is_zero(text) else _parse(text, DURATIONS, DURATIONS["s"])


def parse_size(text: str) -> float:
    """Bytes of `1KiB` or `2.5MB`. Raises UnitError."""
    return _parse(text, SIZES, SIZES["B"])


def parse_rate(text: str) -> float:
    """Events per second of `2000/s` or `89.3/h`. Raises UnitError."""
    return _parse(text, RATES, RATES["/s"])


def format_duration(seconds: float) -> str:
    """The shortest text that parses back to `seconds`, in a unit of which there is at least one."""
    return _format(seconds, DURATIONS, DURATIONS["s"])


def format_size(size: float) -> str:
    """As format_duration, for bytes."""
    return _format(size, SIZES, SIZES["B"])


def format_rate(per_second: float) -> str:
    """As format_duration, for events per second; a short number is left in the usual unit."""
    usual = _digits(Decimal(repr(float(per_second))))
    return f"{usual}/s" if len(usual) <= 6 else _format(per_second, RATES, RATES["/s"])


def parse_number(text: str) -> float | None:
    """The float nearest to a plain decimal number, or None when the text is not one (`nan`, `0x10`, `1_000`)."""
    return float(ARITHMETIC.create_decimal(text)) if re.fullmatch(NUMBER, text) else None


def is_zero(text: str) -> bool:
    """Whether the text is a bare 0, the only duration that needs no unit."""
    return parse_number(text) == 0.0


def _parse(text: str, units: Mapping[str, int], base: int) -> float:
    match = QUANTITY.fullmatch(text)
    if match is None:
        inner = QUANTITY.fullmatch(text.strip())
        raise UnitError("is not a number with a unit", [text.strip()] if inner and inner[2] in units else [])
    number, unit = match.groups()
    if unit not in units:
        raise _unknown_unit(number, unit, units)
    return _scaled(ARITHMETIC.create_decimal(number), units[unit], base)


def _unknown_unit(number: str, unit: str, units: Mapping[str, int]) -> UnitError:
    if not unit.strip():
        return UnitError("has no unit", (number + each for each in LIKELY if each in units))
    spelled = [
        each for each in units if each.lower() == SPELLINGS.get(unit.strip().lower().rstrip("s"), unit.strip()).lower()
    ]
    return UnitError(f"has an unknown unit '{unit[:20]}'", (number + each for each in spelled))


def _scaled(number: Decimal, factor: int, base: int) -> float:
    value = float(ARITHMETIC.divide(ARITHMETIC.multiply(number, Decimal(factor)), Decimal(base)))
    return value or math.copysign(SMALLEST, number) if number else value


def _format(value: float, units: Mapping[str, int], base: int) -> str:
    exact = ARITHMETIC.multiply(Decimal(repr(float(value))), Decimal(base))
    numbers = {unit: _digits(ARITHMETIC.divide(exact, Decimal(factor))) for unit, factor in units.items()}
    good = {unit: text for unit, text in numbers.items() if _scaled(Decimal(text), units[unit], base) == value}
    below_one = {unit: text.startswith(("0.", "-0.")) or "e-" in text for unit, text in good.items()}
    unit = min(good, key=lambda unit: (below_one[unit], len(good[unit] + unit)))
    return good[unit] + unit


def _digits(number: Decimal) -> str:
    rounded = Context(prec=17).plus(number)  # 17 digits tell any two floats apart
    plain = f"{rounded:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain if len(plain) <= 24 else f"{rounded.normalize():e}"
