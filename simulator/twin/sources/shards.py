"""Shards, as list-shards and describe-stream list them: which are open, and which part of the hash keys each has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from simulator.scenario.hash_ranges import HASHES
from simulator.twin.found import Finding, Thing, warning
from simulator.twin.said import Place, Said

LONGEST: Final = 39  # digits of a hash key
NUMBER: Final = re.compile("[0-9]{50,60}")
DIGITS: Final = 47
EARLIEST, LATEST = 1_300_000_000, 10_000_000_000  # of times, in seconds since 1970


def shards(stream: str, items: Iterable[tuple[Mapping[str, Any], Place]]) -> Iterator[Finding]:
    """A thing for each shard, with its `Range` (both ends included) and whether it is `Open`."""
    for item, place in items:
        keys, numbers = item.get("HashKeyRange"), item.get("SequenceNumberRange") or {}
        try:
            if not isinstance(keys, dict) or not isinstance(numbers, dict):
                raise ValueError
            low, high = _hash_key(keys.get("StartingHashKey")), _hash_key(keys.get("EndingHashKey"))
        except ValueError:
            yield warning(f"{place}: is no shard with a range of hash keys; it is left out")
            continue
        said = {
            "Range": Said((low, high), place.at("HashKeyRange")),
            "Open": Said("EndingSequenceNumber" not in numbers, place.at("SequenceNumberRange")),
        }
        if (opened := opened_at(numbers.get("StartingSequenceNumber"))) is not None:
            said["Opened"] = Said(opened, place.at("SequenceNumberRange", "StartingSequenceNumber"))
        yield Thing("shard", (stream, str(item.get("ShardId"))), place, said)


def opened_at(sequence_number: Any) -> datetime | None:
    """When a shard was made, by its first sequence number; None for what is no such number.

    In hexadecimal a sequence number has 47 digits: 2, then nine for that time in seconds, and others.
    """
    if not isinstance(sequence_number, str) or not NUMBER.fullmatch(sequence_number):
        return None
    digits = f"{int(sequence_number):x}"
    seconds = int(digits[1:10], 16) if len(digits) == DIGITS and digits[0] == "2" else 0
    return datetime.fromtimestamp(seconds, UTC) if EARLIEST <= seconds <= LATEST else None


def _hash_key(value: Any) -> int:
    if isinstance(value, str) and len(value) <= LONGEST and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < HASHES:
        raise ValueError
    return value
