"""What no single field of a stream can tell of how its shards change (docs/model.md, sections 14 and 15).

An error is only what no state of the stream makes possible; what the run alone can know is refused there, and counted.
"""

from collections.abc import Iterator
from itertools import pairwise

from simulator.scenario.distribution_rules import distribution_problems
from simulator.scenario.hash_ranges import range_problems
from simulator.scenario.place import UNREADABLE, Problem
from simulator.scenario.resharding import Resharding, ScaleDown, ScaleUp, Scaling
from simulator.scenario.spec import Stream
from simulator.scenario.units import format_duration


def stream_problems(field: str, stream: Stream) -> Iterator[Problem]:
    """All problems of one stream."""
    if stream is UNREADABLE:
        return
    if stream.hash_ranges is not UNREADABLE:
        yield from range_problems(f"{field}.hash_ranges", stream.hash_ranges)
    if stream.mode == "on_demand":
        yield from _on_demand(field, stream)
    for name in ("begin", "each"):
        yield from distribution_problems(f"{field}.resharding_time.{name}", getattr(stream.resharding_time, name))
    yield from _requests(f"{field}.resharding", stream.resharding)
    if stream.scaling:
        yield from _scaling(f"{field}.scaling", stream.scaling)


def _on_demand(field: str, stream: Stream) -> Iterator[Problem]:
    for name in ("resharding", "scaling"):
        if getattr(stream, name):
            message = "is not allowed with mode: on_demand, in which AWS alone changes the shards"
            yield Problem(f"{field}.{name}", message, "leave one of the two out")
    yield from distribution_problems(f"{field}.on_demand.delay", stream.on_demand.delay)


def _requests(field: str, requests: tuple[Resharding, ...]) -> Iterator[Problem]:
    for i, (before, request) in enumerate(pairwise(requests), 1):
        if request.at < before.at:
            message = f"{format_duration(request.at)} is before the {format_duration(before.at)} of the request before"
            yield Problem(f"{field}[{i}].at", message, "requests stand in order of time")
    for i, request in enumerate(requests):
        if request is UNREADABLE:
            continue
        if request.point <= 0 or request.point >= 1:
            yield Problem(f"{field}[{i}].point", f"{request.point:g} leaves a child nothing; allowed: between 0 and 1")
        if request.point != 0.5 and request.split is None:
            yield Problem(f"{field}[{i}].point", "is of no use without split")
        if request.merge is not UNREADABLE and len(request.merge) == 2 and request.merge[0] == request.merge[1]:
            yield Problem(f"{field}[{i}].merge", f"shard {request.merge[0]} cannot be merged with itself")


def _scaling(field: str, scaling: Scaling) -> Iterator[Problem]:
    if scaling.minimum > scaling.maximum:
        message = f"{scaling.minimum} is above the maximum of {scaling.maximum}"
        yield Problem(f"{field}.minimum", message)
    up, down = scaling.up, scaling.down
    if up is None and down is None:
        yield Problem(field, "asks for nothing; allowed: up, down or both")
    if up:
        yield from _direction(f"{field}.up", up, "add", up.add)
    if down:
        yield from _direction(f"{field}.down", down, "subtract", down.subtract)
    if up and down and down.below > up.above:
        message = f"{down.below:g} is above up.above of {up.above:g}: the same period could ask for both"
        yield Problem(f"{field}.down.below", message)


def _direction(field: str, direction: ScaleUp | ScaleDown, other: str, shards: int) -> Iterator[Problem]:
    if direction.points > direction.of:
        yield Problem(f"{field}.points", f"{direction.points} is more than the {direction.of} periods it looks at")
    if shards > 0 and direction.factor is not None:
        yield Problem(f"{field}.{other}", "is given beside factor", "give one of the two")
