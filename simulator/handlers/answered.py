"""What a run states of the answers of functions' own handlers (see simulator.model.facts)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.traffic.log import Integers


class Answered(NamedTuple):
    """What a handler made of the batch of an attempt (docs/handler.md). Stated with the attempt."""

    mapping: int
    shard: int
    places: Integers
    done: int  # so many of them, the first ones, are processed by it
    kind: str  # of its error: the name of an exception, or Lambda's errorType; "": it returned
    message: str
    file: str
    line: int  # 0: not known
    response: str  # what it returned, as JSON
