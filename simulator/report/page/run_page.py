"""The page of a run, or of its replications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from simulator.report.numbers import seconds
from simulator.report.page import fine_print, handlers, readers, reshardings, run_head, run_sections, shards
from simulator.report.page.actions import actions
from simulator.report.page.batches import batches
from simulator.report.page.bill import bill
from simulator.report.page.episodes import episodes
from simulator.report.page.objectives import objectives
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Figure, Page, Section, plural, some
from simulator.report.results import RunResult
from simulator.scenario.units import parse_duration

MORE: Final = ("iterator_age", "throughput", "backlog", "concurrency")


def run_page(result: RunResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of a run."""
    run = RunView(result)
    plots = {figure.name: figure for figure in figures}
    return Page(
        kind="run",
        name=result.name,
        title=run_head.title(run),
        description=str(result.resolved.get("description", "")),
        about=_about(run),
        verdict=run_head.verdict(run),
        tiles=run_head.tiles(run),
        actions=actions(run),
        sections=some(
            Section("plots", "What happened", tuple(plots[name] for name in ("lag", "waiting", "offered"))),
            objectives(run.assessments),
            run_sections.mappings(run),
            reshardings.section(run, plots.get("open_shards")),
            shards.section(run, plots["shard_load"]),
            readers.section(run),
            episodes(run),
            run_sections.latency(run, plots["latency_quantiles"]),
            batches(run),
            handlers.section(run),
            bill(run.bill),
            run_sections.replications(run),
            Section("more", "More over time", tuple(plots[name] for name in MORE), folded=True),
            run_sections.limits(run),
            fine_print.assumptions(result.resolved),
            fine_print.scenario(result.files.scenario.text),
            fine_print.reproduce(_command(run), result.name, result.version),
            fine_print.definitions(),
        ),
    )


def _about(run: RunView) -> str:
    runs = f"{run.replications} runs" if run.replications > 1 else "One run"
    traffic = seconds(float(run.summary["duration_s"]))
    produced = f"{plural(run.produced, 'record')}{' each' if run.replications > 1 else ''}"
    warmup = parse_duration(str(run.resolved["warmup"]).replace("auto", "0s"))
    left_out = f" Figures leave out records accepted in the first {seconds(warmup)}; plots do not." if warmup else ""
    first = " Plots, shards and the lines of the bill are of the first." if run.replications > 1 else ""
    return f"{runs} of {traffic} of traffic, {produced}, seed {run.summary['seed']}.{first}{left_out}"


def _command(run: RunView) -> str:
    several = f" --replications {run.replications}" if run.replications > 1 else ""
    return f"shardsim run scenario.yaml --seed {run.summary['seed']}{several}"
