"""What records hold: each record's data is a function of its producer, its number, its key and its size."""

from __future__ import annotations

import hashlib
from string import Template
from uuid import UUID

from simulator.events.names import Names
from simulator.scenario import data as spec
from simulator.scenario.spec import Producer
from simulator.traffic.draws import bits, inner, key, unit


class Data:
    """The data of one producer's records."""

    def __init__(self, producer: Producer, names: Names, seed: int, replication: int) -> None:
        self._producer, self._names = producer, names
        self._key = key(seed, replication, "producer", producer.name, "data")

    def of(self, number: int, partition_key: str, size_bytes: int, produced_ns: int) -> bytes:
        """The data of a record; `size_bytes`: of data and key together, as the simulation counts."""
        match self._producer.data:
            case spec.RandomBytes():
                room = max(0, size_bytes - len(partition_key.encode()))
                return hashlib.shake_128(f"{self._key}/{number}".encode()).digest(room)
            case spec.JsonLines(json_lines=file, order=order) | spec.TextLines(text_lines=file, order=order):
                drawn = bits(self._key, number) if order == "drawn" else number
                return file.lines[drawn % len(file.lines)].encode()
            case spec.TemplateData() as template:
                return self._filled(template, number, partition_key, produced_ns).encode()

    def _filled(self, data: spec.TemplateData, number: int, partition_key: str, produced_ns: int) -> str:
        of = inner(self._key, number)
        known = {
            "number": number,
            "key": partition_key,
            "producer": self._producer.name,
            "stream": self._producer.stream,
            "time": self._names.clock(produced_ns),
            "time_ms": self._names.millisecond(produced_ns),
            "uuid": UUID(int=bits(of, 0) << 64 | bits(of, 1), version=4),
            "uniform": unit(bits(of, 2)),
        }
        drawn = {name: _drawn(field, bits(of, i)) for i, (name, field) in enumerate(data.fields.items(), 3)}
        return Template(data.template).substitute(known | drawn)


def _drawn(field: spec.TemplateField, drawn: int) -> str | int:
    if isinstance(field, spec.WholeNumber):
        return field.low + drawn % (field.high - field.low + 1)
    return field.one_of[drawn % len(field.one_of)]
