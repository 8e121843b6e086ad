"""invocations.csv: a row for each admitted attempt that finished, in order of start (docs/model.md, section 10).

Rows are written window by window. An attempt that still runs holds back the rows of those that started after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO

from simulator.measures.attempts import Attempts
from simulator.model.function import OUTCOMES
from simulator.model.mapping import Mapping
from simulator.model.simulation import Simulation

HEADER: Final = (
    "mapping,stream,shard,lane,first_record,records,bytes,attempt,cut_at,started_at,finished_at,cold_start,outcome,"
    "iterator_age,iterator_age_at_send\n"
)
ROW: Final = "%s,%s,%d,%d,%d,%d,%d,%d,%.6f,%.6f,%.6f,%d,%s,%.6f,%.6f\n"

Row = tuple[tuple[float, int, int], str]  # the key to sort by: start, number of the mapping, lane; the line


class InvocationsWriter:
    """A sink for simulator.measures.run.simulate that writes invocations.csv; `close` writes what is held back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._held: list[Row] = []
        file.write(HEADER)

    def __call__(self, simulation: Simulation, finished: list[Attempts]) -> None:
        for mapping, attempts in zip(simulation.mappings, finished, strict=True):
            self._held += _rows(mapping, attempts)
        self._held.sort()
        self._write(min((start for m in simulation.mappings for start in _starts(m)), default=float("inf")))

    def close(self) -> None:
        """Write all rows that are left."""
        self._write(float("inf"))

    def _write(self, started_before: float) -> None:
        ready = [line for key, line in self._held if key[0] < started_before]
        self._held = self._held[len(ready) :]
        self._file.writelines(ready)


def _starts(mapping: Mapping) -> list[float]:
    """When the attempts that still run were started."""
    starts: list[float] = Attempts.of(mapping.attempts).started_s.tolist()
    return starts


def _rows(mapping: Mapping, attempts: Attempts) -> Iterator[Row]:
    names = ("lane", "low", "high", "bytes", "attempt", "cut_s", "started_s", "finished_s", "outcome")
    columns = [attempts.column(name).tolist() for name in (*names, "last_accepted_s")] + [attempts.cold_start.tolist()]
    lanes, stream = mapping.lanes_a_shard, mapping.spec.stream
    for number, low, high, size, tries, cut, start, finish, outcome, last, cold in zip(*columns, strict=True):
        shard, lane = divmod(int(number), lanes)
        place = mapping.lanes[int(number)].place(int(low))
        line = ROW % (
            _quoted(mapping.name), _quoted(stream), shard, lane, place, high - low, size, tries, cut, start, finish,
            cold, OUTCOMES[int(outcome)], finish - last, start - last,
        )  # fmt: skip
        yield (start, mapping.number, int(number)), line


def _quoted(name: str) -> str:
    """A name as a CSV field."""
    if any(c in name for c in ',"\n\r'):
        return '"' + name.replace('"', '""') + '"'
    return name
