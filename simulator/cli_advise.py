"""The command `advise`: which knob makes it quicker."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from simulator.cli_session import Request, evaluator_of, failures_told, goes_ahead, seconds_a_run, study_in, work_of
from simulator.cli_studies import command_line, faults_told, study_options


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
    from simulator.report.advising import write_advice
    from simulator.report.advising_console import tell
    from simulator.study import advice as study
    from simulator.study.changes import changes
    from simulator.study.settings import AS_IT_IS, require_mapping

    began = time.perf_counter()
    evaluator = evaluator_of(request)
    scenario = evaluator.scenario(AS_IT_IS)
    require_mapping(scenario, mapping)
    most = 1 + max(len(changes(scenario, each)) for each in scenario.event_source_mappings)
    work = work_of(request, evaluator, [(AS_IT_IS, most * replications)])
    each = seconds_a_run(evaluator, work)
    plan = f"up to {most} settings x {replications}: runs of about {each} each {request.where}"
    if not goes_ahead(request, work, plan):
        return 0
    with study_in(request, evaluator, "advising") as folder:
        advice = study.advised(evaluator, replications, mapping)
        write_advice(advice, folder, command_line(), time.perf_counter() - began)
    if not request.quiet:
        tell(advice, request.target, request.options["as_json"])
    return failures_told(evaluator)
