"""shardsim: a capacity simulator for Amazon Kinesis streams read by AWS Lambda.

from simulator import compare, load, simulate
result = simulate(load("scenarios/quickstart.yaml"))
result.timeseries.plot(x="time_s", y="latency_p99_s")
compare("scenarios/quickstart.yaml", shards="1-4").differences
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.version import __version__

__all__ = ["__version__", "advise", "compare", "load", "simulate", "size", "sweep_load"]

if TYPE_CHECKING:
    from simulator.measures.run import simulate
    from simulator.scenario.loading import load
    from simulator.study.advice import advise
    from simulator.study.compare import compare
    from simulator.study.load_sweep import sweep_load
    from simulator.study.size import size

HOMES = {
    "advise": "simulator.study.advice",
    "compare": "simulator.study.compare",
    "load": "simulator.scenario.loading",
    "simulate": "simulator.measures.run",
    "size": "simulator.study.size",
    "sweep_load": "simulator.study.load_sweep",
}


def __getattr__(name: str) -> Any:
    """Import on first use: the command line's --help needs neither numpy nor simpy."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
