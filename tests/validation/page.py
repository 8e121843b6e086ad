"""The verdicts as a page of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from tests.validation.judging import FAIL, FALSE_ALARM, PASS, SHOWN, TOO_WIDE, WIDEST, Verdict, most_outside
from tests.validation.studies import Chapter, Expected

TITLE = """# Validation

Made by `make validate`, which fails when a row of it does. Every row can be run again: all seeds are fixed. A faster
part of it is among the tests (`make test`). Which mistakes the tests notice: [mutants.md](mutants.md).

Assumptions that AWS does not document, and what they do, are in section 13 of [model.md](model.md).

**How to read it.** *Simulated* is a mean over replications with its 95 % interval; a row without one has no
randomness. *Tolerances* come from that interval: a row passes when the expected value (or range) is within the
interval that is wide enough for all rows together, so that a right program fails on this page with a probability of
{alarm:.0%} at most (Bonferroni). An interval wider than {widest:.0%} of the value would prove nothing, and is a failure
too. What a figure's own grid or rounding may add is stated in the row.
"""

BEGIN, END = "<!-- made by make validate -->\n", "<!-- end of what is made by make validate -->\n"
MOST_DIGITS: Final = 9  # what is less is an error of rounding


def page(chapters: Sequence[tuple[Chapter, Sequence[Verdict]]], parts: Sequence[str]) -> str:
    """The whole page: a summary, a table for each chapter, and further parts."""
    verdicts = [verdict for _, of_chapter in chapters for verdict in of_chapter]
    head = TITLE.format(alarm=FALSE_ALARM, widest=WIDEST)
    return "\n".join([head, summary(verdicts), *(chapter(*each) for each in chapters), *parts])


def inserted(text: str, part: str) -> str:
    """A page with a part made anew, which stands between two marks. Raises ValueError when they are not there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no place for a part of the page: {BEGIN.strip()} and {END.strip()} must stand in it")
    return before + begin + part + end + after


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many rows there are of each verdict, and whether as many miss their 95 % interval as should."""
    by = {name: sum(v.verdict == name for v in verdicts) for name in (PASS, FAIL, TOO_WIDE, SHOWN)}
    counted = [v for v in verdicts if v.counts]
    outside = sum(not v.within_its_interval for v in counted)
    return (
        f"**{by[PASS]} rows pass**, {by[FAIL]} fail, {by[TOO_WIDE]} are too wide to tell; {by[SHOWN]} are shown "
        f"without an expected value. Of {len(counted)} values with a 95 % interval and no other tolerance, "
        f"{outside} lie outside of it; about {0.05 * len(counted):.0f} should, more than "
        f"{most_outside(len(counted))} would be a failure.\n"
    )


def failures(verdicts: Sequence[Verdict]) -> list[str]:
    """What is wrong, in words; nothing if all is well."""
    wrong = [f"{v.expected.case}: {v.verdict}: {simulated(v)}, expected {expected(v.expected)}" for v in verdicts]
    wrong = [line for line, v in zip(wrong, verdicts, strict=True) if v.verdict in (FAIL, TOO_WIDE)]
    counted = [v for v in verdicts if v.counts]
    outside = sum(not v.within_its_interval for v in counted)
    if outside > most_outside(len(counted)):
        wrong.append(f"{outside} of {len(counted)} expected values lie outside of their 95 % intervals")
    return wrong


def chapter(of: Chapter, verdicts: Sequence[Verdict]) -> str:
    """A heading, a text and a table."""
    return "\n".join([f"## {of.title}", "", of.text, "", *_table(verdicts), ""])


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| case | set-up | expected | source | simulated | verdict |"
    yield "|---|---|---:|---|---:|---|"
    for v in verdicts:
        runs = f"; {v.study.replications} replications" if v.study.replications > 1 else ""
        cells = (
            v.expected.case,
            v.study.setup + runs,
            expected(v.expected),
            v.expected.source,
            simulated(v),
            v.verdict,
        )
        yield "| " + " | ".join(cells) + " |"


def expected(of: Expected) -> str:
    """The value or the range, and what may be added to it."""
    if math.isnan(of.value):
        return ""
    value = number(of.value, of.value)
    if of.high is not None:
        value = f"at least {value}" if math.isinf(of.high) else f"{value} to {number(of.high, of.high)}"
    value += f" {of.unit}" if of.unit else ""
    if of.resolution:
        value += f" ± {of.resolution:.2g}"
    return value + (f" ({of.why})" if of.why else "")


def simulated(of: Verdict) -> str:
    """The mean and its half width, to the digits that the half width deserves."""
    if math.isnan(of.half_width):
        return number(of.mean, of.mean)
    digits = max(0, 1 - math.floor(math.log10(of.half_width))) if of.half_width > 0 else 4
    digits = min(digits, MOST_DIGITS)
    return f"{of.mean:z,.{digits}f} ± {of.half_width:,.{digits}f}"


def number(value: float, scale: float) -> str:
    """A number to five digits, or as it is if it is whole."""
    if value == round(value):
        return f"{value:,.0f}"
    digits = max(0, 4 - math.floor(math.log10(abs(scale))))
    return f"{value:,.{digits}f}"
