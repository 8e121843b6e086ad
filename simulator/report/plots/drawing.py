"""Drawing all plots of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from simulator.report.plots.backlog import backlog
from simulator.report.plots.canvas import Plot, style
from simulator.report.plots.concurrency import concurrency
from simulator.report.plots.iterator_age import iterator_age
from simulator.report.plots.lag import lag
from simulator.report.plots.latency_quantiles import latency_quantiles
from simulator.report.plots.offered import offered
from simulator.report.plots.open_shards import open_shards
from simulator.report.plots.shard_load import shard_load
from simulator.report.plots.throughput import throughput
from simulator.report.plots.waiting import waiting
from simulator.report.tables import RunTables

PLOTS: Final[tuple[Callable[[RunTables], Plot], ...]] = (
    lag, waiting, offered, shard_load, latency_quantiles, iterator_age, throughput, backlog, concurrency,
)  # fmt: skip
FOLDER: Final = "plots"


def plots(tables: RunTables) -> list[Plot]:
    """Every plot of a run with its title, in the order to be read."""
    with style():
        changing = (open_shards,) if "reshardings" in tables.more else ()
        return [plot(tables) for plot in (*PLOTS, *changing)]


def draw(tables: RunTables, folder: Path) -> list[Plot]:
    """Draw every plot of a run into FOLDER/plots, as .png and as .svg."""
    return save(plots(tables), folder)


def save(plots: list[Plot], folder: Path) -> list[Plot]:
    """Save plots into FOLDER/plots."""
    (folder / FOLDER).mkdir()
    for each in plots:
        each.save(folder / FOLDER)
    return plots
