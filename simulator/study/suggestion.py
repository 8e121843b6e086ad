"""What the closed form suggests: the cheapest shards, lanes and batches by which every limit of a mapping is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.study.change import Change
from simulator.study.estimate import estimates
from simulator.study.evaluate import Evaluator
from simulator.study.floor import floor_usd_per_month
from simulator.study.settings import Setting
from simulator.study.space import KNOBS


def suggestion(evaluate: Evaluator, scenario: Scenario, mapping: EventSourceMapping) -> Change | None:
    """A change of several knobs at once that is worth a simulation; None where no number of shards is enough."""
    found = list(_fits(evaluate, scenario, mapping))
    return min(found, key=lambda each: floor_usd_per_month(evaluate.scenario(each.setting)), default=None)


def _fits(evaluate: Evaluator, scenario: Scenario, mapping: EventSourceMapping) -> Iterator[Change]:
    own = f"event_source_mappings.{scenario.event_source_mappings.index(mapping)}"
    shards = scenario.streams[mapping.stream].shards
    for lanes, batch in product(*(_from(getattr(mapping, knob), values) for knob, values in KNOBS.items())):
        turned = [
            ("parallelization factor", mapping.parallelization_factor, lanes, f"{own}.parallelization_factor"),
            ("batch size", mapping.batch_size, batch, f"{own}.batch_size"),
        ]
        needed = _shards(evaluate.scenario(_setting(turned)), mapping.name)
        if math.isfinite(needed):
            turned.append(("shards", shards, max(shards, int(needed)), f"streams.{mapping.stream}.shards"))
            turns = tuple((knob, f"{now:,}", f"{then:,}") for knob, now, then, _ in turned if then != now)
            if turns:
                yield Change(turns, _setting(turned))


def _from(own: int, values: tuple[int, ...]) -> list[int]:
    return [own, *(value for value in values if value > own)]


def _setting(turned: list[tuple[str, int, int, str]]) -> Setting:
    return Setting(tuple((path, str(then)) for _, now, then, path in turned if then != now))


def _shards(scenario: Scenario, mapping: str) -> float:
    """What the estimate asks for at the peak; infinite where a limit is met by no number of them."""
    of = next(each for each in estimates(scenario) if each.mapping == mapping)
    return max(need.at_peak for need in of.needs)
