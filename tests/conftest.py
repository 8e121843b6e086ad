"""Hypothesis draws the same examples every time, however slow the machine is."""

from hypothesis import Phase, settings

phases = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile("suite", derandomize=True, deadline=None, phases=phases)
settings.register_profile(
    "no-shrink", derandomize=True, deadline=None, phases=phases[:2]
)  # for python -m tests.mutants
settings.load_profile("suite")
