"""What a user sees of a run, by each engine: every table, the summary and the rows of invocations.csv, as text."""

from __future__ import annotations

import json
from io import StringIO

import numpy as np

from simulator.kernel.engines import Engine
from simulator.measures import tables
from simulator.measures.eighths import Eighths
from simulator.measures.invocations import InvocationsWriter
from simulator.measures.run import simulate
from simulator.scenario.spec import Scenario
from simulator.study.figures import figures

TABLES = ("timeseries", "latency", "shards", "incidents", "bill", "reshardings", "readers")


def seen(
    scenario: Scenario, engine: Engine, seed: int | None = None, interval_s: float | None = None
) -> dict[str, str]:
    """All of it, by name."""
    file = StringIO()
    result = simulate(scenario, seed, interval_s=interval_s, sinks=(InvocationsWriter(file, scenario),), engine=engine)
    found = {name: getattr(tables, name)(result).to_csv(index=False) for name in TABLES}
    found |= {f"load of {s}": tables.shard_load(result, s).to_csv(index=False) for s in scenario.streams}
    found |= {"invocations": file.getvalue(), "figures": repr(figures(result))}
    found |= {f"eighths of {each.name}": _eighths(each.measures.eighths) for each in result.mappings}
    return found | {"summary": json.dumps(result.summary(), indent=1)}


def _eighths(of: Eighths) -> str:
    """The lost records by eighth; eighth, bucket and number of what the histograms hold."""
    filled = np.argwhere(of.counts)
    return "\n".join([str(of.lost.tolist()), *(f"{place.tolist()} {of.counts[tuple(place)]}" for place in filled)])


def first_difference(plain: dict[str, str], kernel: dict[str, str]) -> str:
    """The first line that differs, with its name and the table's head; empty if none does."""
    for name, text in plain.items():
        lines, others = text.splitlines(), kernel[name].splitlines()
        for line, other in zip(lines, others, strict=False):
            if line != other:
                return f"{name}: {lines[0]}\n{line}\n{other}"
        if len(lines) != len(others):
            return f"{name}: {len(lines)} and {len(others)} lines"
    return ""


def results_differ(scenario: Scenario, seed: int | None = None, interval_s: float | None = None) -> str:
    """The first difference between what both engines show of a run; empty if there is none."""
    plain = seen(scenario, "simpy", seed, interval_s)
    return first_difference(plain, seen(scenario, "kernel", seed, interval_s))
