"""Folders of results of every kind, each from a simulation of a second or less."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from simulator import load, simulate
from simulator.cli import cli
from simulator.report.output import write_run
from simulator.report.plots.drawing import draw
from simulator.study.figures import figures, tidy

SCENARIO: Final = """
name: {name}
description: {description}
duration: 60s
drain: {drain}
streams:
  {stream}: {{shards: {shards}}}
producers:
  - {{name: web, stream: {stream}, rate: {rate}, record_size: 1KiB, on_throttle: {on_throttle}}}
functions:
  enrich:
    timeout: 3s
    reserved_concurrency: {reserved}
    duration: {{per_batch: 20ms}}
    failures: [{failures}]
{mappings}
{more}
"""
MAPPING: Final = (
    "  - {{name: {name}, stream: {stream}, function: enrich, batch_size: 100, {settings},\n"
    "     retry_backoff: {{jitter: 0}}, throttle_backoff: {{jitter: 0}}}}\n"
)
OUTAGE: Final = "{kind: outage, from: 10s, to: 20s}"


def scenario_text(
    name: str = "clicks",
    description: str = "A minute of clicks.",
    stream: str = "clicks",
    shards: int = 2,
    rate: str = "200/s",
    failures: str = "",
    on_throttle: str = "retry",
    reserved: str = "none",
    drain: str = "60s",
    settings: str = "maximum_retry_attempts: -1",
    readers: tuple[str, ...] = ("reader",),
    more: str = "",
) -> str:
    """A small scenario: a minute of traffic."""
    mappings = "".join(MAPPING.format(name=reader, stream=stream, settings=settings) for reader in readers)
    return SCENARIO.format(
        name=name, description=description, stream=stream, shards=shards, rate=rate, failures=failures,
        on_throttle=on_throttle, reserved=reserved, drain=drain, more=more,
        mappings=f"event_source_mappings:\n{mappings}" if mappings else "",
    )  # fmt: skip


def run_folder(folder: Path, replications: int = 1, **how: str | int | tuple[str, ...]) -> Path:
    """Simulate a minute and write what `run` writes, in the place of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    file = folder.with_suffix(".yaml")
    file.write_text(scenario_text(**how), encoding="utf-8")  # type: ignore[arg-type]
    scenario = load(file)
    results = [simulate(scenario, None, number, 1.0) for number in range(replications)]
    runs = [figures(each) for each in results]
    draw(write_run(results[0], folder, "shardsim run clicks.yaml", 0.1, runs=runs), folder)
    if replications > 1:
        table = tidy(runs)
        table.to_csv(folder / "replications.csv", index=False, lineterminator="\n")
    return folder


def of(**how: object) -> Callable[[Path], Path]:
    """A function that makes a folder of a run."""
    return lambda folder: run_folder(folder, **how)  # type: ignore[arg-type]


MARKUP: Final = "'<script>alert(1)</script>'"
RUNS: Final[dict[str, Callable[[Path], Path]]] = {
    "run": of(failures=OUTAGE, readers=("first", "second"), more="objectives: {iterator_age_max: 5s, records_lost: 0}"),
    "replications": of(replications=3, more="objectives: {latency_p99: 900ms, iterator_age_p99: 2s}"),
    "one shard": of(shards=1),
    "a thousand shards": of(shards=1000, rate="2000/s"),
    "nothing arrived": of(rate="0/s"),
    "nothing reads": of(readers=()),
    "everything failed": of(failures="{kind: outage, from: 0s, to: 1h}"),
    "everything was lost": of(failures="{kind: outage, from: 0s, to: 1h}", settings="maximum_retry_attempts: 0"),
    "everything was throttled": of(reserved="0", drain="1s"),
    "written too fast": of(rate="4000/s", on_throttle="drop"),
    "markup in names": of(name=MARKUP, readers=(MARKUP, "'a | `b` *c* $(d)'"), description=MARKUP),
}

OBJECTIVES: Final = "objectives: {iterator_age_p99: 900ms, records_lost: 0}"


def study(*command: str, **how: object) -> Callable[[Path], Path]:
    """A function that makes a folder of a study by its command."""

    def made(folder: Path) -> Path:
        file = folder.with_suffix(".yaml")
        file.write_text(scenario_text(**{"more": OBJECTIVES, **how}), encoding="utf-8")  # type: ignore[arg-type]
        name, *options = command
        done = CliRunner().invoke(cli, [name, str(file), *options, "-q", "-j", "1", "-o", str(folder)])
        assert done.exit_code in (0, 4), done.output
        return folder

    return made


START: Final = datetime(2026, 5, 4, 23, 50, tzinfo=UTC)


def backtest(*options: str, minutes: int = 30, slow: float = 1.0) -> Callable[[Path], Path]:
    """A function that makes a folder of a back-test: a minute's run again and again, slower in the last third."""

    def made(folder: Path) -> Path:
        file, seen = folder.with_suffix(".yaml"), folder.with_suffix(".csv")
        file.write_text(scenario_text(rate="20/s", name=MARKUP), encoding="utf-8")
        late = [0] * (2 * minutes // 3) + [1] * (minutes - 2 * minutes // 3)
        rows = [
            f"{START + timedelta(minutes=i):%Y/%m/%d %H:%M:%S},1200,118,{20 * (slow if late[i] else 1):g},{900 + i},0"
            for i in range(minutes)
        ]
        heads = "Label,IncomingRecords Sum,Invocations Sum,Duration Average,IteratorAge Maximum,Throttles Sum"
        seen.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8")
        command = ["backtest", str(file), "--observed", str(seen), "-q", "-j", "1", "-n", "5", "-o", str(folder)]
        done = CliRunner().invoke(cli, [*command, *options])
        assert done.exit_code in (0, 4), done.output
        return folder

    return made


STUDIES: Final[dict[str, Callable[[Path], Path]]] = {
    "compare": study("compare", "--shards", "1-3", "-n", "3"),
    "compare, overloaded": study("compare", "--shards", "1-2", "-n", "2", rate="4000/s", readers=("first", "second")),
    "size": study("size", "--shards", "1-4", "-n", "3"),
    "size, nothing will do": study("size", "--shards", "1-2", "-n", "2", failures="{kind: outage, from: 0s, to: 1h}"),
    "advise": study("advise", "-n", "2", failures=OUTAGE),
    "sweep-load": study("sweep-load", "--points", "3", "--factor", "0.5-8", "-n", "2"),
    "backtest": backtest(),
    "backtest, slow, fitted": backtest("--fit", "polling.missed", slow=30.0),
    "markup in a study": study(
        "compare", "--shards", "1-2", "-n", "2", name=MARKUP, stream="orders", readers=(MARKUP,)
    ),
}
RESULTS: Final = {**RUNS, **STUDIES}
