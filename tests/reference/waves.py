"""The sine profile of docs/model.md section 2, with so many digits that whole nanoseconds are right."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction

DIGITS = 28
SMALL = Decimal(10) ** -DIGITS
LOST = Decimal(2) ** -50  # the part of an integral, or of a time, that doubles may lose: a few units in the last place
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
HALF = Decimal("0.5")


class Wave:
    """The rate max(0, mean + amplitude * cos(2 pi (t - peak_at) / period)), t in nanoseconds."""

    def __init__(self, mean: Fraction, amplitude: Fraction, period: int, peak_at: int) -> None:
        with localcontext(prec=DIGITS):
            self.mean, self.amplitude = decimal(mean), decimal(amplitude)
            self.period, self.peak_at = Decimal(period), Decimal(peak_at)
            self.w = self.period / (2 * PI)
            # positive within peak_at ± half of each period
            clipped = mean < amplitude
            self.half = self.w * arc_cosine(-self.mean / self.amplitude) if clipped else self.period / 2
            self.sine_of_half = sine(self.half / self.w)

    def times(self, start: int, stop: int) -> Iterator[int]:
        """The whole nanoseconds at which the integral from `start` is first k + 0.5, up to `stop`."""
        with localcontext(prec=DIGITS):
            before = self.integral(Decimal(start))
            last = self.integral(Decimal(stop)) - before
        wanted, low = HALF, start
        while wanted <= last:
            with localcontext(prec=DIGITS):
                low = self.first(before + wanted, low, stop)
            yield low
            wanted += 1

    def undecided(self, start: int, stop: int) -> bool:
        """Whether doubles may round some of these times to another nanosecond: it is too near to half of one."""
        with localcontext(prec=DIGITS):
            level = self.integral(Decimal(start)) - HALF
            for n in self.times(start, stop):
                level += 1
                lost = LOST * (abs(level) + self.mean * abs(n))
                if self.integral(n - HALF) > level - lost or self.integral(n + HALF) <= level + lost:
                    return True
        return False

    def first(self, level: Decimal, low: int, high: int) -> int:
        """The n with the first t of that level in [n - 0.5, n + 0.5), by bisection."""
        while low < high:
            middle = (low + high) // 2
            if self.integral(middle + HALF) > level:
                high = middle
            else:
                low = middle + 1
        return low

    def integral(self, t: Decimal) -> Decimal:
        """The integral of the rate from some fixed time to t."""
        n = math.floor((t - self.peak_at) / self.period + HALF)
        return n * self.within(self.half) + self.within(t - self.peak_at - n * self.period)

    def within(self, v: Decimal) -> Decimal:
        """The integral within a period, from where the rate begins to be positive to v after its peak."""
        clipped = min(self.half, max(-self.half, v))
        sines = sine(clipped / self.w) + self.sine_of_half
        return self.mean * (clipped + self.half) + self.amplitude * self.w * sines


def decimal(value: Fraction) -> Decimal:
    """A fraction as a decimal."""
    return Decimal(value.numerator) / value.denominator


def sine(x: Decimal) -> Decimal:
    """The sine of an angle of at most pi, by its series."""
    square, term, total, n = -x * x, x, x, 1
    while abs(term) > SMALL:
        n += 2
        term = term * square / (n * (n - 1))
        total += term
    return total


def arc_cosine(c: Decimal) -> Decimal:
    """The angle in [0, pi] with that cosine, by Newton's method on the sine of its complement."""
    complement = Decimal(math.asin(c))
    for _ in range(4):
        cosine = (1 - sine(complement) ** 2).sqrt()
        complement += (c - sine(complement)) / cosine if cosine else 0
    return PI / 2 - complement
