"""When each record of a mapping's stream was read, became available, and ended, from the facts of a run.

Columns over all records that the logs of the stream's shards keep: shard after shard, in order of place. A record's row
changes from window to window; its shard and place do not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.model.facts import Facts
from simulator.traffic.log import Integers, Places
from simulator.traffic.shards import Shard
from simulator.traffic.written import Written

NEVER: Final = np.iinfo(np.int64).max  # not yet, or not at all
SKIPPED: Final = "skipped"
UNPROCESSED: Final = "unprocessed"


@dataclass(frozen=True)
class Reading:
    """How a mapping reads its stream. Times are nanoseconds from the start of the run."""

    pushed: bool  # else by polling
    lanes: int  # of a shard
    retention_ns: int
    position_ns: int  # records accepted before it are skipped,
    inclusive: bool  # those accepted at it too, unless inclusive
    starts_ns: int  # starts_after
    disabled: list[tuple[int, int]]  # disabled periods, in order, apart

    def skips(self, accepted_ns: Integers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which records, by their acceptance, the mapping skips."""
        raise NotImplementedError


@dataclass(frozen=True)
class Window:
    """One window of a run as one mapping sees it: [begin_ns, end_ns); if `last`, its end belongs to it."""

    begin_ns: int
    end_ns: int
    last: bool
    shards: list[Shard]  # of its stream, by number
    written: Written  # to its stream
    facts: Facts  # of this mapping alone


class Times:
    """The times of one mapping's records: all that its stream's logs keep. Call `observe` first in every window.

    Columns, one row a record (nanoseconds; NEVER: not yet): `produced_ns`, `let_in_ns`, `accepted_ns`, `lane` (shard *
    lanes + lane), `seen_ns` (the first poll of its shard at or after its acceptance), `called_ns` (the call that
    returned it, or when it left by push), `available_ns`, `ended_ns`, `how` (see HOWS), `counts` (not skipped).
    A time may lie ahead of the window: what lies behind the end of the run did not come to pass.
    """

    ends: Counter[str]  # records that have ended so far by how: processed, skipped, dropped, sent_to_destination, expired

    def __init__(self, reading: Reading) -> None:
        raise NotImplementedError

    def observe(self, window: Window) -> None:
        """Take a window: new records, what was read and what ended. After the last one `ends` has `unprocessed` too."""
        raise NotImplementedError

    def rows(self, shard: int, places: Places) -> Places:
        """The rows of some records of a shard that its log keeps."""
        raise NotImplementedError
