"""python -m benchmarks            measure all, write docs/performance.md and benchmarks/figures.json
python -m benchmarks check      measure a few, and warn of what has become slower

Both are run by make, from the top of the repository.
"""

from __future__ import annotations

import compileall
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from benchmarks import page
from benchmarks.machine import commit, machine, versions
from benchmarks.probes import Probe, everything, important
from benchmarks.results import Results, regressions

FIGURES = Path("benchmarks/figures.json")
PAGE = Path("docs/performance.md")
SAMPLES = Path("build/benchmarks.json")  # all numbers of the last run; not committed
CHECK_REPETITIONS = 5


@click.group(invoke_without_command=True)
@click.option("--peers", default=sys.executable, help="The Python in which the peers are installed.")
@click.option("--repetitions", default=5, show_default=True, type=click.IntRange(1))
@click.option("--scale", default=1.0, show_default=True, help="Multiplies simulated times; below 1 to try.")
@click.option("--long", is_flag=True, help="Also the points that take minutes.")
@click.option("--again", is_flag=True, help="Write the page from the last run's numbers.")
@click.option("--page", "to", default=PAGE, type=click.Path(path_type=Path, exists=True), help="The page to renew.")
@click.option("--figures", default=FIGURES, type=click.Path(path_type=Path), help="Where the ratios go.")
@click.pass_context
def bench(
    context: click.Context, peers: str, repetitions: int, scale: float, long: bool, again: bool, to: Path, figures: Path
) -> None:
    """Measure everything and write it down."""
    if context.invoked_subcommand:
        return
    if again:
        kept = json.loads(SAMPLES.read_text(encoding="utf-8"))
        results, heading = Results(kept["samples"]), kept["heading"]
    else:
        results, heading = _measured(peers, repetitions, scale, long)
    to.write_text(page.renewed(to.read_text(encoding="utf-8"), page.measured(results, heading)), encoding="utf-8")
    committed = {"heading": heading, "ratios": results.ratios()}
    figures.write_text(json.dumps(committed, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{to}\n{figures}")


@bench.command()
@click.option("--figures", default=FIGURES, type=click.Path(path_type=Path, exists=True))
@click.option("--repetitions", default=CHECK_REPETITIONS, type=click.IntRange(1))
@click.option("--scale", default=1.0)
def check(figures: Path, repetitions: int, scale: float) -> None:
    """Measure the important points and compare their ratios with the committed ones; warn, and never fail."""
    committed = json.loads(figures.read_text(encoding="utf-8"))["ratios"]
    with tempfile.TemporaryDirectory() as folder:
        now = repeated(important(Path(folder), scale), repetitions).ratios()
    for name, ratio in now.items():
        click.echo(f"{name}: {ratio:.2f} times its floor, committed {committed.get(name, float('nan')):.2f}")
    worse = regressions(now, committed)
    for line in worse:
        click.echo(f"warning: {line}", err=True)
    click.echo("no regression above 20 %" if not worse else f"{len(worse)} to look at")


def repeated(probes: Sequence[Probe], repetitions: int) -> Results:
    """Measure all probes in turn, again and again; modules are compiled before, as they are after a first run."""
    compileall.compile_dir("simulator", quiet=1)
    results = Results()
    for repetition in range(repetitions):
        for probe in probes:
            began = time.perf_counter()
            results.add(probe.group, probe.name, probe.measure(repetition))
            spent = time.perf_counter() - began
            click.echo(f"{repetition + 1}/{repetitions} {probe.group}: {probe.name}: {spent:.1f} s", err=True)
    return results


def _measured(peers: str, repetitions: int, scale: float, long: bool) -> tuple[Results, str]:
    of, began = commit(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        results = repeated(everything(Path(folder), peers, scale, long), repetitions)
    minutes = (time.perf_counter() - began) / 60
    command = f"make bench{' LONG=1' if long else ''}"
    heading = (
        f"Figures {of}, measured on {date.today()} in {minutes:.0f} minutes by `{command}`: medians of {repetitions} "
        "repetitions in turn; what is divided is divided within a repetition"
        + (f", all simulated times multiplied by {scale:g}" if scale != 1 else "")
        + f". {machine()}; {versions()}."
    )
    SAMPLES.parent.mkdir(exist_ok=True)
    SAMPLES.write_text(json.dumps({"heading": heading, "samples": results.samples}) + "\n", encoding="utf-8")
    return results, heading


if __name__ == "__main__":
    bench(prog_name="python -m benchmarks")
