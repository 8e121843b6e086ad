"""Tables as CSV files, the same bytes each time, and read back as the same numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DECIMALS: Final = 6  # of seconds: a microsecond
SMALL: Final = 1e-3  # a number below this has not four digits in six decimals
FINEST: Final = 12  # decimals: what is less is an error of rounding
# a mapping may be called 001, or NA
TEXTS: Final = ("mapping", "stream", "measure", "statistic", "kind", "item", "resource", "unit", "verdict", "word")


def decimals_of(interval_s: float) -> int:
    """The decimals that times need in which this interval makes a difference: a microsecond's, or as many as it has."""
    exponent = Decimal(f"{interval_s:.9g}").normalize().as_tuple().exponent
    return min(max(DECIMALS, -int(exponent)), FINEST)


def rounded(table: pd.DataFrame, decimals: int = DECIMALS) -> pd.DataFrame:
    """The table with so many decimals: as a file gives it back."""
    floats = table.select_dtypes("float").columns
    return table.assign(**{name: np.round(table[name].to_numpy(), decimals) + 0.0 for name in floats})


def told(table: pd.DataFrame) -> pd.DataFrame:
    """The table with six decimals, but of small numbers four digits: a result of a study, whatever its size."""
    floats = table.select_dtypes("float").columns
    return table.assign(**{name: [_told(value) for value in table[name].tolist()] for name in floats})


def _told(value: float) -> float:
    return round(float(f"{value:.4g}"), FINEST) if abs(value) < SMALL else round(value, DECIMALS)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table: no needless digits, NaN as nothing, lines end with a line feed."""
    columns = [_cells(table[name].to_numpy()) for name in table.columns]
    lines = [",".join(map(_quoted, table.columns)), *map(",".join, zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that write_csv has written."""
    import pandas as pd

    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    columns = zip(*rows, strict=True) if rows else [()] * len(heading)
    return pd.DataFrame({name: _values(name, cells) for name, cells in zip(heading, columns, strict=True)})


def _values(name: str, cells: Sequence[str]) -> Any:
    """A column's whole numbers, else its numbers, exactly those that their digits say; else its texts."""
    if name in TEXTS:
        return list(cells)
    for numbers in (_whole_numbers, _numbers):
        with suppress(ValueError):
            return numbers(cells)
    return list(cells)


def _whole_numbers(cells: Sequence[str]) -> np.ndarray[Any, Any]:
    return np.array([int(cell) for cell in cells], np.int64)


def _numbers(cells: Sequence[str]) -> np.ndarray[Any, Any]:
    return np.array([float(cell or "nan") for cell in cells])


def _cells(values: np.ndarray[Any, Any]) -> list[str]:
    if values.dtype.kind == "f":
        return ["" if value != value else _decimal(value) for value in values.tolist()]
    if values.dtype.kind in "iu":
        return [str(value) for value in values.tolist()]
    return [_quoted(str(value)) for value in values.tolist()]


def _decimal(value: float) -> str:
    """As few digits as tell it from every other number, and no exponent."""
    return np.format_float_positional(value + 0.0, trim="-")


def _quoted(text: str) -> str:
    if not any(letter in text for letter in ',"\r\n'):
        return text
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text])
    return line.getvalue()
