"""How many shards of a stream are open, from what shards.csv says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def open_shards(shards: pd.DataFrame) -> tuple[Floats, Floats]:
    """When their number changes, in seconds from t = 0 on, and how many are open from each time on.

    `shards`: rows with stream, shard, opened_at_s and closed_at_s; a shard may have one for each mapping.
    """
    each = shards.drop_duplicates(["stream", "shard"])
    opens, closes = each["opened_at_s"].clip(lower=0).to_numpy(float), each["closed_at_s"].dropna().to_numpy(float)
    times_s, which = np.unique(np.concatenate((opens, closes)), return_inverse=True)
    by = np.bincount(which, np.repeat((1.0, -1.0), (len(opens), len(closes))))
    return times_s, by.cumsum()
