"""What a study is going to do, and about how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.study.effort.estimate import Work, predicted_s
from simulator.study.effort.speed import machine_factor
from simulator.study.evaluate import Evaluator
from simulator.study.settings import Setting


@dataclass(frozen=True)
class Plan:
    """Runs in all, and those to be simulated."""

    settings: int
    replications: int
    work: Work

    @property
    def runs(self) -> int:
        """All runs; settings that come to the same scenario count each."""
        return self.settings * self.replications

    @property
    def to_simulate(self) -> int:
        """Those that are not kept from before."""
        return len(self.work.efforts)


def planned(evaluator: Evaluator, settings: Sequence[Setting], replications: int, workers: int) -> Plan:
    """The plan of evaluating settings. A fraction of a second is spent to find out how fast this machine is."""
    jobs = evaluator.missing(settings, replications)
    efforts = [evaluator.effort(whose[0][0]) for whose in jobs.values()]
    factor = machine_factor(next(iter(jobs)).scenario, predicted_s) if jobs else 1.0
    return Plan(len(settings), replications, Work(efforts, workers, factor))
