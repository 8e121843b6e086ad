"""From the folder of a result to its page, in the format that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from simulator.files.whole import write_new
from simulator.report.folder import OutputError
from simulator.report.page.advise_page import advise_page
from simulator.report.page.backtest_page import backtest_page
from simulator.report.page.compare_page import compare_page
from simulator.report.page.diff_page import diff_page
from simulator.report.page.drawings import FOLDER, figures
from simulator.report.page.html import html
from simulator.report.page.load_page import load_page
from simulator.report.page.markdown import markdown
from simulator.report.page.run_page import run_page
from simulator.report.page.size_page import size_page
from simulator.report.page.view import Figure, Page, printable
from simulator.report.results import RunResult, StudyResult, read_result
from simulator.report.vocabulary import OBSERVED
from simulator.scenario.nodes import shortened

REPORT: Final = "report.html"
RUN_PLOTS: Final = (
    "lag", "waiting", "offered", "shard_load", "latency_quantiles", "iterator_age", "throughput", "backlog",
    "concurrency",
)  # fmt: skip
RUN_PLOTS_MORE: Final = ("open_shards",)  # of some runs
STUDIES: Final[dict[str, tuple[Callable[[StudyResult, Sequence[Figure]], Page], tuple[str, ...]]]] = {
    "compare": (compare_page, ("settings", "setting_lags", "setting_quantiles")),
    "size": (size_page, ("settings", "setting_lags", "setting_quantiles")),
    "advise": (advise_page, ("knobs", "setting_lags")),
    "sweep-load": (load_page, ("load_curve",)),
    "backtest": (backtest_page, tuple(f"observed_{words.replace(' ', '_')}" for words, _ in OBSERVED.values())),
}


def page_of(folder: Path, what_if: bool = False) -> Page:
    """The page of a result, from the files of its folder alone; `what_if`: it can simulate with other settings.

    Raises OutputError if there is no result, or if its scenario's files are no longer there to simulate.
    """
    result = read_result(folder)
    page = _page_of(result, folder)
    return replace(page, what_if=_simulating(result, folder)) if what_if else page


def _page_of(result: RunResult | StudyResult, folder: Path) -> Page:
    if isinstance(result, RunResult):
        return printable(run_page(result, figures(folder, [*RUN_PLOTS, *_there(folder, RUN_PLOTS_MORE)])))
    page, plots = STUDIES[result.kind]
    return printable(page(result, figures(folder, _there(folder, plots))))


def _simulating(result: RunResult | StudyResult, folder: Path) -> str:
    """What the page of a result needs to simulate: its scenario, which is in its folder, and the seed of the run."""
    from simulator.report.what_if.content import refusal
    from simulator.report.what_if.packed import packed
    from simulator.scenario.loading import examine

    scenario, faults = examine(folder / "scenario.yaml")
    if scenario is None:
        raise OutputError(f"{folder}: its scenario cannot be simulated again: {faults[0].message}")
    if why := refusal(scenario):
        raise OutputError(f"{folder}: {why}")
    return packed(scenario, result.files.summary["seed"] if isinstance(result, RunResult) else None)


def _there(folder: Path, plots: Sequence[str]) -> list[str]:
    return [name for name in plots if (folder / FOLDER / f"{name}.json").exists()]


def diff_of(before: Path, after: Path) -> Page:
    """What differs between two results. Raises OutputError if one is none."""
    results = [read_result(folder) for folder in (before, after)]
    runs = [each for each in results if isinstance(each, RunResult)]
    if len(runs) < 2:
        study = next(each for each in results if isinstance(each, StudyResult))
        raise OutputError(f"{study.folder}: holds a {study.kind}; diff compares runs, each with its replications")
    return printable(diff_page(*runs))


def strange(page: Page) -> Iterator[tuple[str, str]]:
    """The plots whose files hold what no plot of ours does, and a few words on what that is."""
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, Figure) and block.left_out:
                yield block.name, _few(block.left_out)


def _few(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(shortened(name) for name in names[:most]) + more


def write_page(folder: Path, what_if: bool = False) -> None:
    """Write the page of a result whose other files are in the folder; `what_if`: see page_of."""
    write_new(folder / REPORT, html(page_of(folder, what_if)))


def as_json(page: Page) -> str:
    """The page as JSON: the same words and figures, without the drawings."""
    return json.dumps(_without_drawings(asdict(page)), indent=2, ensure_ascii=False) + "\n"


def _without_drawings(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: _without_drawings(value)
            for key, value in data.items()
            if key not in ("svg", "narrow", "charts", "what_if")
        }
    if isinstance(data, frozenset):
        return sorted(data)
    return [_without_drawings(each) for each in data] if isinstance(data, list | tuple) else data


WRITERS: Final[dict[str, Callable[[Page], str]]] = {"html": html, "md": markdown, "json": as_json}
