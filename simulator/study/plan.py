"""What a study is going to do, and about how long it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.study.effort import machine_factor, predicted_s, wall_s
from simulator.study.evaluate import Evaluator
from simulator.study.settings import Setting


@dataclass(frozen=True)
class Plan:
    """Runs in all, those to be simulated, and the wall time that these are likely to take."""

    settings: int
    replications: int
    to_simulate: int
    wall_s: float

    @property
    def runs(self) -> int:
        """All runs; settings that come to the same scenario count each."""
        return self.settings * self.replications


def planned(evaluator: Evaluator, settings: Sequence[Setting], replications: int, workers: int) -> Plan:
    """The plan of evaluating settings. A fraction of a second is spent to find out how fast this machine is."""
    jobs = evaluator.missing(settings, replications)
    runs_s = [predicted_s(job.scenario) for job in jobs]
    factor = machine_factor(next(iter(jobs)).scenario) if jobs else math.nan
    seconds = factor * wall_s(runs_s, workers) if jobs else 0.0
    return Plan(len(settings), replications, len(jobs), seconds)
