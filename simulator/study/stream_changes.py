"""The changes of a stream that advice tries.

More or fewer shards, from the start or once there is a backlog; a split of the hot shard; a rule that scales sooner;
the other mode.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Final

from simulator.scenario.objectives import ROOM
from simulator.scenario.resharding import ScaleUp, Scaling
from simulator.scenario.spec import EventSourceMapping, Outage, Scenario
from simulator.scenario.streams import Stream
from simulator.scenario.units import format_duration
from simulator.study.change import Change
from simulator.study.demand import demand
from simulator.study.estimate import MOST_SHARDS, WRITING, estimates
from simulator.study.hot_shard import best_split
from simulator.study.settings import Setting

SPIKY: Final = 2.0  # times the mean: a peak for which on-demand mode may pay
NONE: Final = "none"


def stream_changes(scenario: Scenario, mapping: EventSourceMapping) -> Iterator[Change]:
    """Every change of a mapping's stream that may do something."""
    stream, path = scenario.streams[mapping.stream], f"streams.{mapping.stream}"
    yield from _shards(stream, path)
    if not stream.changes:
        yield from _resharded(scenario, mapping, path)
        yield from _split(scenario, mapping, path)
    if (rule := stream.scaling) and rule.up:
        yield from _sooner(rule, rule.up, stream.shards, f"{path}.scaling")
    yield from _mode(scenario, mapping, path)


def _shards(stream: Stream, path: str) -> Iterator[Change]:
    for other in (min(2 * stream.shards, MOST_SHARDS), stream.shards // 2):
        if other >= 1 and other != stream.shards:
            yield _change("shards", f"{stream.shards:,}", f"{other:,}", f"{path}.shards", str(other))


def _resharded(scenario: Scenario, mapping: EventSourceMapping, path: str) -> Iterator[Change]:
    """Twice the shards once there is a backlog: what waits already stays in the old shards, and is read first."""
    at_s, now = backlog_s(scenario, mapping), scenario.streams[mapping.stream].shards
    if at_s is None or 2 * now > MOST_SHARDS:
        return
    at = format_duration(at_s)
    value = json.dumps([{"at": at, "shards": 2 * now}])
    yield _change("shards", f"{now:,}", f"{2 * now:,} from {at} on", f"{path}.resharding", value)


def backlog_s(scenario: Scenario, mapping: EventSourceMapping) -> float | None:
    """When there is a backlog that the scenario declares: at the start, after an outage or a pause; else None."""
    failures = scenario.functions[mapping.function].failures
    ends = [each.to for each in failures if isinstance(each, Outage) and each.probability == 1]
    ends += [each.to for each in mapping.disabled]
    if mapping.starting_position != "latest" and demand(scenario, mapping.stream).waiting_records:
        ends.append(mapping.starts_after)
    return min((each for each in ends if each < scenario.duration), default=None)


def _split(scenario: Scenario, mapping: EventSourceMapping, path: str) -> Iterator[Change]:
    found = best_split(demand(scenario, mapping.stream), scenario.streams[mapping.stream].shards)
    if found is None or not found.divides:
        return
    value = json.dumps([{"at": "0s", "split": found.shard, "point": found.point}])
    then = f"split at {found.point:.4g} of its range (at most {found.larger:.0%} of its load in a half)"
    yield _change(f"shard {found.shard}", "whole", then, f"{path}.resharding", value)


def _sooner(rule: Scaling, up: ScaleUp, shards: int, path: str) -> Iterator[Change]:
    """A rule that asks for more shards sooner, at less use or after fewer periods; or never has fewer than now."""
    above = max(up.above * 2 / 3, rule.down.below if rule.down else 0.0)
    if above < up.above:
        yield _change("scale up above", f"{up.above:.3g}", f"{above:.3g}", f"{path}.up.above", f"{above:.3g}")
    if up.points > 1:
        yield _change("periods before it scales up", str(up.points), "1", f"{path}.up.points", "1")
    least = min(max(2 * rule.minimum, shards), rule.maximum)
    if rule.minimum < least:
        yield _change("least shards", f"{rule.minimum:,}", f"{least:,}", f"{path}.minimum", str(least))


def _mode(scenario: Scenario, mapping: EventSourceMapping, path: str) -> Iterator[Change]:
    """The other mode; provisioned with as many shards as the peak of what is written asks for, and room."""
    stream, asked = scenario.streams[mapping.stream], demand(scenario, mapping.stream)
    if stream.mode == "provisioned":
        if asked.peak_records_per_s > SPIKY * asked.records_per_s and not stream.resharding:
            off = ((f"{path}.scaling", NONE),) if stream.scaling else ()
            yield Change((("mode", "provisioned", "on demand"),), Setting((*off, (f"{path}.mode", "on_demand"))))
        return
    needs = [need.at_peak for each in estimates(scenario) if each.stream == mapping.stream for need in each.needs
             if need.limit in WRITING and math.isfinite(need.at_peak)]  # fmt: skip
    shards = min(math.ceil(ROOM * max(needs, default=1.0)), MOST_SHARDS)
    turn = ("mode", "on demand", f"provisioned with {shards:,} shards")
    yield Change((turn,), Setting(((f"{path}.mode", "provisioned"), (f"{path}.shards", str(shards)))))


def _change(knob: str, before: str, after: str, path: str, text: str) -> Change:
    return Change(((knob, before, after),), Setting(((path, text),)))
