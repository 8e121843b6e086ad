"""The command `events`: what a run's functions get and answer, and what AWS prints of its mappings."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli_exit import SOME_FAILED, USAGE
from simulator.cli_files import InvalidFileError
from simulator.cli_sets import pairs, set_option

if TYPE_CHECKING:
    from simulator.scenario.spec import Scenario
    from simulator.twin.events.seen import Chosen
    from simulator.twin.events.texts import Form
    from simulator.twin.events.told import Run, What

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("source", metavar="RUN_OR_SCENARIO", type=FILE)
@click.option("--attempt", type=click.IntRange(min=1), help="The attempt of that row of invocations.csv, 1 first.")
@click.option("--mapping", "name", metavar="NAME", help="Of that event source mapping alone.")
@click.option("--at", metavar="TIME", help="What runs at that time of the run, such as 90s; or the next.")
@click.option("--first", type=click.IntRange(min=1), help="So many, from the first on [1].")
@click.option("--event", "what", flag_value="event", help="The events that attempts get [this].")
@click.option("--response", "what", flag_value="response", help="What the function answers.")
@click.option(
    "--destination", "what", flag_value="destination", help="The messages of batches that are given up [all of them]."
)
@click.option(
    "--states", "what", flag_value="states",
    help="The mappings as list-event-source-mappings prints them; without --at at each change of state.",
)  # fmt: skip
@click.option(
    "--consumer",
    "what",
    flag_value="consumer",
    help="What RegisterStreamConsumer answers, for mappings that read by push.",
)
@click.option("--policy", "what", flag_value="policy", help="What the functions' roles must be allowed.")
@click.option("--to", "service", type=click.Choice(["sqs", "sns", "s3"]), default="sqs", help="The destination [sqs].")
@click.option(
    "--as", "form", type=click.Choice(["json", "lines", "folder"]), help="One document, one a line, or a file each."
)
@click.option("-o", "--out", type=FILE, help="Write there: x.json, x.jsonl, else a folder of files [print].")
@click.option("--seed", type=click.IntRange(min=0), help="In place of the run's, or the scenario's.")
@set_option
@click.option("--force", is_flag=True, help="Replace an earlier folder.")
def events(
    source: Path,
    attempt: int | None,
    name: str | None,
    at: str | None,
    first: int | None,
    what: What | None,
    service: str,
    form: Form | None,
    out: Path | None,
    seed: int | None,
    sets: tuple[str, ...],
    force: bool,
) -> None:
    """Print the exact events that attempts of RUN_OR_SCENARIO get, for tests in the console and `sam local invoke`.

    RUN_OR_SCENARIO is a scenario file, or the folder of a run, which is simulated again as it was.
    """
    what = what or "event"
    if attempt is not None and (name or at or first):
        raise click.UsageError("--attempt names one attempt; leave out --mapping, --at and --first")
    if attempt is not None and what not in ("event", "response"):
        raise click.UsageError(f"--{what} is of no attempt; choose with --mapping, --at or --first")
    if form == "folder" and out is None:
        raise click.UsageError("--as folder: name the folder with --out")
    run = _run(source, sets, seed)
    chosen = _chosen(run.scenario, what, attempt, name, at, first)
    from simulator.model.memory import BacklogTooLargeError
    from simulator.report.folder import OutputError
    from simulator.twin.events.texts import form_of, text, write
    from simulator.twin.events.told import told

    try:
        documents = told(run, what, chosen, service)  # type: ignore[arg-type]
        if not documents:
            click.echo(f"error: {source}: {_nothing(run.scenario, what, attempt, at)}", err=True)
            sys.exit(USAGE)
        form = form_of(out, form, len(documents))
        if out is None:
            click.echo(text(documents, form), nl=False)
        else:
            write(out, documents, form, shlex.join(["shardsim", *sys.argv[1:]]), force)
    except BacklogTooLargeError as error:
        click.echo(f"error: {source}: {error}.", err=True)
        sys.exit(SOME_FAILED)
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)


def _run(source: Path, sets: tuple[str, ...], seed: int | None) -> Run:
    """The run to tell of. Raises InvalidFileError."""
    from simulator.scenario.faults import ScenarioError
    from simulator.scenario.loading import load
    from simulator.twin.events.told import Run

    try:
        scenario = load(source / "scenario.yaml" if source.is_dir() else source, pairs(sets))
    except ScenarioError as error:
        raise InvalidFileError(error.faults) from None
    if seed is None and source.is_dir():
        seed = _seed_of(source)
    return Run(scenario, scenario.seed if seed is None else seed)


def _seed_of(folder: Path) -> int | None:
    """The seed of a run, which may not be the scenario's."""
    try:
        seed = json.loads((folder / "run.json").read_text(encoding="utf-8"))["seed"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return seed if isinstance(seed, int) else None


def _chosen(
    scenario: Scenario, what: What, attempt: int | None, name: str | None, at: str | None, first: int | None
) -> Chosen:
    """Which attempts, batches or mappings are wanted."""
    from simulator.scenario.place import did_you_mean
    from simulator.traffic.nanoseconds import ns
    from simulator.twin.events.seen import Chosen

    names = [each.name for each in scenario.event_source_mappings]
    if name is not None and name not in names:
        hint = did_you_mean(name, names)
        raise click.UsageError(f"--mapping: there is no mapping '{name}'" + (f"; {hint}" if hint else ""))
    one = what in ("event", "response") and attempt is None and at is None
    return Chosen(
        mappings=len(names),
        number=attempt,
        mapping=None if name is None else names.index(name),
        at_ns=None if at is None else ns(_seconds(at)),
        most=1 if one and first is None else first,
    )


def _seconds(text: str) -> float:
    from simulator.scenario.units import UnitError, parse_duration

    try:
        return parse_duration(text)
    except UnitError as error:
        raise click.UsageError(f"--at: {error}") from None


def _nothing(scenario: Scenario, what: What, attempt: int | None, at: str | None) -> str:
    """Why there is nothing to print."""
    if what == "consumer":
        return "no mapping reads by push, so there is no consumer; consumer: push makes one"
    if what == "policy":
        return "there is no function"
    if what == "destination":
        if not any(each.on_failure_destination for each in scenario.event_source_mappings):
            return "no mapping has an on_failure_destination, so nothing is sent to one"
        return "no batch is given up" + (f" at or after {at}" if at else "")
    if attempt is not None:
        return f"there is no attempt {attempt}: the run has fewer"
    return "there is no such attempt" + (f": none runs or starts at or after {at}" if at else "")
