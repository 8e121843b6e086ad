"""Faults of CSV files are told at the scenario's line, with the line of the CSV file."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from simulator.scenario import csvblocks, csvfiles
from simulator.scenario.csvfiles import LARGEST_CSV
from simulator.scenario.loading import examine_text

from .conftest import VALID, Told

TRACE = {"2000/s": "{trace: trace.csv}"}
KEYS = "1/s\n    partition_keys: {weights: t.csv, key_column: time_s, weight_column: records}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "time_s,records\n0,5\n60,6\n50,7\n",
            "trace.csv, line 4, column 'time_s': 50 is not later than 60 of the row before",
        ),
        ("time_s,records\n0,5\n0,6\n", "trace.csv, line 3, column 'time_s': 0 is not later than 0 of the row before"),
        ("time_s,records\n0,5\n60,-6\n", "trace.csv, line 3, column 'records': -6 is negative"),
        ("time_s,records\n0,5\n60,nan\n", "trace.csv, line 3, column 'records': 'nan' is not a number"),
        ("time_s,records\n0,5\n60,1e999\n", "trace.csv, line 3, column 'records': '1e999' is not a number"),
        ("time_s,records\n0,5\n60,1e16\n", "trace.csv, line 3, column 'records': 1e16 is beyond 1e+15"),
        ("time_s,records\n0,5\n60,\n", "trace.csv, line 3, column 'records': '' is not a number"),
        ("time_s,records\n0,5\n60\n", "trace.csv, line 3 has only 1 of 2 columns"),
        ("time_s,records\n0,5\n", "trace.csv has 1 rows after the header; allowed: 2 or more"),
        ("time_s,records\n", "trace.csv has 0 rows after the header; allowed: 2 or more"),
        ("", "trace.csv is empty"),
        ("time_s,record\n0,5\n60,6\n", "trace.csv has no column 'records' in its first line; did you mean 'record'?"),
        ("hour,hits\n0,5\n60,6\n", "trace.csv has no column 'time_s' in its first line"),
        (b"time_s,records\n0,\xff\n", "trace.csv, line 2 is not UTF-8 text"),
        (b"\0\1\2", "trace.csv is a binary file, not CSV"),
        (b"time_s,records\n0,\0\xff\n", "trace.csv is a binary file, not CSV"),
        (b"time_s,records\n0,\xff\0\n", "trace.csv, line 2 is not UTF-8 text"),
        ('time_s,records\n0,"5\n', "trace.csv, line 2 is not CSV: its quotes are not closed"),
    ],
)
def test_a_faulty_trace_is_told_with_its_line(told: Told, content: str | bytes, expected: str) -> None:
    found = told(TRACE, {"trace.csv": content})
    assert all(fault.startswith("8: producers[0].rate.") for fault in found)
    assert any(fault.endswith(f": {expected}") for fault in found)


def test_what_is_wrong_with_both_columns_of_a_trace_is_told_once(told: Told) -> None:
    assert told(TRACE, {"trace.csv": "time_s,records\n"}) == [
        "8: producers[0].rate.trace: trace.csv has 0 rows after the header; allowed: 2 or more"
    ]


def test_a_missing_trace_is_told_with_the_nearest_file(told: Told) -> None:
    (fault,) = told(TRACE, {"traces.csv": "x"})
    assert fault.startswith("8: producers[0].rate.trace: ")
    assert fault.endswith("cannot be read: No such file or directory; did you mean 'traces.csv'?")


def test_a_huge_trace_is_refused(told: Told) -> None:
    (fault,) = told(TRACE, {"trace.csv": b" " * (LARGEST_CSV + 1)})
    assert "trace.csv has 64.0 MiB; allowed: 64 MiB" in fault


def test_a_misspelled_column_is_told_at_the_field_that_names_it(told: Told) -> None:
    changes = {"2000/s": "{trace: trace.csv, column: hit}"}
    assert told(changes, {"trace.csv": "time_s,hits\n0,1\n1,1\n"}) == [
        "8: producers[0].rate.column: trace.csv has no column 'hit' in its first line; did you mean 'hits'?"
    ]


def test_a_trace_with_a_byte_order_mark_blank_lines_and_quotes_is_read(told: Told) -> None:
    assert told(TRACE, {"trace.csv": '\ufefftime_s,records\r\n\r\n0,"5"\r\n60, 6 \r\n'}) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("key,weight\na,0\nb,0\n", "keys.csv has only weights of 0; allowed: at least one above 0"),
        ("key,weight\na,1\nb,-1\n", "keys.csv, line 3, column 'weight': -1 is negative"),
        ("key,weight\n,1\n", "keys.csv, line 2, column 'key': a partition key has 1 to 256 characters, not 0"),
        (
            f"key,weight\n{'a' * 257},1\n",
            "keys.csv, line 2, column 'key': a partition key has 1 to 256 characters, not 257",
        ),
    ],
)
def test_faulty_weights_are_told_with_their_line(told: Told, content: str, expected: str) -> None:
    changes = {"2000/s": "2000/s\n    partition_keys: {weights: keys.csv}"}
    assert told(changes, {"keys.csv": content}) == [f"9: producers[0].partition_keys.weights: {expected}"]


def test_faulty_empirical_values_are_told_with_their_line(told: Told) -> None:
    changes = {"20ms": "{empirical: {file: d.csv, column: s}}"}
    assert told(changes, {"d.csv": "s\n0.1\nfast\n"}) == [
        "11: functions.enrich.duration.per_batch.empirical.file: d.csv, line 3, column 's': 'fast' is not a number"
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_lines_of_a_file_may_end_in_any_way(told: Told, end: str) -> None:
    content = end.join(["time_s,records", *(f"{i},{i}" for i in range(50)), "50,x", ""])
    assert told(TRACE, {"trace.csv": content}) == [
        "8: producers[0].rate.trace: trace.csv, line 52, column 'records': 'x' is not a number"
    ]


def test_a_file_with_too_many_rows_is_refused_with_the_figure(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfiles, "MOST_ROWS", 3)
    content = "time_s,records\n" + "".join(f"{i},1\n" for i in range(4))
    (fault,) = told(TRACE, {"trace.csv": content})
    assert fault.endswith("trace.csv has more than 3 rows; give longer intervals, with more records each")


@pytest.mark.parametrize("content", ["x" * (3 * 2**20), "s\n" + '"' + '","\n' * 2**19, "s\n1" + "," * (3 * 2**20)])
def test_a_row_without_end_is_refused_before_it_is_kept(told: Told, content: str) -> None:
    (fault,) = told({"20ms": "{empirical: {file: d.csv, column: s}}"}, {"d.csv": content})
    assert "is longer than 1 MiB" in fault or "is not CSV" in fault


def test_quotes_may_be_around_commas_quotes_and_ends_of_lines(told: Told) -> None:
    content = 'note,s\n"a\nb, ""c""",0.1\n5" pipe,0.2\n,x\n'
    assert told({"20ms": "{empirical: {file: d.csv, column: s}}"}, {"d.csv": content}) == [
        "11: functions.enrich.duration.per_batch.empirical.file: d.csv, line 5, column 's': 'x' is not a number"
    ]


def test_an_empty_key_is_told_though_the_line_end_in_another_makes_up_for_its_row(told: Told) -> None:
    changes = {"2000/s": "2000/s\n    partition_keys: {weights: keys.csv}"}
    (fault,) = told(changes, {"keys.csv": 'key,weight\n,1\n"x\ny",1\n'})
    assert fault.endswith("keys.csv, line 2, column 'key': a partition key has 1 to 256 characters, not 0")


CELLS = [
    "0",
    "1",
    "2.5",
    "-3",
    " 4 ",
    "1e3",
    "+5",
    ".5",
    "1.",
    "1e400",
    "nan",
    "inf",
    "1_0",
    "0x1",
    "",
    " ",
    "a",
    "\u0661",
    "\xa05",
    "1 2",
]
QUOTED = ['"6"', '"a, b"', '"x\ny"', '"say ""hi"""', '""']


def table(rng: Random) -> str:
    """A CSV file of all kinds of cells, most of them plain."""
    width, end = rng.randint(1, 3), rng.choice(["\n", "\r\n", "\r"])
    kinds = (
        [["1", "2", "3", "7.25"]] * rng.choice([1, 5, 50]) + [CELLS] * rng.randint(0, 1) + [QUOTED] * rng.randint(0, 1)
    )
    lines = [",".join(["time_s", "records", "key"][:width])]
    for i in range(rng.randint(0, 60)):
        cells = [rng.choice(rng.choice(kinds)) for _ in range(rng.choice([width] * 30 + [0, 1, 4]))]
        lines.append(",".join([str(i), *cells[1:]] if rng.random() < 0.8 else cells))
    return end.join(lines) + rng.choice(["", end])


@pytest.mark.parametrize("seed", range(150))
def test_a_file_in_blocks_is_read_as_in_one(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one it is read cell by cell, in blocks a column at once where that may be."""
    rng = Random(seed)
    (tmp_path / "t.csv").write_text(table(rng), newline="")
    for of in ("trace", "weights", "values"):
        whole = read(of, tmp_path)
        monkeypatch.setattr(csvblocks, "BLOCK", rng.choice([7, 40, 100]))
        assert read(of, tmp_path) == whole
        monkeypatch.undo()


def read(of: str, folder: Path) -> list[str]:
    """What is in the file, or what is told of it."""
    text = {
        "trace": VALID.replace("2000/s", "{trace: t.csv}"),
        "weights": VALID.replace("2000/s", "1/s\n    partition_keys: {weights: t.csv, weight_column: records}"),
        "values": VALID.replace("20ms", "{empirical: {file: t.csv, column: records}}"),
    }[of]
    scenario, faults = examine_text(text, folder / "x.yaml")
    if scenario is None:
        return [str(fault) for fault in faults]
    rate, keys = scenario.producers[0].rate, scenario.producers[0].partition_keys
    work = scenario.functions["enrich"].duration.per_batch
    found = {
        "trace": (rate, ("time_s", "records")),
        "weights": (keys, ("keys", "weight")),
        "values": (work, ("values",)),
    }
    return [repr(list(getattr(found[of][0], name))) for name in found[of][1]]


ROWS: dict[str, Callable[[int], str]] = {
    "a trace": lambda i: f"{i},1\n",
    "quotes": lambda i: f'"{i}","1"\r\n',
    "short keys": lambda i: f"{i % 7},1\n",
    "many columns": lambda i: f"{i},{'1,' * 500}\n",
}
MEASURED = """
import resource, sys
from pathlib import Path
from simulator.scenario.loading import check
import numpy
numpy.loadtxt, numpy.strings
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert check(Path(sys.argv[1])) == []
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in another way")
@pytest.mark.parametrize("rows", ROWS)
def test_reading_takes_less_than_8_times_the_files_size(rows: str, tmp_path: Path) -> None:
    size, text = 0, ["time_s,records\n"]
    while size < 6 * 2**20:
        text.append(ROWS[rows](len(text)))
        size += len(text[-1])
    (tmp_path / "t.csv").write_text("".join(text), newline="")
    path = tmp_path / "x.yaml"
    path.write_text(VALID.replace("2000/s", KEYS if "keys" in rows else "{trace: t.csv}"))
    done = subprocess.run([sys.executable, "-c", MEASURED, str(path)], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 8 * size
