"""What several runs say together: the worst verdict, what binds in most, and in how many of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.measures.verdict import STATES
from simulator.study.figures import Figures


@dataclass(frozen=True)
class Said:
    """A word, the reason that the first run gives that has it, and how many runs have which word."""

    word: str
    reason: str
    runs: dict[str, int]

    @property
    def share(self) -> str:
        """Such as `in 6 of 10 runs`; nothing for a single run."""
        n = sum(self.runs.values())
        return f"in {self.runs[self.word]} of {n} runs" if n > 1 else ""


def verdict(runs: Sequence[Figures], mapping: str) -> Said:
    """The worst verdict of a mapping in any of the runs."""
    found = {state: n for state in STATES if (n := sum(run.verdicts[mapping] == state for run in runs))}
    word = list(found)[-1]
    return Said(word, next(run.reasons.get(mapping, "") for run in runs if run.verdicts[mapping] == word), found)


def binding(runs: Sequence[Figures], mapping: str) -> Said:
    """The cause that binds in most of the runs, "" where nothing does; of several that with most of the waiting."""
    found = dict(Counter(sorted(run.binding[mapping] for run in runs)).most_common())
    shares = dict.fromkeys(found, 0.0)
    for run in runs:
        shares[run.binding[mapping]] += run.values[mapping].get("binding_share", 0.0)
    word = max(found, key=lambda each: (found[each], shares[each]))
    return Said(word, next(run.binding_reasons.get(mapping, "") for run in runs if run.binding[mapping] == word), found)
