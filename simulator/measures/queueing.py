"""How long each record queued while its lane was busy with earlier batches (docs/model.md, section 8).

With B(t) the lane's busy time up to t, a record accepted at a, whose batch was cut at c, queued for B(c) - B(a). B is
piecewise linear, so B(a) of a whole window's records, of all lanes, is one interpolation.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.model.log import Table
from simulator.model.mapping import Mapping
from simulator.model.portions import portions

Floats = NDArray[np.float64]


def busy_so_far(mapping: Mapping, now: float) -> Floats:
    """The busy time up to now of each lane of a mapping."""
    busy_s = np.zeros(mapping.shards * mapping.lanes_a_shard)
    lanes = mapping.lanes.values()
    busy_s[list(mapping.lanes)] = [lane.busy_s if lane.cut_s < 0 else lane.busy_s + now - lane.cut_s for lane in lanes]
    return busy_s


def busy_edges(mapping: Mapping, begin_s: float) -> Floats:
    """A row (lane, time, busy time) for each cut and end of a batch since `begin_s`; those of a lane in order."""
    over = np.fromiter(mapping.batches, np.float64, len(mapping.batches)).reshape(-1, 4)
    lane, cut, end, busy = over.T
    running = [(n, each.cut_s, each.busy_s) for n, each in mapping.lanes.items() if each.cut_s >= 0]
    both = np.column_stack((lane, cut, busy, lane, end, busy + (end - cut))).reshape(-1, 3)
    edges = np.concatenate((both, np.array(running, np.float64).reshape(-1, 3)))
    return edges[edges[:, 1] >= begin_s]


def busy_at_acceptance(
    table: Table, edges: Floats, begin_s: float, before: Floats, end_s: float, after: Floats
) -> Floats | None:
    """For each record of a window's table its lane's busy time up to its acceptance; None: no lane had been busy.

    `edges` are those of the window (see busy_edges); `before` and `after` are the lanes' busy times at its beginning
    and its end.
    """
    if not after.any():
        return None
    records = np.diff(table.starts)
    lanes = np.flatnonzero(records)
    lane = np.concatenate((lanes, edges[:, 0].astype(np.int64), lanes))
    time = np.concatenate((np.full(len(lanes), begin_s), edges[:, 1], np.full(len(lanes), end_s)))
    busy = np.concatenate((before[lanes], edges[:, 2], after[lanes]))
    order = np.argsort(lane.astype(np.uint16) if len(before) < 1 << 16 else lane, kind="stable")
    stride = 2.0 ** np.ceil(np.log2(end_s - begin_s + 1))  # the lanes one after the other on one axis
    times, busy = (time - begin_s)[order] + lane[order] * stride, busy[order]
    lane_begins = np.repeat(lanes * stride, records[lanes])
    busy_then = np.empty(len(table))
    for some in portions(len(table)):
        busy_then[some] = np.interp(table.accepted_s[some] - begin_s + lane_begins[some], times, busy)
    return busy_then
