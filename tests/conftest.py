"""Hypothesis draws the same examples every time, however slow the machine is."""

from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")
