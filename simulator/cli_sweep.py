"""The command `sweep-load`: at which load it breaks."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from simulator.cli_session import Request, evaluator_of, failures_told, goes_ahead, seconds_a_run, study_in, work_of
from simulator.cli_studies import command_line, faults_told, sample_option, study_options


class FactorsType(click.ParamType):  # type: ignore[type-arg]  # generic only where it is checked, not where it runs
    """From one multiple of the traffic to another."""

    name = "LOW-HIGH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """The two numbers."""
        try:
            low, high = (float(part) for part in value.split("-"))
        except ValueError:
            self.fail(f"{value!r} is not a range of factors; write 0.5-3", param, ctx)
        if not 0.001 <= low < high <= 1000:
            self.fail(f"{value!r} is out of range: from 0.001 to 1000, the lower one first", param, ctx)
        return low, high


@click.command("sweep-load")
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--factor", type=FactorsType(), default="0.5-3", show_default=True, help="Multiples of the traffic.")
@click.option("--points", type=click.IntRange(2, 100), default=8, show_default=True, help="Loads to begin with.")
@click.option(
    "-n", "--replications", type=click.IntRange(1, 10_000), default=5, show_default=True, help="Runs of a load."
)
@sample_option
@study_options
def sweep_load(
    scenario: Path, factor: tuple[float, float], points: int, replications: int, sample: int | None, **options: Any
) -> None:
    """Find the load at which SCENARIO breaks: every producer's rate times a factor, and nothing else changed.

    Prints latency and iterator age against load, the load at which a mapping no longer keeps up (saturation), and
    the knee before it: where it is three times as late as at a quarter of that. Both are narrowed down to 2 %.
    """
    request = Request(scenario, "sweep-load", options, sample=sample)
    with faults_told(options["debug"], request.runs):
        sys.exit(_sweep_load(request, factor, points, replications))


def _sweep_load(request: Request, factor: tuple[float, float], points: int, replications: int) -> int:
    from simulator.report.load_sweep import write_load_sweep
    from simulator.report.load_sweep_console import tell
    from simulator.study import load_sweep as study
    from simulator.study.settings import AS_IT_IS

    began = time.perf_counter()
    loads = study.factors(*factor, points)
    evaluator = evaluator_of(request)
    scenario = evaluator.scenario(AS_IT_IS)
    work = work_of(
        request,
        evaluator,
        [(study.loaded(scenario, load), replications) for load in study.likely_loads(scenario, loads)],
    )
    plan = (
        f"{len(loads)} loads ({', '.join(f'{load:g}' for load in loads)}) x {replications}, and those that find "
        f"saturation and knee; a run of load 1 takes about {seconds_a_run(evaluator, work)}, {request.where}"
    )
    if not goes_ahead(request, work, plan):
        return 0
    with study_in(request, evaluator, "sweeping") as folder:
        sweep = study.swept(scenario, evaluator, loads, replications, evaluator.sample)
        write_load_sweep(sweep, folder, command_line(), time.perf_counter() - began)
    if not request.quiet:
        tell(sweep, request.target, request.options["as_json"])
    return failures_told(evaluator)
