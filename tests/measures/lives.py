"""What a made-up run should measure, found by walking through each record's life tick by tick."""

from __future__ import annotations

from collections import Counter

from simulator.model.facts import Attempt, Doing, Poll
from tests.measures.made_up_runs import Item, MadeUp

LEFT_BY = {"called": "answer_limit", "held": "held", "no_call": "read_calls", "no_bytes": "read_bytes"}


def mine(run: MadeUp) -> list[Item]:
    """The records that are not skipped."""
    return [item for item in run.everything() if item.how != "skipped"]


def wanted(run: MadeUp) -> list[Item]:
    """Those of them that are not filtered."""
    return [item for item in mine(run) if item.how != "filtered"]


def waiting(run: MadeUp) -> Counter[tuple[str, int]]:
    """Ticks waited by cause and the tick at which they began."""
    return Counter(
        (_cause(run, item, tick), tick)
        for item in wanted(run)
        for tick in range(item.produced, min(item.ended, run.end))
    )


def _cause(run: MadeUp, item: Item, tick: int) -> str:
    """Why a record waits in the tick that begins at a time (CONCLUSIONS, first table)."""
    if tick < item.let_in:
        moved = item.moved and item.moved[0] <= tick < item.moved[1]
        return "write_bytes" if moved else "write_records"
    if tick < item.accepted:
        return "write_bytes"
    doing = _doing(run, item, tick)
    if doing and doing.what != "answer":
        by = item.done_by
        ran = by is not None and by.started_ns + by.cold_ns <= tick < by.finished_ns
        return "processing" if ran and doing.what == "function" else doing.what
    if tick < item.available:
        return _unavailable(run, item, tick)
    if _disabled(run, tick):
        return "disabled"
    return "read_latency" if doing else "batching_window"


def _unavailable(run: MadeUp, item: Item, tick: int) -> str:
    if tick < run.reading.starts_ns:
        return "starting"
    if _disabled(run, tick):
        return "disabled"
    if tick < run.read_at.get(item.shard, tick):
        return "parents"
    if run.reading.pushed:
        return "push_bytes" if tick < item.called else "propagation"
    if tick >= item.called:
        return "read_latency"
    polls = [poll for poll in run.of_kind(Poll) if isinstance(poll, Poll) and poll.shard == item.shard]
    since = [poll for poll in polls if item.accepted <= poll.at_ns <= tick]
    return LEFT_BY.get(since[-1].result, "poll_interval") if since else "poll_interval"


def _doing(run: MadeUp, item: Item, tick: int) -> Doing | None:
    for doing in run.of_kind(Doing):
        assert isinstance(doing, Doing)
        if (doing.shard, doing.lane) == (item.shard, item.lane) and doing.begin_ns <= tick < doing.end_ns:
            return doing
    return None


def _disabled(run: MadeUp, tick: int) -> bool:
    return any(begin <= tick < end for begin, end in run.reading.disabled)


def parts(run: MadeUp, item: Item, by: Attempt) -> Counter[str]:
    """The parts of a record's latency, in ticks (docs/model.md, section 8)."""
    return Counter(_part(run, item, by, tick) for tick in range(item.produced, item.ended))


def _part(run: MadeUp, item: Item, by: Attempt, tick: int) -> str:
    if tick < item.accepted:
        return "write_wait"
    if tick < run.read_at.get(item.shard, tick):
        return "parent_wait"
    if tick < by.first_cut_ns:
        doing = _doing(run, item, tick)
        if doing and doing.what != "answer":
            return "queueing"
        return "batching" if tick >= item.available and not _disabled(run, tick) else "pickup"
    if tick < by.begun_ns:
        return "throttled" if any(begin <= tick < end for begin, end in item.throttled) else "retrying"
    return "cold_start" if by.started_ns <= tick < by.started_ns + by.cold_ns else "processing"


def lags(run: MadeUp) -> dict[int, int]:
    """By the tick's end, the lag just before it: the age of the oldest record that has not ended."""
    found = {}
    for tick in range(run.end):
        there = [item.produced for item in mine(run) if item.produced <= tick < min(item.ended, run.end)]
        found[tick + 1] = tick + 1 - min(there, default=tick + 1)
    return found


def lag_at(run: MadeUp, tick: int) -> int:
    """The lag at a time, with what ends then."""
    return max((tick - item.produced for item in mine(run) if item.produced <= tick < item.ended), default=0)
