"""Jobs: one run each, and what determines its figures. A worker imports this module, so simpy and numpy must do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from simulator.measures.run import simulate
from simulator.scenario.kinds import CsvPath
from simulator.scenario.objectives import Objectives
from simulator.scenario.records import described
from simulator.scenario.search import Search
from simulator.scenario.spec import Scenario
from simulator.study.figures import Figures, figures
from simulator.version import __version__

# what makes the figures
ROOMS: Final = (  # they make the figures
    "scenario/*.py", "traffic/*.py", "events/*.py", "handlers/*.py", "model/*.py", "kernel/*.py", "kernel/*.wasm",
    "measures/*.py", "prices/*.*", "study/figures.py",
)  # fmt: skip


class OtherProgramError(RuntimeError):
    """A worker runs another version of the program than the one that asks."""


@dataclass(frozen=True)
class Job:
    """One run of a resolved scenario. `key` names all that its figures follow from.

    times: of what it simulates there is so many times as much; 1, but for a sample of shards (see study.sample).
    """

    key: str
    scenario: Scenario = field(compare=False)
    seed: int
    replication: int
    program: str
    times: float = 1.0

    @classmethod
    def of(cls, scenario: Scenario, digest: str, seed: int, replication: int, times: float = 1.0) -> Job:
        """The job of a replication; `digest` is that of the scenario."""
        words = json.dumps([program(), digest, seed, replication, *([] if times == 1 else [times])])
        return cls(hashlib.sha256(words.encode()).hexdigest(), scenario, seed, replication, program(), times)


def run(job: Job) -> Figures:
    """Simulate, and keep the figures alone. Raises OtherProgramError on a worker whose program is not ours."""
    require_our_program(job)
    return figures(simulate(job.scenario, job.seed, job.replication), job.times)


def require_our_program(job: Job) -> None:
    """Raise OtherProgramError where a job is of another program than that which is to do it."""
    if job.program != program():
        raise OtherProgramError(f"the worker's program is {program()}, not {job.program}; install the same on both")


def scenario_digest(scenario: Scenario) -> str:
    """A hash of all that a run takes from a scenario: of CSV files the contents; not its name, date or objectives."""
    bare = replace(scenario, name="", description="", start_time=None, objectives=Objectives(), search=Search())
    return hashlib.sha256(json.dumps(_plain(bare)).encode()).hexdigest()


@cache
def program() -> str:
    """The program's version, with a hash of the code that makes the figures: stored runs are only as good as that."""
    digest, here = hashlib.sha256(), Path(__file__).parents[1]
    for room in ROOMS:
        for file in sorted(here.glob(room)):
            digest.update(file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _plain(value: Any) -> Any:
    """A part of a scenario as plain data; of what was read from a CSV file a hash, and not where the file is."""
    if isinstance(value, np.ndarray):
        return hashlib.sha256(value.tobytes()).hexdigest()
    if is_dataclass(value) and not isinstance(value, type):
        paths = {each.attribute for each in described(type(value)).values() if isinstance(each.kind, CsvPath)}
        parts = {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in paths}
        return [type(value).__name__, parts]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
