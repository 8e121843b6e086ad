"""Tables as CSV files, the same bytes each time."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DECIMALS: Final = 6  # of seconds: a microsecond


def rounded(table: pd.DataFrame, decimals: int = DECIMALS) -> pd.DataFrame:
    """The table as a file would give it back."""
    floats = table.select_dtypes("float").columns
    return table.assign(**{name: np.round(table[name].to_numpy(), decimals) + 0.0 for name in floats})


def write_csv(table: pd.DataFrame, path: Path, decimals: int = DECIMALS) -> None:
    """Write a table: no needless digits, NaN as nothing, lines end with a line feed."""
    columns = [_cells(table[name].to_numpy(), decimals) for name in table.columns]
    lines = [",".join(map(_quoted, table.columns)), *map(",".join, zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _cells(values: np.ndarray[Any, Any], decimals: int) -> list[str]:
    if values.dtype.kind == "f":
        return [_decimal(value, decimals) for value in values.tolist()]
    if values.dtype.kind in "iu":
        return [str(value) for value in values.tolist()]
    return [_quoted(str(value)) for value in values.tolist()]


def _decimal(value: float, decimals: int) -> str:
    if value != value:  # NaN
        return ""
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _quoted(text: str) -> str:
    if not any(letter in text for letter in ',"\r\n'):
        return text
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text])
    return line.getvalue()
