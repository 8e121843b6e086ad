"""A plugin of pytest: whatever the tests run goes by the plain rules, in which the faults are, never by the kernel."""

from simulator.kernel import engines

engines.usual = lambda: "simpy"
