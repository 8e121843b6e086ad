"""The records of a stream as a function gets them."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import b2a_base64
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from simulator.events.data import Data
from simulator.events.names import Names, shard_id
from simulator.events.origins import Origins
from simulator.events.sequence_numbers import sequence_number
from simulator.scenario.spec import Scenario
from simulator.traffic.log import Integers
from simulator.traffic.producer import Producer
from simulator.traffic.shards import Shard

AT_ONCE: Final = 64  # times as many keys may be drawn at once as are wanted


class StreamRecord(NamedTuple):
    """A record as its shard has it."""

    producer: str
    number: int  # among its producer's records, 0 first
    partition_key: str
    sequence_number: str
    data: bytes
    accepted_ns: int  # by the time of the run


class Batch(NamedTuple):
    """Some records of a shard's log, in order, as columns."""

    shard: int
    opens_ns: int | None  # when a change of the stream has opened the shard; None: it was there from the start
    places: Integers
    number: Integers  # in the stream's order of production
    bytes: Integers
    produced_ns: Integers
    accepted_ns: Integers

    @classmethod
    def of(cls, shard: Shard, places: Integers) -> Batch:
        """Those of some places, which are kept."""
        log, kept = shard.log, shard.log.kept
        columns = (log.of(column, places) for column in (kept.number, kept.bytes, kept.produced_ns, kept.accepted_ns))
        return cls(shard.number, shard.opens_ns if shard.parents else None, places, *columns)


class Records:
    """The records of a scenario's streams."""

    def __init__(self, scenario: Scenario, names: Names, seed: int, replication: int) -> None:
        self._names = names
        self._origins = {name: Origins(scenario, name, seed, replication) for name in scenario.streams}
        self._data = {each.name: Data(each, names, seed, replication) for each in scenario.producers}

    def of(self, stream: str, batch: Batch) -> list[StreamRecord]:
        """The records of a batch, in order."""
        origins, made_s = self._origins[stream], self._made_s(batch)
        producers, own = origins.of(batch.number)
        keys = _keys(origins.producers, producers, own)
        columns = (batch.places, producers, own, batch.bytes, batch.produced_ns, batch.accepted_ns)
        found = []
        each = zip(keys, *(column.tolist() for column in columns), strict=True)
        for key, place, producer, number, size, produced_ns, accepted_ns in each:
            name = origins.producers[producer].spec.name
            sequence = sequence_number(made_s, batch.shard, place + 1, self._names.second(accepted_ns))
            data = self._data[name].of(number, key, size, produced_ns)
            found.append(StreamRecord(name, number, key, sequence, data, accepted_ns))
        return found

    def keys(self, stream: str, batch: Batch) -> list[tuple[str, str]]:
        """Of the records of a batch: the partition key, and producer and number as one word."""
        origins = self._origins[stream]
        producers, own = origins.of(batch.number)
        keys = _keys(origins.producers, producers, own)
        names = [each.spec.name for each in origins.producers]
        words = [f"{names[i]} {number}" for i, number in zip(producers.tolist(), own.tolist(), strict=True)]
        return list(zip(keys, words, strict=True))

    def _made_s(self, batch: Batch) -> int:
        """When the shard was made, in seconds since 1970; those of the start with their stream."""
        return self._names.second(self._names.made_ns if batch.opens_ns is None else batch.opens_ns)


def event_record(record: StreamRecord, shard: int, names: Names, source_arn: str, role_arn: str) -> dict[str, Any]:
    """A record as it stands in an event, its fields in the order in which Lambda sends them."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": record.sequence_number,
            "data": b64encode(record.data).decode(),
            "approximateArrivalTimestamp": names.millisecond(record.accepted_ns) / 1000,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id(shard)}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": names.region,
        "eventSourceARN": source_arn,
    }


def event_line(records: Sequence[StreamRecord], shard: int, names: Names, source_arn: str, role_arn: str) -> bytes:
    """The event of such records on one line: what json.dumps makes of it without blanks, several times faster."""
    id_ = shard_id(shard)
    head = '{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":'
    rest = (
        '","eventName":"aws:kinesis:record","invokeIdentityArn":"'
        f'{role_arn}","awsRegion":"{names.region}","eventSourceARN":"{source_arn}"}}'
    )
    lines = [
        f'{head}{json.dumps(key)},"sequenceNumber":"{number}","data":"{b2a_base64(data, newline=False).decode()}",'
        f'"approximateArrivalTimestamp":{names.millisecond(accepted_ns) / 1000!r}}},"eventSource":"aws:kinesis",'
        f'"eventVersion":"1.0","eventID":"{id_}:{number}{rest}'
        for _, _, key, number, data, accepted_ns in records
    ]
    return f'{{"Records":[{",".join(lines)}]}}'.encode()


def _keys(all_: list[Producer], producers: Integers, own: Integers) -> list[str]:
    """The partition keys of records, by producer and its own number for each."""
    keys = [""] * len(own)
    for i in np.unique(producers).tolist():
        rows = np.flatnonzero(producers == i)
        for row, key in zip(rows.tolist(), _keys_of(all_[i], own[rows]), strict=True):
            keys[row] = key
    return keys


def _keys_of(producer: Producer, own: Integers) -> list[str]:
    """Key i of producer P is `P-i`; a record with a key of its own has its number: an explicit hash key sends it."""
    names = producer.keys.names
    if names is None:
        return [f"{producer.spec.name}-{number}" for number in own.tolist()]
    first, last = int(own.min()), int(own.max())
    if last - first < AT_ONCE * len(own):
        draws = producer.keys.draw(first, last - first + 1)[own - first]
    else:
        draws = np.concatenate([producer.keys.draw(number, 1) for number in own.tolist()])
    return [str(names[draw]) for draw in draws.tolist()]
