"""The plots of a study's settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from simulator.report.plots.canvas import Plot
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


def draw_comparison(comparison: Comparison, folder: Path) -> None:
    """Draw every plot into FOLDER/plots, as .png and as .svg."""
    _draw(of_comparison(comparison), folder)


def draw_sizing(sizing: Sizing, folder: Path) -> None:
    """As `draw_comparison`, of a size search."""
    _draw(of_sizing(sizing), folder)


def draw_advice(advice: Advice, folder: Path) -> None:
    """What each knob does, which no axis of one knob could show, and the settings over time."""
    save([lambda: knobs(advice), lambda: setting_lags(of_advice(advice))], folder)


def _draw(choice: Choice, folder: Path) -> None:
    save([partial(plot, choice) for plot in PLOTS], folder)
