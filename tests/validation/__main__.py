"""Run the whole validation suite, write docs/validation.md and section 13 of docs/model.md: python -m tests.validation.

Exits with 1, and says what is wrong, when a row fails; the page is written all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from tests.kernel.agreement import engines_agree, results_agree
from tests.validation import sensitivity
from tests.validation.judging import Verdict, judge
from tests.validation.page import failures, inserted, page
from tests.validation.running import run_all
from tests.validation.studies import Chapter
from tests.validation.suite import whole

DOCS = Path(__file__).parents[2] / "docs"
PAGE, MODEL = DOCS / "validation.md", DOCS / "model.md"
EXAMPLES, PORTIONS = 3000, 8  # of each kind


def main() -> int:
    """The exit code."""
    with ProcessPoolExecutor() as pool:
        both = [pool.submit(engines_agree, EXAMPLES // PORTIONS, seed) for seed in range(PORTIONS)]
        measured = [pool.submit(results_agree, EXAMPLES // PORTIONS, seed) for seed in range(PORTIONS)]
        chapters = judged(whole(), pool)
        stated = sum(each.result() for each in both)  # raises the first difference
        results = sum(each.result() for each in measured)  # so does this
        assumptions = sensitivity.section(pool)
    wrong = failures([verdict for _, verdicts in chapters for verdict in verdicts])
    write(PAGE, page(chapters, [engines(stated, results)]))
    write(MODEL, inserted(MODEL.read_text(encoding="utf-8"), assumptions))
    print(*wrong, sep="\n", file=sys.stderr)
    print(f"{PAGE.name}: {sum(len(v) for _, v in chapters)} rows, {len(wrong)} failures")
    return 1 if wrong else 0


def judged(chapters: Sequence[Chapter], pool: Executor) -> list[tuple[Chapter, list[Verdict]]]:
    """Run the studies of all chapters, and judge all of their rows together."""
    runs = run_all([study for chapter in chapters for study in chapter.studies], pool)
    verdicts = judge(runs)
    return [(c, [v for v in verdicts if any(v.study is study for study in c.studies)]) for c in chapters]


def engines(stated: int, results: int) -> str:
    """What the comparison of the engines has to say."""
    return (
        "## Two engines\n\nThe rules are written twice ([kernel.md](kernel.md)): plainly in SimPy, and in C. Of "
        f"{stated:,} random scenarios with Poisson arrivals, random keys, sizes, durations, jitter and failures, in "
        "windows of several sizes, both stated the same facts: every attempt, poll, wait and loss, to the nanosecond; "
        f"of {results:,}, with rows of several lengths, every table, the summary and invocations.csv were the same. "
        "A difference would fail here with the scenario that hypothesis has shrunk.\n"
    )


def write(path: Path, text: str) -> None:
    """A page, whole or not at all."""
    beside = path.with_suffix(".md.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main())
