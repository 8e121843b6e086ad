"""What a run's terminal lines say of streams that change, of other readers, and of filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simulator.measures.result import Result
from simulator.report.numbers import count, percent, seconds
from simulator.report.vocabulary import REFUSALS
from simulator.traffic.nanoseconds import NS


def changes(result: Result) -> Iterator[str]:
    """A line a stream whose shards changed, or were asked to."""
    for name, stream in result.measures.streams.items():
        requests = [each.until(result.end_ns) for each in stream.requests]
        if not requests:
            continue
        done = sorted((each for each in requests if each.done_ns is not None), key=lambda each: each.done_ns or 0)
        refused = [each.refused for each in requests if each.refused]
        steps = [str(result.scenario.streams[name].shards), *(str(each.open_after) for each in done)]
        shown = steps if len(steps) <= 6 else [*steps[:3], "...", *steps[-2:]]
        unfinished = len(requests) - len(done) - len(refused)
        yield ", ".join(
            [
                f"shards of {name}: {' -> '.join(shown)}" if done else f"shards of {name}: {steps[0]}",
                *(f"{n} refused ({REFUSALS.get(why, why)})" for why, n in Counter(refused).items()),
                *([f"{unfinished} not done when the run ended"] if unfinished else []),
            ]
        )


def readers(result: Result) -> Iterator[str]:
    """A line an other reader."""
    for spec, mine in zip(result.scenario.readers, result.measures.readers, strict=True):
        calls, refused = int(mine.calls.values.sum()), int(mine.refused.values.sum())
        part = percent(refused / (calls + refused)) if calls + refused else "-"
        behind = seconds(mine.lag.peak_ns / NS)
        yield f"reader {spec.name}: {count(calls + refused)} calls, {part} refused; at most {behind} behind"


def filtered(result: Result) -> Iterator[str]:
    """A line for all mappings that filter."""
    of = {m.name: m.ends for m in result.mappings if m.ends.filtered}
    parts = [f"{name} {percent(1 - ends.filtered / (ends.produced - ends.skipped))}" for name, ends in of.items()]
    if parts:
        yield f"passed their filters, of records that are read all the same: {', '.join(parts)}"
