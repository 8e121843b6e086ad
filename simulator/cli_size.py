"""The command `size`: the cheapest setting that meets the objectives."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli_session import Request, evaluator_of, failures_told, goes_ahead, seconds_a_run, study_in, work_of
from simulator.cli_studies import command_line, faults_told, sample_option, study_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.study.settings import Dimension


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--shards", multiple=True, metavar="[STREAM=]2-8", help="Shards to search [those of `search:`, or wide].")
@click.option("--vary", multiple=True, metavar="PATH=V1,V2,...",
              help="Values of another field, as in compare [those of `search:`].")  # fmt: skip
@click.option("--factor", type=click.FloatRange(0.001, 1000), default=1, metavar="X",
              help="Size for so many times the traffic; its headroom is told of that.")  # fmt: skip
@click.option("-n", "--replications", type=click.IntRange(2, 10_000), default=20, show_default=True,
              help="Runs of a setting at most; a clear case takes five.")  # fmt: skip
@sample_option
@study_options
def size(
    scenario: Path,
    shards: tuple[str, ...],
    vary: tuple[str, ...],
    factor: float,
    replications: int,
    sample: int | None,
    **options: Any,
) -> None:
    """Find the cheapest setting of SCENARIO that meets its `objectives:`, without trying all.

    Prints the answer, what breaks one step cheaper, how much more traffic the answer takes, the search, and the
    closed-form estimate beside it. Exit code 0: there is one; 4: none meets the objectives for certain.
    """
    request = Request(scenario, "size", options, factor, sample)
    with faults_told(options["debug"], request.runs):
        sys.exit(_size(request, shards, vary, replications))


def _size(request: Request, shards: tuple[str, ...], vary: tuple[str, ...], replications: int) -> int:
    from simulator.report.sizing import write_sizing
    from simulator.report.sizing_console import tell
    from simulator.study import size as study
    from simulator.study.objectives import NOT_MET, OBJECTIVES_MET
    from simulator.study.settings import AS_IT_IS
    from simulator.study.space import asked, columns

    began = time.perf_counter()
    evaluator = evaluator_of(request)
    scenario = evaluator.scenario(AS_IT_IS)
    study.require_objectives(scenario)
    dimensions = asked(scenario, shards, vary)
    study.require_rates(dimensions, request.factor)
    likely = study.likely_runs(columns(evaluator, dimensions), replications)  # what is wrong is told before any is made
    work = work_of(request, evaluator, likely)
    if not goes_ahead(request, work, _plan(dimensions, replications, seconds_a_run(evaluator, work), request.where)):
        return 0
    with study_in(request, evaluator, "searching", best_shown=True) as folder:
        sizing = study.sized(evaluator, dimensions, replications, request.factor)
        write_sizing(sizing, folder, command_line(), time.perf_counter() - began)
    if not request.quiet:
        tell(sizing, request.target, request.options["as_json"])
    return failures_told(evaluator) or (OBJECTIVES_MET if sizing.state == "met" else NOT_MET)


def _plan(dimensions: Sequence[Dimension], replications: int, each: str, where: str) -> str:
    from simulator.report.numbers import count
    from simulator.study.racing import FIRST_ROUND
    from simulator.study.settings import column_names

    names = column_names(tuple(dimension.paths[0] for dimension in dimensions))
    knobs = " x ".join(f"{name} ({len(each.values)})" for name, each in zip(names, dimensions, strict=True))
    settings = count(math.prod(len(dimension.values) for dimension in dimensions))
    runs = f"{replications} runs" if replications <= FIRST_ROUND else f"{FIRST_ROUND} to {replications} runs"
    return f"{settings} settings: {knobs}; only some are tried, with {runs} of about {each} each {where}"
