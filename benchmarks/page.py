"""docs/performance.md: what is between the markers is written by the command, the rest is left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks import tables
from benchmarks.results import Results
from benchmarks.targets import verdicts

BEGIN = "<!-- measured: begin -->"
END = "<!-- measured: end -->"


class NoMarkersError(ValueError):
    """The page has no place for the figures."""


def renewed(page: str, measured: str) -> str:
    """The page with other figures; raises NoMarkersError when it has not each marker once, in order."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise NoMarkersError(f"the page needs {BEGIN} and {END}, once each, in this order")
    return f"{before}{BEGIN}\n\n{measured.strip()}\n\n{END}{after}"


def measured(results: Results, heading: str) -> str:
    """All that is between the markers."""
    extremes = ("lengths", "idle", "overload", "changed", "long")
    sections = (
        ("Targets", tables.pace(results), table(("figure", "target", "measured", ""), "lrrl", verdicts(results))),
        ("Records and attempts", tables.POINTS, points(results, ("matrix", "named", "flat"))),
        ("What a record and an attempt cost", tables.fitted(results), ""),
        (
            "Memory and extremes",
            tables.memory(results),
            points(results, extremes),
        ),
        ("Beside others", tables.PEERS, table(tables.PEERS_HEAD, "llrrrrr", tables.peers(results))),
        ("Commands", tables.COMMANDS, table(("shardsim", "seconds", "from to"), "lrr", tables.commands(results))),
        ("Outputs", "", table(("quickstart", "median"), "lr", tables.outputs(results))),
        ("", "", table(tables.INVOCATIONS_HEAD, "lrrrr", tables.invocations(results))),
        ("Several processes", tables.STUDIES, table(("", "median", "from to"), "lrr", tables.studies(results))),
    )
    parts = [heading]
    for title, prose, figures in sections:
        parts += [f"## {title}" if title else "", prose, figures]
    return "\n\n".join(part for part in parts if part)


def points(results: Results, groups: Sequence[str]) -> str:
    """The table of some groups of points."""
    return table(tables.POINTS_HEAD, "lrrrrrrr", tables.points(results, groups))


def table(heads: Sequence[str], alignment: str, rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; l and r align its columns; nothing without rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    rule = "".join("---|" if letter == "l" else "---:|" for letter in alignment)
    return "\n".join([f"| {' | '.join(heads)} |", f"|{rule}", *lines]) if lines else ""
