"""The plots of a study's settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.choice import Choice, of_advice, of_comparison, of_sizing
from simulator.report.plots.drawing import save
from simulator.report.plots.knobs import knobs
from simulator.report.plots.setting_lags import setting_lags
from simulator.report.plots.setting_quantiles import setting_quantiles
from simulator.report.plots.settings import settings
from simulator.study.advice import Advice
from simulator.study.compare import Comparison
from simulator.study.size import Sizing

PLOTS: Final[tuple[Callable[[Choice], Plot], ...]] = (settings, setting_lags, setting_quantiles)


def draw_comparison(comparison: Comparison, folder: Path) -> list[Plot]:
    """Draw every plot into FOLDER/plots, as .png and as .svg, in the order to be read."""
    return _draw(of_comparison(comparison), folder)


def draw_sizing(sizing: Sizing, folder: Path) -> list[Plot]:
    """As `draw_comparison`, of a size search."""
    return _draw(of_sizing(sizing), folder)


def draw_advice(advice: Advice, folder: Path) -> list[Plot]:
    """What each knob does, which no axis of one knob could show, and the settings over time."""
    with style():
        return save([knobs(advice), setting_lags(of_advice(advice))], folder)


def _draw(choice: Choice, folder: Path) -> list[Plot]:
    with style():
        return save([plot(choice) for plot in PLOTS], folder)
