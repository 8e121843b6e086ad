"""What to do after a run: which command tries changes, makes surer, or looks for less."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.study.advice import worst_mapping
from simulator.study.figures import Figures, values_of
from simulator.study.objectives import Assessment, stated, worst

AGES: Final = ("objectives.iterator_age_p99=5s", "objectives.records_lost=0")  # examples where a scenario states none
RECOVERY: Final = ("objectives.recovery_time=30m", "objectives.records_lost=0")  # where a mapping was behind
DRAIN: Final = "drain=10m"


def next_step(runs: Sequence[Figures], assessments: Sequence[Assessment]) -> list[str]:
    """The command and the options that it is to be given with the scenario; empty where none helps.

    advise, where something is missed: it tries changes; run, where the runs are too few or too short to tell; size,
    where all is met, by objectives that are examples if the scenario states none. Where every attempt fails, none
    mends that.
    """
    mappings = list(runs[0].values) if runs else []
    if not mappings or _nothing_works(runs):
        return []
    state = worst(each.state for each in assessments)
    if state == "met":
        return ["size", *([] if stated(assessments) else _sets(RECOVERY if _was_behind(runs) else AGES))]
    if state == "undecided":
        return ["run", *_surer(len(runs), [each for each in assessments if each.state == "undecided"])]
    return ["advise", *(["--mapping", worst_mapping(runs)] if len(mappings) > 1 else [])]


def _nothing_works(runs: Sequence[Figures]) -> bool:
    """Whether no mapping had anything to do, or every attempt failed."""
    counts = {name: _sum(runs, name) for name in ("attempts", "errors", "throttles", "records_unprocessed")}
    if counts["attempts"]:
        return counts["attempts"] == counts["errors"]
    return not (counts["throttles"] or counts["records_unprocessed"] or _sum(runs, "records_lost"))


def _sum(runs: Sequence[Figures], measure: str) -> float:
    return sum(value for mapping in runs[0].values for value in values_of(runs, mapping, measure) if value == value)


def _was_behind(runs: Sequence[Figures]) -> bool:
    return any(verdict == "backlogged" for run in runs for verdict in run.verdicts.values())


def _sets(texts: Sequence[str]) -> list[str]:
    return [word for text in texts for word in ("--set", text)]


def _surer(n: int, undecided: Sequence[Assessment]) -> list[str]:
    """What tells: time for the records that were left, more replications, or both."""
    left = _sets([DRAIN]) if any(each.at_least for each in undecided) else []
    short = [each for each in undecided if each.too_short or not each.at_least]
    return [*left, *(["-n", str(_enough(n, short))] if short else [])]


def _enough(n: int, undecided: Sequence[Assessment]) -> int:
    """Replications: as many as it takes batches for, or else twice as many as there are, at least five."""
    needed = [
        math.ceil(n * each.batches_needed / each.batches) for each in undecided if each.too_short and each.batches
    ]
    return max(5, *needed) if needed else max(5, 2 * n)
