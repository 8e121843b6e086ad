"""Episodes as several runs have them: in how many each held, and how far it went."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from simulator.measures.episodes import Episode
from simulator.study.figures import Figures


@dataclass(frozen=True)
class Common:
    """The episodes of runs that belong together: those of one event, or that overlap in time.

    Of a run that has several of them, all together. Times are in seconds; NaN: never, or not before the runs ended.
    """

    mapping: str
    event: str
    runs: int  # that have it
    of: int
    not_over: int  # runs that ended in it
    start_s: float  # the median of the runs that have it
    end_s: float  # likewise
    cause: str  # of most runs
    cause_runs: int
    peak_lag_s: float  # of all runs
    peak_lag_mean_s: float
    recovery_time_s: float  # the mean of the runs in which it was over
    records_delayed: float  # these are means
    records_done_again: float
    records_lost: float
    records_sent_to_destination: float

    @property
    def share(self) -> str:
        """Such as `in 7 of 10 runs`; nothing for a single run."""
        return f"in {self.runs} of {self.of} runs" if self.of > 1 else ""


def common(runs: Sequence[Figures], mapping: str) -> list[Common]:
    """The episodes of a mapping in all runs, in order of time; of a single run each by itself."""
    if len(runs) == 1:
        return [_common([(runs[0].replication, each)], 1) for each in runs[0].episodes.get(mapping, ())]
    found = [(run.replication, each) for run in runs for each in run.episodes.get(mapping, ())]
    events = dict.fromkeys(each.event for _, each in found)
    groups = (group for event in events for group in _groups([pair for pair in found if pair[1].event == event]))
    return sorted((_common(group, len(runs)) for group in groups), key=lambda each: each.start_s)


Pairs = list[tuple[int, Episode]]  # each with the number of its run


def _groups(found: Pairs) -> Iterator[Pairs]:
    """Episodes of one event are one; those of none are if they overlap."""
    group: Pairs = []
    until_s = -math.inf
    for number, each in sorted(found, key=lambda pair: (pair[1].start_s, pair[0])):
        if group and not each.event and each.start_s > until_s:
            yield group
            group, until_s = [], -math.inf
        group.append((number, each))
        until_s = max(until_s, math.inf if math.isnan(each.end_s) else each.end_s)
    if group:
        yield group


def _common(group: Pairs, n: int) -> Common:
    by_run: dict[int, list[Episode]] = {}
    for number, each in group:
        by_run.setdefault(number, []).append(each)
    of_runs = list(by_run.values())
    cause, cause_runs = Counter(max(some, key=lambda e: e.peak_lag_s).cause for some in of_runs).most_common(1)[0]
    over = [max(e.recovery_time_s for e in some) for some in of_runs if not any(math.isnan(e.end_s) for e in some)]
    peaks = [max(e.peak_lag_s for e in some) for some in of_runs]
    end_s = median(max(math.inf if math.isnan(e.end_s) else e.end_s for e in some) for some in of_runs)

    def mean(count: str) -> float:
        return fmean(sum(getattr(e, f"records_{count}") for e in some) for some in of_runs)

    return Common(
        mapping=group[0][1].mapping,
        event=group[0][1].event,
        runs=len(of_runs),
        of=n,
        not_over=len(of_runs) - len(over),
        start_s=median(min(e.start_s for e in some) for some in of_runs),
        end_s=end_s if math.isfinite(end_s) else math.nan,
        cause=cause,
        cause_runs=cause_runs,
        peak_lag_s=max(peaks),
        peak_lag_mean_s=fmean(peaks),
        recovery_time_s=fmean(over) if over else math.nan,
        records_delayed=mean("delayed"),
        records_done_again=mean("done_again"),
        records_lost=mean("lost"),
        records_sent_to_destination=mean("sent_to_destination"),
    )
