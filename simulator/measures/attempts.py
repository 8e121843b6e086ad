"""Attempts as columns (docs/model.md, sections 8 and 10)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.model.environments import COLD, PROVISIONED
from simulator.model.retries import ATTEMPT

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
COLUMN = {name: i for i, name in enumerate(ATTEMPT)}


class Attempts:
    """Attempts of one mapping, in order of start unless rearranged; the columns are those of retries.ATTEMPT."""

    def __init__(self, table: Floats) -> None:
        self._table = table

    @classmethod
    def of(cls, rows: bytearray) -> Attempts:
        """From the rows that a mapping keeps."""
        return cls(np.frombuffer(bytes(rows)).reshape(-1, len(ATTEMPT)))

    def __len__(self) -> int:
        return len(self._table)

    def where(self, rows: NDArray[np.generic] | slice) -> Attempts:
        """Some of them: by mask, by numbers or by slice."""
        return Attempts(self._table[rows])

    def portions(self, records: int) -> list[Attempts]:
        """In portions that have processed about so many records each."""
        upto = np.cumsum(self.done - self.low)
        cuts = np.unique(np.searchsorted(upto, np.arange(records, upto[-1], records), "right"))
        return [Attempts(table) for table in np.split(self._table, cuts)]

    def rows(self) -> bytearray:
        """Back to a mapping's rows."""
        return bytearray(self._table.tobytes())

    def column(self, name: str) -> Floats:
        """One column as floats."""
        return self._table[:, COLUMN[name]]

    def _integers(self, name: str) -> Integers:
        return self.column(name).astype(np.int64)

    @property
    def lane(self) -> Integers:
        return self._integers("lane")

    @property
    def low(self) -> Integers:
        return self._integers("low")

    @property
    def high(self) -> Integers:
        return self._integers("high")

    @property
    def done(self) -> Integers:
        return self._integers("done")

    @property
    def outcome(self) -> Integers:
        return self._integers("outcome")

    @property
    def cold_start(self) -> NDArray[np.bool_]:
        return np.equal(self.column("environment"), COLD)

    @property
    def provisioned(self) -> NDArray[np.bool_]:
        return np.equal(self.column("environment"), PROVISIONED)

    @property
    def started_s(self) -> Floats:
        return self.column("started_s")

    @property
    def finished_s(self) -> Floats:
        return self.column("finished_s")

    @property
    def last_accepted_s(self) -> Floats:
        return self.column("last_accepted_s")
