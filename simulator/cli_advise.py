"""The command `advise`: which knob makes it quicker."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from simulator.cli_session import Request, evaluation, failures_told, seconds_a_run
from simulator.cli_studies import command_line, faults_told, greet, study_options


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--mapping", metavar="NAME", help="Whose knobs to turn [the mapping that is worst off].")
@click.option("-n", "--replications", type=click.IntRange(2, 10_000), default=5, show_default=True,
              help="Runs of each change.")  # fmt: skip
@study_options
def advise(scenario: Path, mapping: str | None, replications: int, **options: Any) -> None:
    """Say why SCENARIO is as late as it is, and what each knob would do about it.

    Turns one knob at a time, a step up and a step down: shards, polling or push, parallelization factor, batch size,
    window, memory, concurrency, retries, bisecting and partial responses, as far as they apply. Each change sees the
    same traffic as the scenario as it is. Changes are ranked by the latency p99.
    """
    request = Request(scenario, "advise", options)
    with faults_told(options["debug"], request.runs):
        sys.exit(_advise(request, mapping, replications))


def _advise(request: Request, mapping: str | None, replications: int) -> int:
    from simulator.report.advising import KIND, write_advice
    from simulator.report.advising_console import tell
    from simulator.report.study_folder import study_folder
    from simulator.study import advice as study

    began = time.perf_counter()
    with evaluation(request, "advising", best_shown=False) as evaluator:
        scenario = evaluator.source.scenario()
        study.require_mapping(scenario, mapping)
        if request.dry_run or not request.quiet:
            _show_plan(request, seconds_a_run(evaluator), replications)
        if request.dry_run:
            return 0
        with study_folder(request.target, KIND, request.options["force"]) as folder:
            greet(evaluator, request.quiet)
            advice = study.advise(scenario, evaluator, replications, mapping or "")
            write_advice(advice, folder, command_line(), time.perf_counter() - began)
    if not request.quiet:
        tell(advice, request.target, request.options["as_json"])
    return failures_told(evaluator)


def _show_plan(request: Request, run_s: float, replications: int) -> None:
    from simulator.report.numbers import seconds

    click.echo(
        f"each knob that applies, turned up and down: up to about 20 settings x {replications} runs of about "
        f"{seconds(run_s)} each {request.where}",
        err=not request.dry_run,
    )
