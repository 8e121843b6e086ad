"""How long records wait between times: integrals of counting functions, exact.

The integral of n(t), such as 'accepted by t', is a difference of n(t) * t - (the sum of the n first times).
"""

from __future__ import annotations

import numpy as np

from simulator.measures.exact import carried, pairs
from simulator.traffic.log import Integers


def integrals(columns: list[Integers], starts: Integers, edges: Integers, since_ns: Integers) -> Integers:
    """What records wait between one edge of an axis and the next, by class: those past one column, not past the next.

    `columns`: places of records on the axis (see lanes), in order of lane; `starts`: their lanes' beginnings; `edges`:
    ascending; `since_ns`: how far each is from its lane's beginning. An array of shape (edges - 1, columns - 1, 2), see
    exact.pairs. Between the last edge of a lane and the first one of the next it means nothing.
    """
    upto = [_upto(column, starts, edges, since_ns) for column in columns]
    areas = np.stack([sums[1:] - sums[:-1] for sums in upto], axis=1)
    return carried(areas[:, :-1] - areas[:, 1:])


def _upto(places: Integers, starts: Integers, edges: Integers, since_ns: Integers) -> Integers:
    """The integral of how many places are passed, up to each edge from somewhere on."""
    at = np.sort(places, kind="stable")
    before = np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(pairs(at - starts), axis=0)))
    passed = np.searchsorted(at, edges, "right")
    return passed[:, None] * pairs(since_ns) - before[passed]
