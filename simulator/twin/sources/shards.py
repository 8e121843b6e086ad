"""Shards, as list-shards and describe-stream list them: which are open, and which part of the hash keys each has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from simulator.twin.found import Finding, Thing, warning
from simulator.twin.said import Place, Said

HASH_KEYS: Final = 2**128
LONGEST: Final = 39  # digits of a hash key


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
        yield Thing("shard", (stream, str(item.get("ShardId"))), place, said)


def _hash_key(value: Any) -> int:
    if isinstance(value, str) and len(value) <= LONGEST and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < HASH_KEYS:
        raise ValueError
    return value
