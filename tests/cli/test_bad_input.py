"""Whatever a scenario file holds: `validate` and `run` tell the same faults, end with 3, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Command, Write, everything

SHARDS, RATE, DURATION = "{shards: 2}", "100/s", "duration: 20s"
TRACE = (RATE, "{trace: t.csv}")

EDITS = {
    "a misspelled field": (SHARDS, "{shard: 2}", "streams.clicks.shard: unknown field; did you mean 'shards'?"),
    "a wrong type": (SHARDS, "[2]", "5:11: error: streams.clicks: a list is given; allowed: a group with shards,"),
    "a missing unit": (DURATION, "duration: 20", "2:11: error: duration: 20 has no unit; allowed: a duration"),
    "a wrong unit": (RATE, "100ms", "7:39: error: producers[0].rate: 100ms has an unknown unit 'ms'; "),
    "out of range": (SHARDS, "{shards: 0}", "0 is out of range; allowed: a whole number from 1 to 10000"),
    "a reference to nothing": ("stream: clicks", "stream: click", "there is no stream 'click'; did you mean 'clicks'?"),
    "a duplicate key": (SHARDS, "{shards: 2, shards: 3}", "5:23: error: 'shards' is given twice, first in line 5"),
    "an alias": (SHARDS, "{shards: &n 2, retention: *n}", "5:37: error: aliases are not allowed; write the value out"),
    "a tag": (SHARDS, "{shards: !!python/object/apply:os.getcwd []}", "5:20: error: tags are not allowed"),
    "deep nesting": (SHARDS, "[" * 100_000, "error: is nested more than 20 deep"),
    "shards: yes": (SHARDS, "{shards: yes}", "yes is not a whole number; allowed: a whole number from 1 to 10000"),
    "not a number": ("mean: 20ms", "mean: .nan", ".nan is not a number with a unit; allowed: a duration from 0s"),
    "a duration of 1e30 h": (DURATION, "duration: 1e30 h", "1e30 h is out of range; allowed: a duration from 0.001ms"),
}
FILES = {
    "empty": (b"", "error: is empty"),
    "binary": (b"\x7fELF\0\0", "error: is a binary file, not YAML"),
    "of 2 MB": (b"#" * 2_000_000, "error: is larger than 1 MiB, which no scenario is"),
}
TRACES = {
    "missing": (None, "t.csv cannot be read: No such file or directory"),
    "unsorted": (
        "time_s,records\n0,1\n2,1\n1,1\n",
        "t.csv, line 4, column 'time_s': 1 is not later than 2 of the row before",
    ),
    "negative": ("time_s,records\n0,1\n2,-1\n", "t.csv, line 3, column 'records': -1 is negative"),
    "empty": ("", "t.csv is empty"),
    "with NaN": ("time_s,records\n0,1\n2,nan\n", "t.csv, line 3, column 'records': 'nan' is not a number"),
    "with other columns": (
        "time,records\n0,1\n2,1\n",
        "t.csv has no column 'time_s' in its first line; did you mean 'time'?",
    ),
}


def refused(shardsim: Command, expected: str) -> None:
    """Both commands tell the fault, end with 3 and write nothing."""
    before = everything(Path())
    checked, run = shardsim("validate", "small.yaml"), shardsim("run", "small.yaml")
    assert (checked.exit_code, run.exit_code) == (3, 3)
    assert checked.stderr == run.stderr
    assert run.stdout == ""
    assert expected in run.stderr
    assert everything(Path()) == before


@pytest.mark.parametrize("what", EDITS)
def test_a_faulty_field_is_told_at_its_place(what: str, write: Write, shardsim: Command) -> None:
    old, new, expected = EDITS[what]
    path = write()
    path.write_text(path.read_text().replace(old, new, 1))
    refused(shardsim, expected)


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_scenario_is_told(what: str, write: Write, shardsim: Command) -> None:
    content, expected = FILES[what]
    write().write_bytes(content)
    refused(shardsim, expected)


@pytest.mark.parametrize("what", TRACES)
def test_a_faulty_trace_is_told_at_the_field_that_names_it(what: str, write: Write, shardsim: Command) -> None:
    content, expected = TRACES[what]
    path = write()
    path.write_text(path.read_text().replace(*TRACE))
    if content is not None:
        Path("t.csv").write_text(content)
    refused(shardsim, expected)


def test_all_faults_are_told_at_once_in_order_of_line(write: Write, shardsim: Command) -> None:
    path = write()
    text = path.read_text()
    for what in ("a missing unit", "shards: yes", "a wrong unit"):
        text = text.replace(*EDITS[what][:2])
    path.write_text(text)
    told = [line for line in shardsim("run", path).stderr.splitlines() if ": error: " in line]
    assert [line.split(":")[1] for line in told] == ["2", "5", "7"]
