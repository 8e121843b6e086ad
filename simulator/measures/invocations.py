"""invocations.csv: a row for each admitted attempt that finished, in order of start (docs/model.md, section 10).

Rows are written window by window. An attempt that still runs holds back the rows of those that started after it.
"""

from __future__ import annotations

from typing import Final, TextIO

import numpy as np
from numpy.typing import NDArray

from simulator.measures.attempts import Attempts
from simulator.model.function import OUTCOMES
from simulator.model.mapping import Mapping
from simulator.model.simulation import Simulation

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HEADER: Final = (
    "mapping,stream,shard,lane,first_record,records,bytes,attempt,cut_at,started_at,finished_at,cold_start,outcome,"
    "iterator_age,iterator_age_at_send\n"
)
ROW: Final = "%s,%s,%s,%s,%s,%s,%s,%.6f,%.6f,%.6f,%s,%s,%.6f,%.6f\n"
COLUMNS: Final = 12  # of the rows that are held; they are sorted by the first three
START, MAPPING, LANE, PLACE, RECORDS, SIZE, ATTEMPT, CUT, FINISH, COLD, OUTCOME, LAST = range(COLUMNS)
WHOLE: Final = [MAPPING, LANE, PLACE, RECORDS, SIZE, ATTEMPT, COLD, OUTCOME]  # whole numbers


class InvocationsWriter:
    """A sink for simulator.measures.run.simulate that writes invocations.csv; `close` writes what is held back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._held = np.empty((0, COLUMNS))
        self._mappings: list[Mapping] = []
        file.write(HEADER)

    def __call__(self, simulation: Simulation, finished: list[Attempts]) -> None:
        self._mappings = simulation.mappings
        new = [_rows(mapping, attempts) for mapping, attempts in zip(simulation.mappings, finished, strict=True)]
        self._held = np.concatenate((self._held, *new))
        self._held = self._held[np.lexsort((self._held[:, LANE], self._held[:, MAPPING], self._held[:, START]))]
        running = [Attempts.of(mapping.attempts).started_s for mapping in simulation.mappings]
        self._write(min((started.min() for started in running if len(started)), default=np.inf))

    def close(self) -> None:
        """Write all rows that are left."""
        self._write(np.inf)

    def _write(self, started_before: float) -> None:
        ready = int(np.searchsorted(self._held[:, START], started_before))
        self._file.writelines(_lines(self._held[:ready], self._mappings))
        self._held = self._held[ready:]


def _rows(mapping: Mapping, attempts: Attempts) -> Floats:
    """One row an attempt: START, MAPPING, LANE, first record, and so on as _lines has them."""
    start = attempts.started_s
    return np.column_stack(
        (
            start,
            np.full(len(attempts), mapping.number),
            attempts.lane,
            _places(mapping, attempts),
            attempts.high - attempts.low,
            *(attempts.column(name) for name in ("bytes", "attempt", "cut_s", "finished_s")),
            attempts.cold_start,
            attempts.outcome,
            attempts.last_accepted_s,
        )
    )


def _places(mapping: Mapping, attempts: Attempts) -> Integers:
    """The place in its shard's log of each attempt's first record."""
    places = np.empty(len(attempts), np.int64)
    lane, low = attempts.lane, attempts.low
    by_lane = np.argsort(lane, kind="stable")
    for rows in np.split(by_lane, np.flatnonzero(np.diff(lane[by_lane])) + 1):
        if len(rows):
            places[rows] = mapping.lanes[int(lane[rows[0]])].places(low[rows])
    return places


def _lines(rows: Floats, mappings: list[Mapping]) -> map[str]:
    start, cut, finish, last = (rows[:, i] for i in (START, CUT, FINISH, LAST))
    which, number, place, records, size, attempt, cold, outcome = rows[:, WHOLE].astype(np.int64).T
    names = np.array([f"{_quoted(m.name)},{_quoted(m.spec.stream)}" for m in mappings], object)
    shard, lane = np.divmod(number, np.array([m.lanes_a_shard for m in mappings])[which] if len(rows) else 1)
    columns = (
        names[which], shard, lane, place, records, size, attempt, cut, start, finish,
        cold, np.array(OUTCOMES, object)[outcome], finish - last, start - last,
    )  # fmt: skip
    return map(ROW.__mod__, zip(*(column.tolist() for column in columns), strict=True))


def _quoted(name: str) -> str:
    """A name as a CSV field."""
    if any(c in name for c in ',"\n\r'):
        return '"' + name.replace('"', '""') + '"'
    return name
