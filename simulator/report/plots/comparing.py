"""The plots of a comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.drawing import save
from simulator.report.plots.setting_ages import setting_ages
from simulator.report.plots.setting_quantiles import setting_quantiles
from simulator.report.plots.settings import settings
from simulator.study.compare import Comparison

PLOTS: Final[tuple[Callable[[Comparison], Plot], ...]] = (settings, setting_ages, setting_quantiles)


def draw_comparison(comparison: Comparison, folder: Path) -> list[Plot]:
    """Draw every plot into FOLDER/plots, as .png and as .svg, in the order to be read."""
    with style():
        return save([plot(comparison) for plot in PLOTS], folder)
