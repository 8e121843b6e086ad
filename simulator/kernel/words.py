"""Words of a plan, one after the other: numbers, arrays, and what is written of a distribution or of a rate.

Whole numbers are signed, keys of draws are 64 bits, numbers are floats; shorter things are packed and padded to words.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.scenario.spec import Distribution
from simulator.traffic.nanoseconds import ns
from simulator.traffic.quantiles import Among, Between, Floats, Quantile, Same, Tabulated, quantile
from simulator.traffic.rates import Periodic, Pieces, Steady, Wave, profile

Item = TypeVar("Item")


class Words:
    """Words, one after the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._n = 0
        self._tables: dict[bytes, int] = {}

    def whole(self, *values: int) -> None:
        """Whole numbers, or keys."""
        self._add(struct.pack(f"<{len(values)}q", *(v if v < 1 << 63 else v - (1 << 64) for v in values)))

    def number(self, *values: float) -> None:
        """Floats."""
        self._add(struct.pack(f"<{len(values)}d", *values))

    def array(self, values: Iterable[Any] | NDArray[Any], dtype: str) -> None:
        """An array, padded to a word; it is not counted."""
        content = np.asarray(values, dtype).tobytes()
        self._add(content + bytes(-len(content) % 8))

    def counted(self, values: Any, dtype: str = "<f8") -> None:
        """Its length, then an array of words."""
        self.whole(len(values))
        self.array(values, dtype)

    def each(self, items: Sequence[Item], write: Callable[[Item], None]) -> None:
        """How many there are, then each."""
        self.whole(len(items))
        for item in items:
            write(item)

    def quantile(self, of: Quantile) -> None:
        """The quantile function of a distribution."""
        match of:
            case Same(value=value):
                self.whole(0)
                self.number(value)
            case Between(low=low, high=high):
                self.whole(1)
                self.number(low, high)
            case Among(values=values):
                self.whole(2)
                self.counted(values)
            case Tabulated(nodes=nodes):
                self.whole(3)
                self._table(nodes)

    def lasting(self, time: Distribution, of: int) -> None:
        """How long something takes: always the same, or drawn."""
        taken = quantile(time)
        self.whole(of, ns(taken.value) if isinstance(taken, Same) else -1)
        if not isinstance(taken, Same):
            self.quantile(taken)

    def profile(self, rate: spec.Rate) -> Any:
        """How a rate goes; its profile, which is None where nothing comes."""
        of = profile(rate)
        match of:
            case None:
                self.whole(0)
            case Steady(rate=value):
                self.whole(1)
                self.number(value)
            case Pieces():
                self.whole(2)
                self._pieces(of)
            case Periodic(period_s=period, one=one, a_period=a_period):
                self.whole(3)
                self.number(period, a_period)
                self._pieces(one)
            case Wave():
                self.whole(4)
                self.number(of.period_s, of.a_period, of.peak_at_s, of.cell_s)
                self.counted(of.begins_s)
                self.array(of.upto, "<f8")
                self.array(of.terms.ravel(), "<f8")
        return of

    def content(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)

    def _pieces(self, pieces: Pieces) -> None:
        begins_s, ends_s, rate, upto = pieces.producing
        self.number(pieces.total)
        self.counted(begins_s)
        for column in (ends_s, rate, upto):
            self.array(column, "<f8")

    def _table(self, nodes: Floats) -> None:
        """A table, or in which word its like begins: tables are large, and many things may share one."""
        content = nodes.tobytes()
        self.whole(self._tables.get(content, 0))
        if content not in self._tables:
            self._tables[content] = self._n
            self.array(nodes, "<f8")

    def _add(self, content: bytes) -> None:
        self._parts.append(content)
        self._n += len(content) // 8
