"""What pairs gain: how much less a difference of two settings varies with common random numbers than without.

`python -m tests.validation.pairs` prints the table of docs/studies.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.run import simulate
from simulator.scenario.spec import Random, Scenario
from tests.model.rows import scenario, small

RUNS: Final = 40
MEASURES: Final = ("mean latency", "P99 of latency", "errors")


def base() -> Scenario:
    """Random traffic, durations and errors, with lanes in reach of their limit."""
    content = small(
        run={"duration": "60s", "seed": 11},
        stream={"shards": 2},
        producer={"rate": "300/s", "arrivals": "poisson", "partition_keys": "unique"},
        function={
            "duration": {"per_batch": {"lognormal": {"median": "120ms", "p99": "500ms"}}, "per_record": "1ms"},
            "failures": [{"kind": "random", "probability": 0.02}],
        },
        mapping={"batch_size": 100},
    )
    return scenario(content)


def changes(of: Scenario) -> dict[str, Scenario]:
    """The same with one change each."""
    (mapping,), function = of.event_source_mappings, of.functions["f"]
    (failure,) = function.failures
    assert isinstance(failure, Random)
    more_errors = replace(function, failures=(replace(failure, probability=0.03),))
    shards = {name: replace(stream, shards=3) for name, stream in of.streams.items()}
    later = replace(mapping, polling=replace(mapping.polling, latency=0.03))
    return {
        "2 to 3 shards": replace(of, streams=shards),
        "errors 2 to 3 %": replace(of, functions={"f": more_errors}),
        "time of a GetRecords call 10 to 30 ms": replace(of, event_source_mappings=(later,)),
    }


def measures(of: Scenario, replication: int) -> list[float]:
    """MEASURES of one run."""
    mine = simulate(of, replication=replication).mappings[0].measures
    return [mine.latency.mean_s, mine.latency.percentile_s(99.0), float(mine.counts["errors"])]


def table(of: Scenario) -> Iterator[str]:
    """The rows of the table: the part of the variance of each difference that pairs take away."""
    before = runs(of)
    yield f"| change | {' | '.join(MEASURES)} |"
    yield "|---|" + "---:|" * len(MEASURES)
    for name, changed in changes(of).items():
        after = runs(changed)
        paired, apart = (after - before).var(axis=0, ddof=1), before.var(axis=0, ddof=1) + after.var(axis=0, ddof=1)
        yield f"| {name} | {' | '.join(f'{1 - part:.0%}' for part in paired / apart)} |"


def runs(of: Scenario) -> NDArray[np.float64]:
    """MEASURES (columns) of RUNS replications."""
    return np.array([measures(of, run) for run in range(RUNS)])


if __name__ == "__main__":
    print("\n".join(table(base())))
