"""Which settings a plot shows when they are too many for it, and how it names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from simulator.report.plots.panels import MOST
from simulator.study.compare import Comparison
from simulator.study.figures import seen
from simulator.study.ranking import best
from simulator.study.settings import Setting

LONGEST: Final = 24  # letters of a setting's name, else it is named by its values alone


def worst_mapping(comparison: Comparison, setting: Setting, measure: str) -> str:
    """The mapping with the highest mean of a measure."""
    runs = comparison.runs[setting]
    return max(
        comparison.mappings_of(setting),
        key=lambda mapping: np.nan_to_num(seen(runs, mapping, measure).mean),
    )


def shown(comparison: Comparison, most: int = MOST) -> list[Setting]:
    """The settings in their order; of too many the baseline, the best, and others at equal distances."""
    settings = comparison.settings
    if len(settings) <= most:
        return settings
    kept = {comparison.baseline, best(comparison.runs, comparison.objectives)}
    spaced = np.linspace(0, len(settings) - 1, most).round().astype(int).tolist()
    for i in spaced:
        if len(kept) < most:
            kept.add(settings[i])
    return [setting for setting in settings if setting in kept]


def names(comparison: Comparison) -> dict[Setting, str]:
    """The names of settings in plots: their labels if they are short, else their values alone."""
    labels = {setting: setting.label for setting in comparison.settings}
    if all(len(label) <= LONGEST for label in labels.values()):
        return labels
    return {setting: ", ".join(setting.shown.values()) for setting in labels}


def of_names(comparison: Comparison) -> str:
    """What to say of names that are values alone."""
    named = names(comparison)
    if all(name == setting.label for setting, name in named.items()):
        return ""
    return f" Settings are named by {', '.join(comparison.baseline.shown)}."


def of_all(some: Sequence[Setting], comparison: Comparison) -> str:
    """What to say when some are not shown."""
    n = len(comparison.settings)
    return f" Shown are {len(some)} of {n} settings, with the baseline and the best." if len(some) < n else ""


def of_worst(comparison: Comparison, what: str) -> str:
    """Whose values are shown where a setting has one line and several mappings."""
    return f" Of each setting the mapping with the highest {what}." if len(comparison.mappings) > 1 else ""
