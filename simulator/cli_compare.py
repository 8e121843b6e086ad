"""The command `compare`: the same traffic through every combination of settings."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Literal

import click

from simulator.cli_effort import permit, permit_settling
from simulator.cli_exit import SOME_FAILED
from simulator.cli_files import show_faults
from simulator.cli_sets import pairs
from simulator.cli_studies import (
    SHORT_S,
    ReplicationsType,
    command_line,
    faults_told,
    greet,
    in_processes,
    runs_folder,
    show_plan,
    study_options,
    tell_damaged,
    workers,
)
from simulator.cli_what_if import check_simulating


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--shards", multiple=True, metavar="[STREAM=]2-8", help="Shards of all streams, or one: 2-8, 2-8/2 or 2,4."
)
@click.option("--vary", multiple=True, metavar="PATH=V1,V2,...",
              help="Values of another field, with units; batch_size=100-500/100 is that of all mappings.")  # fmt: skip
@click.option("--baseline", metavar="NAME=VALUE,...", help="What others are compared with [the scenario's own].")
@click.option("-n", "--replications", type=ReplicationsType(), default=20, show_default=True, help="Runs a setting.")
@click.option("--precision", type=click.FloatRange(0.001, 1), default=0.05, show_default=True, help="For -n auto.")
@click.option("--budget", metavar="DURATION", help="For -n auto: the time after which no more runs are added.")
@study_options
def compare(scenario: Path, shards: tuple[str, ...], vary: tuple[str, ...], **options: Any) -> None:
    """Compare settings of SCENARIO: every combination, with the same replications of the same traffic.

    Prints means with 95 % intervals, paired differences from the baseline, and the verdict on the scenario's
    objectives. Finished runs are kept beside the results: the same command again, or with more replications, simulates
    only what is missing. Exit code 0: a setting meets the objectives, or there are none; 4: none does for certain.
    """
    target = options["out"] or Path("reports") / f"{scenario.stem}-compare"
    runs = runs_folder(target, scenario)
    with faults_told(options["debug"], runs):
        sys.exit(_compare(scenario, shards, vary, target, runs, **options))


def _compare(
    path: Path, shards: tuple[str, ...], vary: tuple[str, ...], target: Path, runs: Path,
    *, sets: tuple[str, ...], seed: int | None, jobs: int | None, executor: str | None, wait: float, dry_run: bool,
    quiet: bool, force: bool, long: bool, as_json: bool, replications: int | Literal["auto"], precision: float,
    budget: str | None, what_if: bool, baseline: str | None, **_: Any,
) -> int:  # fmt: skip
    from simulator.report.comparison import write_comparison
    from simulator.report.comparison_console import tell
    from simulator.report.study_folder import finish, study_folder
    from simulator.report.study_progress import study_progress
    from simulator.study import compare as study
    from simulator.study.evaluate import Evaluator
    from simulator.study.executors import Patience, runner
    from simulator.study.objectives import NOT_MET, OBJECTIVES_MET
    from simulator.study.plan import planned
    from simulator.study.precision import FIRST, Precision
    from simulator.study.source import Source
    from simulator.study.store import Store

    source = Source.of(path, pairs(sets))
    settings = study.asked(source.scenario(), shards, vary)
    wanted = Precision(precision, budget_s=_seconds(budget))
    n, processes, began = FIRST if replications == "auto" else replications, workers(jobs), time.perf_counter()
    base = study.named_values(baseline) if baseline else {}
    if base:
        study.chosen(settings, base)
    evaluator = Evaluator(source, seed=seed, store=Store(runs))
    permit_settling(source.scenario(), path, long)
    warnings = evaluator.resolve(settings)
    if not quiet:
        show_faults(warnings)
    if what_if:
        check_simulating([source.scenario()])
    plan = planned(evaluator, settings, n, processes)
    if dry_run or not quiet:
        show_plan(
            plan,
            f"on {executor}" if executor else in_processes(processes),
            dry_run,
            "5 or more" if replications == "auto" else str(n),
        )
    if dry_run:
        return 0
    permit(plan.work, path, long, quiet)
    if jobs is None and plan.work.wall_s < SHORT_S:
        processes = 1
    with (
        study_folder(target, "compare", force) as folder,
        runner(executor, processes, Patience(wait)) as evaluator.run,
        study_progress("simulating", source.scenario().objectives, not quiet) as evaluator.progress,
    ):
        greet(evaluator, quiet)
        comparison = study.compared(evaluator, settings, replications, base, wanted)
        tell_damaged(evaluator, quiet)
        write_comparison(comparison, folder, command_line(), time.perf_counter() - began)
        finish(folder, evaluator, what_if)
    if not quiet:
        tell(comparison, target, as_json)
    for (setting, number), failure in comparison.failures.items():
        click.echo(f"error: {setting}, replication {number}: {failure.why}", err=True)
    if comparison.failures:
        return SOME_FAILED
    return OBJECTIVES_MET if comparison.meeting else NOT_MET


def _seconds(budget: str | None) -> float:
    from simulator.scenario.units import UnitError, parse_duration

    try:
        return parse_duration(budget) if budget else float("inf")
    except UnitError as error:
        raise click.UsageError(f"--budget: {error}") from None
