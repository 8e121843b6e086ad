"""Faults of CSV files are told at the scenario's line, with the line of the CSV file."""

import pytest

from simulator.scenario.csvfiles import LARGEST_CSV

from .conftest import Told

TRACE = {"2000/s": "{trace: trace.csv}"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("time_s,records\n0,5\n60,6\n50,7\n", "trace.csv, line 4: 50 is not later than 60 of the row before"),
        ("time_s,records\n0,5\n0,6\n", "trace.csv, line 3: 0 is not later than 0 of the row before"),
        ("time_s,records\n0,5\n60,-6\n", "trace.csv, line 3: -6 is negative"),
        ("time_s,records\n0,5\n60,nan\n", "trace.csv, line 3: 'nan' is not a number"),
        ("time_s,records\n0,5\n60,1e999\n", "trace.csv, line 3: '1e999' is not a number"),
        ("time_s,records\n0,5\n60,1e16\n", "trace.csv, line 3: 1e16 is above 1e+15"),
        ("time_s,records\n0,5\n60,\n", "trace.csv, line 3: '' is not a number"),
        ("time_s,records\n0,5\n60\n", "trace.csv, line 3: has only 1 of 2 columns"),
        ("time_s,records\n0,5\n", "trace.csv, line 2: has 1 rows after the header; allowed: 2 or more"),
        ("time_s,records\n", "trace.csv, line 1: has 0 rows after the header; allowed: 2 or more"),
        ("", "trace.csv is empty"),
        ("time_s,record\n0,5\n60,6\n", "trace.csv has no column 'records'; did you mean 'record'?"),
        ("hour,hits\n0,5\n60,6\n", "trace.csv has no column 'time_s'; known: hour, hits"),
        (b"time_s,records\n0,\xff\n", "trace.csv, line 2: is not UTF-8 text"),
        (b"\0\1\2", "trace.csv is a binary file, not CSV"),
        ('time_s,records\n0,"5\n', "trace.csv, line 2: is not CSV: unexpected end of data"),
    ],
)
def test_a_faulty_trace_is_told_with_its_line(told: Told, content: str | bytes, expected: str) -> None:
    found = told(TRACE, {"trace.csv": content})
    assert all(fault.startswith("8: producers[0].rate.") for fault in found)
    assert any(fault.endswith(f": {expected}") for fault in found)


def test_what_is_wrong_with_both_columns_of_a_trace_is_told_once(told: Told) -> None:
    assert told(TRACE, {"trace.csv": "time_s,records\n"}) == [
        "8: producers[0].rate.trace: trace.csv, line 1: has 0 rows after the header; allowed: 2 or more"
    ]


def test_a_missing_trace_is_told_with_the_nearest_file(told: Told) -> None:
    (fault,) = told(TRACE, {"traces.csv": "x"})
    assert fault.startswith("8: producers[0].rate.trace: ")
    assert fault.endswith("cannot be read: No such file or directory; did you mean 'traces.csv'?")


def test_a_huge_trace_is_refused(told: Told) -> None:
    (fault,) = told(TRACE, {"trace.csv": b" " * (LARGEST_CSV + 1)})
    assert "trace.csv is larger than 64 MiB" in fault


def test_a_misspelled_column_is_told_at_the_field_that_names_it(told: Told) -> None:
    changes = {"2000/s": "{trace: trace.csv, column: hit}"}
    assert told(changes, {"trace.csv": "time_s,hits\n0,1\n1,1\n"}) == [
        "8: producers[0].rate.column: trace.csv has no column 'hit'; did you mean 'hits'?"
    ]


def test_a_trace_with_a_byte_order_mark_blank_lines_and_quotes_is_read(told: Told) -> None:
    assert told(TRACE, {"trace.csv": '\ufefftime_s,records\r\n\r\n0,"5"\r\n60, 6 \r\n'}) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("key,weight\na,0\nb,0\n", "keys.csv, lines 2 to 3: the weights are all 0"),
        ("key,weight\na,1\nb,-1\n", "keys.csv, line 3: -1 is negative"),
        ("key,weight\n,1\n", "keys.csv, line 2: a partition key has 1 to 256 characters, not 0"),
        (f"key,weight\n{'a' * 257},1\n", "keys.csv, line 2: a partition key has 1 to 256 characters, not 257"),
    ],
)
def test_faulty_weights_are_told_with_their_line(told: Told, content: str, expected: str) -> None:
    changes = {"2000/s": "2000/s\n    partition_keys: {weights: keys.csv}"}
    assert told(changes, {"keys.csv": content}) == [f"9: producers[0].partition_keys.weights: {expected}"]


def test_faulty_empirical_values_are_told_with_their_line(told: Told) -> None:
    changes = {"20ms": "{empirical: {file: d.csv, column: s}}"}
    assert told(changes, {"d.csv": "s\n0.1\nfast\n"}) == [
        "11: functions.enrich.duration.per_batch.empirical.file: d.csv, line 3: 'fast' is not a number"
    ]
