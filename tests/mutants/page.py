"""What the tests notice, as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tests.mutants.breaking import Noticed
from tests.mutants.faults import Fault

TITLE = """# Faults that the tests notice

Made by `make mutants`. {faults} small faults, such as somebody could make by mistake, are put into the writing end,
the model and its measures (`simulator/traffic`, `simulator/model`, `simulator/measures`) and the kernel's C
(`simulator/kernel/c`), one at a time, each into a copy of the project; then the tests of its room, the worked cases and
the comparisons with the kernel as it is run, by the plain rules, until one fails. A broken kernel is compiled, and
compared with the plain rules and the worked cases. The faults were made by hand and stand in `tests/mutants/faults.py`
and `faults_of_c.py`. The command fails when fewer than {least:.0%} are caught, when one survives without a reason, and
when one is no mistake of meaning but code that cannot run.

Where a fault survived at first, and was one that somebody should notice, a test was written for it. So the share says
that these rules of the model are held by tests; it is no estimate of how many other mistakes would be found.

**{caught} of {tried} are caught: {share:.1%}.**
"""
UNTRIED = """\
The other {n} are to be tried: their file has changed since they were, or the command was stopped before.
"""


def page(faults: Sequence[Fault], of: Mapping[Fault, Noticed], least: float) -> str:
    """The whole page: shares by file, what survives and why, and the test that caught each of the others.

    `of`: what came of those faults that have been tried.
    """
    results = [of[fault] for fault in faults if fault in of]
    caught = [result for result in results if result.by]
    share = len(caught) / max(1, len(results))
    head = TITLE.format(faults=len(faults), caught=len(caught), tried=len(results), share=share, least=least)
    untried = [UNTRIED.format(n=n)] if (n := len(faults) - len(results)) else []
    return "\n".join([head, *untried, *_survivors(results), *_by_file(faults, of), *_caught(caught)])


def _survivors(results: Sequence[Noticed]) -> Iterator[str]:
    yield "## What survives\n"
    survivors = [result.fault for result in results if not result.by]
    if not survivors:
        yield "None.\n"
        return
    yield "| file | instead of | stands | why no test fails |"
    yield "|---|---|---|---|"
    for fault in survivors:
        yield f"| {fault.file} | {_code(fault.right)} | {_code(fault.wrong)} | {fault.survives or '**not known**'} |"
    yield ""


def _by_file(faults: Sequence[Fault], of: Mapping[Fault, Noticed]) -> Iterator[str]:
    yield "## By file\n"
    yield "| file | faults | tried | caught |"
    yield "|---|---:|---:|---:|"
    for file, in_file in groupby(faults, lambda fault: fault.file):
        mine = list(in_file)
        results = [of[fault] for fault in mine if fault in of]
        yield f"| {file} | {len(mine)} | {len(results)} | {sum(bool(result.by) for result in results)} |"
    yield ""


def _caught(caught: Sequence[Noticed]) -> Iterator[str]:
    yield "## What is caught, and the first test that fails\n"
    for file, of_file in groupby(caught, lambda result: result.fault.file):
        yield f"<details><summary>{file}</summary>\n"
        yield "| instead of | stands | caught by |"
        yield "|---|---|---|"
        for result in of_file:
            by = _code(result.by.removeprefix("tests/"))
            yield f"| {_code(result.fault.right)} | {_code(result.fault.wrong)} | {by} |"
        yield "\n</details>\n"


def _code(text: str) -> str:
    """Code in a cell of a table."""
    return f"`{' '.join(text.split())}`".replace("|", "\\|") if text.strip() else "nothing"
