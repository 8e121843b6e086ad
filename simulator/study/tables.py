"""Tables of studies, as pandas DataFrames; pandas is imported where a table is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def table(rows: Iterable[dict[str, Any]], head: Sequence[str]) -> pd.DataFrame:
    """The rows as a table that has a head even without any; more columns may follow those of the head."""
    import pandas as pd

    found = list(rows)
    return pd.DataFrame(found) if found else pd.DataFrame(columns=list(head))
