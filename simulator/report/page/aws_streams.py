"""The `aws` command lines that change a stream: its shards, mode and retention."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from simulator.scenario.hash_ranges import equal_ranges
from simulator.scenario.units import parse_duration

Fields = Mapping[str, Any]  # of a stream of a resolved scenario
SHARD_QUERY: Final = (  # the id of the open shard that has a range
    'Shards[?HashKeyRange.StartingHashKey==`"{first}"` && HashKeyRange.EndingHashKey==`"{last}"`'
    " && !(SequenceNumberRange.EndingSequenceNumber)].ShardId"
)


def commands(name: str, stream: Fields, changes: Fields) -> str:
    """The commands that set fields of a stream; empty where there are none."""
    on_demand = changes.get("mode", stream.get("mode")) == "on_demand"
    shards = {} if on_demand else {"shards": changes.get("shards")}  # there it is no field of AWS's
    asked = {"mode": changes.get("mode"), **shards, **{f: changes.get(f) for f in ("resharding", "retention")}}
    texts = (COMMANDS[field](name, stream, value) for field, value in asked.items() if value is not None)
    return "\n".join(line for lines in texts for line in lines)


def _call(name: str, verb: str, *options: object) -> str:
    return shlex.join(["aws", "kinesis", verb, "--stream-name", name, *map(str, options)])


def _mode(name: str, _: Fields, value: Any) -> Iterator[str]:
    query = ("--query", "StreamDescriptionSummary.StreamARN", "--output", "text")
    yield f"STREAM=$({_call(name, 'describe-stream-summary', *query)})"
    details = f"StreamMode={str(value).upper()}"
    yield f'aws kinesis update-stream-mode --stream-arn "$STREAM" --stream-mode-details {details}'
    yield _until_active(name)


def _shards(name: str, stream: Fields, value: Any) -> Iterator[str]:
    steps = _reshardings(int(stream["shards"]), int(value))
    for i, step in enumerate(steps):
        if i:
            yield _until_active(name)
        yield _call(name, "update-shard-count", "--scaling-type", "UNIFORM_SCALING", "--target-shard-count", step)


def _until_active(name: str) -> str:
    return f"aws kinesis wait stream-exists --stream-name {shlex.quote(name)}"


def _reshardings(now: int, wanted: int) -> list[int]:
    """One call can double the shards or halve them, no more."""
    steps = []
    while now != wanted:
        now = max(min(wanted, 2 * now), -(-now // 2))
        steps.append(now)
    return steps


def _retention(name: str, stream: Fields, value: Any) -> Iterator[str]:
    hours, before = (round(parse_duration(str(each)) / 3600) for each in (value, stream["retention"]))
    verb = f"{'increase' if hours > before else 'decrease'}-stream-retention-period"
    yield _call(name, verb, "--retention-period-hours", hours)


def _resharding(name: str, stream: Fields, value: Any) -> Iterator[str]:
    """Requests, each at its time: the one that makes it waits until then."""
    for request in json.loads(value) if isinstance(value, str) and value != "none" else ():
        if "shards" in request:
            yield from _shards(name, stream, request["shards"])
        elif "split" in request:
            yield from _split(name, _ranges(stream), int(request["split"]), float(request.get("point", 0.5)))


def _ranges(stream: Fields) -> list[tuple[int, int]]:
    """First and last hash key of each shard at the start."""
    shards, ranges = int(stream["shards"]), [(int(first), int(last)) for first, last in stream.get("hash_ranges", ())]
    return ranges if len(ranges) == shards else equal_ranges(shards)


def _split(name: str, ranges: Sequence[tuple[int, int]], number: int, point: float) -> Iterator[str]:
    """A split of a shard of the start, found by its range; the point is exactly the fraction that a float is."""
    if number >= len(ranges):
        yield f"# Shard {number} of the scenario opens later: it is to be split by hand."
        return
    first, last = ranges[number]
    upper_first = first + int((last + 1 - first) * Fraction(point))
    query = SHARD_QUERY.format(first=first, last=last)
    yield f"SHARD=$({_call(name, 'list-shards', '--query', query, '--output', 'text')})"
    yield f'{_call(name, "split-shard")} --shard-to-split "$SHARD" --new-starting-hash-key {upper_first}'


COMMANDS: Final = {"mode": _mode, "shards": _shards, "resharding": _resharding, "retention": _retention}
