"""CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simulator.reading.files import UnreadableError
from simulator.reading.scalars import Number, Text, Whole, Word
from simulator.reading.tables import Columns, read_table
from simulator.report.csvfiles import write_csv

COLUMNS = Columns(
    {"mapping": Text(), "n": Whole(), "x_s": Number(unknown=True, endless=True)},
    {"word": Word("a", "b")},
    before="mapping",
)


def read(written: str | bytes, tmp_path: Path, columns: Columns = COLUMNS) -> pd.DataFrame:
    file = tmp_path / "t.csv"
    file.write_bytes(written if isinstance(written, bytes) else written.encode())
    return read_table(file, columns)


def test_names_stay_texts_and_numbers_are_those_that_their_digits_say(tmp_path: Path) -> None:
    table = read("shards,mapping,n,x_s\n007,001,3,0.1\n8,NA,4,\n8,null,5,inf\n", tmp_path)
    assert table["shards"].tolist() == ["007", "8", "8"]
    assert table["mapping"].tolist() == ["001", "NA", "null"]
    assert table["n"].tolist() == [3, 4, 5]
    assert table["x_s"].tolist()[::2] == [0.1, float("inf")]
    assert table["x_s"].isna().tolist() == [False, True, False]


def test_columns_that_are_not_asked_for_are_left_alone(tmp_path: Path) -> None:
    table = read("mapping,n,x_s,new,new\na,1,2,?,?\n", tmp_path)
    assert list(table.columns) == ["mapping", "n", "x_s"]


def test_a_needed_column_is_what_it_is_wherever_it_stands(tmp_path: Path) -> None:
    assert read("n,,x_s,mapping\n1,?,2,a\n", tmp_path)["n"].tolist() == [1]
    with pytest.raises(UnreadableError, match="line 2: n: 'x' is given"):
        read("n,mapping,x_s\nx,a,2\n", tmp_path)


def test_a_table_without_columns_or_rows_is_empty_and_has_the_needed_columns(tmp_path: Path) -> None:
    write_csv(pd.DataFrame(), tmp_path / "t.csv")
    for table in (read_table(tmp_path / "t.csv", COLUMNS), read("mapping,n,x_s\n", tmp_path)):
        assert table.empty
        assert list(table.columns) == ["mapping", "n", "x_s"]
        assert table["n"].sum() == 0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "is empty"),
        ("mapping,n\na,1\n", "has no column x_s"),
        ("mapping,n,x_s,n\na,1,2,1\n", "has two columns n"),
        ("mapping,n,x_s\na,1,2", "its last line is cut short"),
        ("mapping,n,x_s\na,1,2\na,1\n", "line 3: has 2 cells, and the first line has 3"),
        ("mapping,n,x_s\na,1,2\n\n", "line 3: has 0 cells, and the first line has 3"),
        ("\n\n", "line 2: has 0 cells, and the first line has 3"),
        ("mapping,n,x_s\na,1.5,2\n", "line 2: n: '1.5' is given; allowed: a whole number from 0"),
        (f"mapping,n,x_s\na,{2**63},2\n", f"line 2: n: '{2**63}' is given; allowed: a whole number from 0"),
        ("mapping,n,x_s\na,²,2\n", "line 2: n: '²' is given; allowed: a whole number from 0"),
        ("mapping,n,x_s\na,1,x\n", "line 2: x_s: 'x' is given; allowed: a number, or nothing, or inf"),
        ("mapping,n,x_s,word\na,1,2,c\n", "line 2: word: 'c' is given; allowed: a or b"),
        ('mapping,n,x_s\n"a,1,2\n', "line 2: is not CSV: unexpected end of data"),
        (f"mapping,n,x_s\n{'a' * 200_000},1,2\n", "line 2: is not CSV: field larger than field limit (131072)"),
        (b"mapping,n,x_s\n\xff,1,2\n", "after line 0: is not UTF-8 text"),
    ],
)
def test_a_table_that_is_none_is_one_line(written: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(written, tmp_path)
    assert str(caught.value) == f"{tmp_path / 't.csv'}: {said}"
