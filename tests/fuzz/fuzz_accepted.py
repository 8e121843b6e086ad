"""Whatever is accepted is simulated to its end: every table, plot and page, no warning, no record lost count of."""

from __future__ import annotations

import csv
import json
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.cli_effort import LONG_S
from simulator.model.memory import most_bytes
from simulator.report.page.build import RUN_PLOTS
from simulator.study.effort.estimate import effort
from tests.fuzz.odd_scenarios import accepted

CASES: Final = 8
MOST_S: Final = 0.5  # that a run is estimated to take
MOST_BYTES: Final = 2**28
SURELY: Final = 100.0  # times an hour: refused on any machine
TABLES: Final = ("bill", "incidents", "latency", "shards", "timeseries")
ENDS: Final = (0, 4)  # objectives met, or none; missed or undecided
KNOWN: Final = re.compile(r"\S.*: warning: |\s+\d*\s+\||wrote ")
STUDIES: Final = {
    "compare": ("--shards", "1-2", "-n", "2"),
    "size": ("--shards", "1-2", "-n", "2"),
    "advise": ("-n", "2"),
    "sweep-load": ("-n", "1", "--points", "2"),
}


def try_one(rng: Random, folder: Path) -> None:
    """Runs an odd scenario that is accepted; of some also a study. Of what takes too long, sees that it is refused."""
    path, scenario = accepted(rng, folder)
    found = effort(scenario)
    if found.bytes > most_bytes() or found.seconds > SURELY * LONG_S:
        refused(path, folder)
        return
    while found.seconds > MOST_S or found.bytes > MOST_BYTES:
        path, scenario = accepted(rng, folder)
        found = effort(scenario)
    run(rng, path, folder / "out")
    if rng.random() < 0.3 and scenario.producers and scenario.event_source_mappings:
        study(rng, path, folder)


def called(*words: Any) -> Result:
    """A command in this process; a warning is an error, and what is no exit is raised again."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = CliRunner().invoke(cli, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def refused(path: Path, folder: Path) -> None:
    """One line, and nothing written."""
    done = called("run", path, "-o", folder / "out", "--debug")
    assert done.exit_code == 2, done.output
    lines = [line for line in done.stderr.splitlines() if not KNOWN.match(line)]
    assert len(lines) == 1, done.stderr
    assert re.match(r"error: .*: takes (about|at least) .*, most of it for .*\. Try ", lines[0]), lines[0]
    assert not (folder / "out").exists()


def run(rng: Random, path: Path, out: Path) -> None:
    """A run with all that it can leave."""
    interval = ("--interval", rng.choice(("1e-9s", "0.3s", "7m", "1e6d"))) if rng.random() < 0.2 else ()
    more = (*interval, *(("-n", 2) if rng.random() < 0.2 else ()), *(("--json",) if rng.random() < 0.2 else ()))
    done = called("run", path, "-o", out, "--invocations", "--debug", *more)
    if interval and "Error: --interval: an interval of" in done.stderr:
        assert done.exit_code == 2, done.output
        assert not out.exists()
        done = called("run", path, "-o", out, "--invocations", "--debug")
    ended_well(done)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"), parse_constant=not_json)
    tables = {each.stem: rows_of(each) for each in out.glob("*.csv")}
    assert tables.keys() >= {*TABLES, "invocations"}
    adds_up(summary, tables)
    plots = {each.stem.removesuffix("-narrow") for each in (out / "plots").glob("*.svg")}
    assert plots <= set(RUN_PLOTS)
    for name in plots:  # what has nothing to show is a sentence of the page
        assert (out / "plots" / f"{name}.png").stat().st_size > 1000
        assert (out / "plots" / f"{name}.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")
    page = out / "report.html"
    text = page.read_text(encoding="utf-8")
    assert text.rstrip().endswith("</html>")
    ended_well(called("report", out))
    assert page.read_text(encoding="utf-8") == text, "the page is another when it is made from the files"
    ended_well(called("diff", out, out))


def study(rng: Random, path: Path, folder: Path) -> None:
    """A study of the same scenario."""
    command, words = rng.choice(list(STUDIES.items()))
    kept = ("--set", "objectives.latency_p99=1h")
    done = called(command, path, *words, *kept, "-j", 1, "-o", folder / "study" / command, "--debug", "-q")
    if done.exit_code == 2:  # a larger load of it may be refused
        assert re.search(r"takes? (about|at least) .*, most of it for", done.stderr), done.stderr
        return
    ended_well(done)
    tables = {each.name: rows_of(each) for each in (folder / "study" / command).glob("*.csv")}
    assert any(tables.values()), sorted(tables)


def ended_well(done: Result) -> None:
    """The exit code, and nothing unknown on stderr."""
    assert done.exit_code in ENDS, done.output
    unknown = [line for line in done.stderr.splitlines() if not KNOWN.match(line)]
    assert unknown == [], unknown


def not_json(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, which has a head and as many cells in each row."""
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    assert len(heading) > 1, path.name
    assert all(len(row) == len(heading) for row in rows), path.name
    return [dict(zip(heading, row, strict=True)) for row in rows]


def total(rows: Sequence[dict[str, str]], column: str, **where: str) -> int:
    """The sum of a column of whole numbers, over some rows."""
    return sum(int(row[column]) for row in rows if all(row[name] == value for name, value in where.items()))


def adds_up(summary: dict[str, Any], tables: dict[str, list[dict[str, str]]]) -> None:
    """Every record has one end for every mapping, and the tables say what the summary says."""
    series, shards = tables["timeseries"], tables["shards"]
    for name, stream in summary["streams"].items():
        readers = {row["mapping"] for row in shards if row["stream"] == name}
        assert readers
        for reader in readers:
            of = {"mapping": reader, "stream": name}
            assert total(shards, "accepted_records", **of) == stream["records_accepted"]
            assert total(series, "accepted_records", **of) <= stream["records_accepted"]
            assert len([row for row in shards if (row["mapping"], row["stream"]) == (reader, name)]) == stream["shards"]
        assert stream["records_accepted"] + stream["records_dropped_at_write"] <= stream["records_produced"]
    for name, mapping in summary["event_source_mappings"].items():
        ends = dict(mapping["records"])
        assert ends.pop("produced") == sum(ends.values())
        assert min(ends.values()) >= 0
        assert total(series, "processed_records", mapping=name) == ends["processed"]
        assert total(shards, "processed_records", mapping=name) == ends["processed"]
        for count in ("attempts", "errors", "throttles"):
            assert total(series, count, mapping=name) == mapping[count]
        assert len([row for row in tables["invocations"] if row["mapping"] == name]) == mapping["attempts"]
