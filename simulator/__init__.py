"""shardsim: a capacity simulator for Amazon Kinesis streams read by AWS Lambda.

from simulator import load, simulate
result = simulate(load("scenarios/quickstart.yaml"))
result.timeseries.plot(x="time_s", y="latency_p99_s")
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["load", "simulate"]

if TYPE_CHECKING:
    from simulator.measures.run import simulate
    from simulator.scenario.loading import load


def __getattr__(name: str) -> Any:
    """Import on first use: the command line's --help needs neither numpy nor simpy."""
    if name == "load":
        from simulator.scenario.loading import load

        return load
    if name == "simulate":
        from simulator.measures.run import simulate

        return simulate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
