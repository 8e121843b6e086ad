"""Which record is the oldest that has not ended, and when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.traffic.log import Integers


class Reigns(NamedTuple):
    """Stretches of time on an axis, in order and apart: from `begins` to `ends`, `which` is the oldest record."""

    which: Integers
    begins: Integers
    ends: Integers


def reigns(begins: Integers, ends: Integers) -> Reigns:
    """The stretches in which each record is the oldest, of records in order of age that are there from begin to end.

    A record is the oldest from the greatest end of those before it, or its own begin if that is later, until its end.
    """
    before = np.maximum.accumulate(ends)
    before = np.concatenate((begins[:1], before[:-1]))
    since = np.maximum(before, begins)
    which = np.flatnonzero(ends > since)
    return Reigns(which, since[which], ends[which])
