"""summary.json of a run: what it came to, what its replications say, and what of its objectives is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from simulator.measures.result import Result
from simulator.report.objective_words import headroom_not_judged
from simulator.study import consensus
from simulator.study.demand import demand
from simulator.study.episodes import common
from simulator.study.figures import Figures, contributions, intervals, seen
from simulator.study.next_step import next_step
from simulator.study.objectives import Assessment, assess
from simulator.study.quantiles import is_quantile
from simulator.study.statistics import Interval
from simulator.study.too_short import too_short


def run_summary(result: Result, runs: Sequence[Figures]) -> dict[str, Any]:
    """The figures of the first run, of several the intervals, and the objectives by all of them."""
    judged = assess(result.scenario.objectives, runs)
    found = result.summary() | {"objectives": [_objective(each) for each in judged]}
    found["next_step"] = next_step(runs, judged)
    room = result.scenario.objectives.headroom
    found["headroom"] = headroom_not_judged(room) if room else ""
    for name, mapping in found["event_source_mappings"].items():
        mapping["too_short"] = too_short(runs, name)
    for name, stream in found["streams"].items():
        asked = demand(result.scenario, name)  # so these are expected, not counted
        stream["hottest_key_part"] = asked.hottest_key
        shards = result.scenario.streams[name].shards
        stream["hot_keys"] = [{"key": key, "part_of_stream": part} for key, part in asked.hot_keys(shards)]
    if len(runs) > 1:
        for name, mapping in found["event_source_mappings"].items():
            mapping |= _of_all(runs, name)
        found["replications"] = {
            mapping: {measure: _of_replications(runs, mapping, measure, each) for measure, each in of.items()}
            for mapping, of in intervals(runs).items()
        }
    return found


def _of_replications(runs: Sequence[Figures], mapping: str, measure: str, of: Interval) -> dict[str, Any]:
    """A measure of all replications; with a quantile what each of them has in it."""
    found = {"mean": of.mean, "half_width_95": of.half_width, "n": of.n}
    return found | ({"pseudovalues": contributions(runs, mapping, measure)} if is_quantile(measure) else {})


def _of_all(runs: Sequence[Figures], mapping: str) -> dict[str, Any]:
    """The words for a mapping by all runs, in place of those of the first."""
    judged, binds = consensus.verdict(runs, mapping), consensus.binding(runs, mapping)
    return {
        "verdict": judged.word,
        "verdict_reason": judged.reason,
        "verdict_runs": judged.runs,
        "binding_cause": binds.word or None,
        "binding_share": seen(runs, mapping, "binding_share").mean,
        "binding_reason": binds.reason,
        "binding_runs": binds.runs,
        "episodes_of_all": [asdict(each) for each in common(runs, mapping)],
    }


def _objective(each: Assessment) -> dict[str, Any]:
    return {
        "name": each.objective,
        "mapping": each.mapping,
        "bound": each.bound,
        "seen": each.seen.mean,
        "seen_at_least": each.at_least,
        "half_width_95": each.seen.half_width,
        "runs": each.seen.n,
        "runs_above": each.above,
        "runs_met": each.met,
        "batches": each.batches,
        "batches_needed": each.batches_needed,
        "p_met_95": list(each.chance),
        "state": each.state,
    }
