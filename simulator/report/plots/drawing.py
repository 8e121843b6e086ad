"""Drawing all plots of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from simulator.files.beside import beside
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


def draw(tables: RunTables, folder: Path) -> None:
    """Draw every plot of a run into FOLDER/plots, as .png and as .svg."""
    changing = (open_shards,) if "reshardings" in tables.more else ()
    save([partial(plot, tables) for plot in (*PLOTS, *changing)], folder)


def save(plots: Sequence[Callable[[], Plot]], folder: Path) -> None:
    """Draw plots into FOLDER/plots: every second one in another process, if there can be one."""
    place = folder / FOLDER
    place.mkdir()
    with style(), beside(partial(_save, plots[1::2], place)):
        _save(plots[::2], place)


def _save(plots: Sequence[Callable[[], Plot]], place: Path) -> None:
    for plot in plots:
        plot().save(place)
