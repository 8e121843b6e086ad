"""Who simulates: the kernel, or the plain rules. Both take the same scenario and state the same facts."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, Literal, Protocol

from simulator.model.observer import Observer
from simulator.scenario.spec import Scenario

Engine = Literal["kernel", "simpy"]
MISSING: Final = (
    "wasmtime is not installed, so the plain rules run, some ten times slower, with the same results; "
    "pip install wasmtime"
)


class Run(Protocol):
    """Simulate a scenario to its end, told to an observer; when that was, in ns."""

    def __call__(self, scenario: Scenario, seed: int, replication: int, observer: Observer) -> int: ...


def usual() -> Engine:
    """The kernel, if what it needs is installed."""
    return "kernel" if find_spec("wasmtime") else "simpy"


def run_by(engine: Engine) -> Run:
    """The function that simulates; each engine is imported only when it is wanted."""
    if engine == "kernel":
        from simulator.kernel.engine import run as by_kernel

        return by_kernel
    from simulator.model.simulation import run as by_the_plain_rules

    return by_the_plain_rules


def name(engine: Engine) -> str:
    """The engine's name for run.json: the kernel with its file's hash."""
    if engine == "simpy":
        return engine
    from simulator.kernel.machine import digest

    return f"kernel {digest()[:12]}"
