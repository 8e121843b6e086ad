"""The objectives of a scenario: which are met, by what the runs of a result say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.report.numbers import UNKNOWN, count, endless, estimate, percent, teller, unit_of
from simulator.report.page.view import SIGNS, Row, Section, Table, Tone, plural
from simulator.report.page.words import told
from simulator.study.objectives import KEEPS_UP, MEASURES, Assessment, State

TONES: Final[dict[State, Tone]] = {"met": "good", "undecided": "unsure", "missed": "bad"}


def bound_text(assessment: Assessment) -> str:
    """At most what."""
    if assessment.objective == KEEPS_UP:
        return "yes"
    return f"at most {teller(unit_of(MEASURES[assessment.objective]))(assessment.bound)}"


def seen_text(assessment: Assessment) -> str:
    """What the runs say of it."""
    if not assessment.seen.n:
        return UNKNOWN
    if assessment.objective == KEEPS_UP:
        return f"not in {assessment.above} of {plural(assessment.seen.n, 'run')}" if assessment.above else "yes"
    if math.isinf(assessment.seen.mean):
        return endless(assessment.objective)
    return "> " * assessment.at_least + estimate(assessment.seen, unit_of(MEASURES[assessment.objective]))


def _named(each: Assessment) -> str:
    return told(each.objective) if each.load == 1 else f"{told(each.objective)} at {each.load:g} times the traffic"


def _chance(each: Assessment) -> str:
    low, high = each.chance
    return f"{each.met} of {plural(each.seen.n, 'run')} ({percent(low)} to {percent(high)})"


def objectives(assessments: Sequence[Assessment]) -> Section | None:
    """Each objective, what is seen, and the verdict."""
    if not assessments:
        return None
    several = len({each.mapping for each in assessments if each.mapping}) > 1
    runs = max(each.seen.n for each in assessments) > 1
    rows = tuple(
        Row(
            (
                _named(each),
                *((each.mapping or "all",) if several else ()),
                bound_text(each),
                seen_text(each),
                *((_chance(each),) if runs else ()),
                f"{SIGNS[TONES[each.state]]} {each.state}",
            )
        )
        for each in assessments
    )
    heads = (
        "objective",
        *(("mapping",) if several else ()),
        "bound",
        "seen",
        *(("met in (95% interval)",) if runs else ()),
        "verdict",
    )
    caption = "Of this run alone: only replications say whether it was chance"
    if runs:
        caption = (
            "Met or missed when the 95% interval of what is seen lies on one side of the bound, else undecided; "
            "a percentile is that of all runs together, all else a mean"
        )
    if few := [each for each in assessments if each.too_short]:
        most = max(few, key=lambda each: each.batches_needed)
        caption += f". {plural(most.batches, 'batch', 'batches')} are too few to be sure of a percentile of "
        caption += f"{most.mapping}: it takes {count(most.batches_needed)}"
    table = Table(caption, heads, rows, frozenset({1, len(heads) - 1} if several else {len(heads) - 1}))
    return Section("objectives", "Objectives", (table,))
