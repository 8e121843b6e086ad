"""shardsim: a capacity simulator for Amazon Kinesis streams read by AWS Lambda.

from simulator import compare, load, simulate
result = simulate(load("scenarios/quickstart.yaml", {"shards": 4}))
result.timeseries.plot(x="time_s", y="latency_p99_s")
result.report("quickstart.html")
compare("scenarios/quickstart.yaml", shards="1-4").differences
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.version import __version__

__all__ = [
    "Scenario",
    "ScenarioError",
    "SettingsError",
    "__version__",
    "advise",
    "compare",
    "load",
    "simulate",
    "size",
    "sweep_load",
]

if TYPE_CHECKING:
    from simulator.api.scenario import Scenario, load
    from simulator.api.studies import advise, compare, simulate, size, sweep_load
    from simulator.scenario.faults import ScenarioError
    from simulator.study.settings import SettingsError

HOMES = {
    "Scenario": "simulator.api.scenario",
    "ScenarioError": "simulator.scenario.faults",
    "SettingsError": "simulator.study.settings",
    "advise": "simulator.api.studies",
    "compare": "simulator.api.studies",
    "load": "simulator.api.scenario",
    "simulate": "simulator.api.studies",
    "size": "simulator.api.studies",
    "sweep_load": "simulator.api.studies",
}


def __getattr__(name: str) -> Any:
    """Import on first use: the command line's --help needs neither numpy nor simpy."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
