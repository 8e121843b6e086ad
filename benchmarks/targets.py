"""The targets that the project has set itself, and how the figures stand to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.points import (
    ATTEMPTS,
    BACKLOG,
    BASE,
    BY_SHARDS,
    CALM,
    FEW_LANES,
    HUNDRED,
    IDLE_MAPPINGS,
    IDLE_YEAR,
    LENGTHS,
    LONG,
    LONGER,
    MANY_LANES,
    RECORDS,
    RECORDS_ZIPF,
    THOUSAND,
    WARM,
)  # fmt: skip
from benchmarks.results import Results
from benchmarks.scenario import Point


@dataclass(frozen=True)
class Target:
    """A figure of the results that is to be at most, or at least, a limit."""

    what: str
    limit: float
    figure: Callable[[Results], float]
    form: str = "{:,.2f}"  # of the figure and of the limit
    at_least: bool = False
    needs: str = "named"  # the group without which it was not measured

    def met(self, figure: float) -> bool:
        """Whether a figure is on the right side."""
        return figure >= self.limit if self.at_least else figure <= self.limit


def bytes_a_lane(results: Results) -> float:
    """Memory of a lane that does next to nothing: ten times the lanes, beside the same run."""
    lanes = MANY_LANES.shards * (MANY_LANES.lanes - FEW_LANES.lanes)
    return _more_mib(results, "idle", MANY_LANES, FEW_LANES) * 2**20 / lanes


def bytes_a_waiting_record(results: Results) -> float:
    """Memory of a record that waits for a day: the backlog beside the same traffic without one."""
    records = results.median("overload", BACKLOG.name, "records")
    return _more_mib(results, "overload", BACKLOG, CALM) * 2**20 / records


def growth_with_shards(results: Results) -> float:
    """The dearest attempt divided by the cheapest, from 1 to 1,000 shards; of each repetition."""
    rates = zip(*(results.values("flat", point.name, "attempts_s") for point in BY_SHARDS), strict=True)
    return float(median(max(each) / min(each) for each in rates))


def _more_mib(results: Results, group: str, mine: Point, other: Point) -> float:
    peaks = (results.values(group, point.name, "peak_mib") for point in (mine, other))
    return float(median(a - b for a, b in zip(*peaks, strict=True)))


def _of(group: str, point: Point, key: str, factor: float = 1.0) -> Callable[[Results], float]:
    return lambda results: results.median(group, point.name, key) * factor


def _beside(variant: Point, base: Point = HUNDRED) -> Callable[[Results], float]:
    """What an attempt of one of the flat points costs, by that of another."""
    return _quotient("flat", base, variant, "attempts_s")


def _quotient(group: str, mine: Point, other: Point, key: str) -> Callable[[Results], float]:
    return lambda results: results.quotient(group, mine.name, (group, other.name), key)


def _command(name: str) -> Callable[[Results], float]:
    return lambda results: results.median("commands", name, "seconds")


TARGETS = (
    Target("million records/s, unique keys", 30, _of("named", RECORDS, "records_s", 1e-6), "{:.1f}", at_least=True),
    Target("million records/s, Zipf keys", 20, _of("named", RECORDS_ZIPF, "records_s", 1e-6), "{:.1f}", at_least=True),
    Target(
        "thousand attempts/s, 1,000 shards", 150, _of("named", ATTEMPTS, "attempts_s", 1e-3), "{:.0f}", at_least=True
    ),
    Target("records, unique keys: times the NumPy floor", 2.5, _of("named", RECORDS, "to_drawing")),
    Target("attempts, 1,000 shards: times the SimPy floor", 2.5, _of("named", ATTEMPTS, "to_timeouts")),
    Target("an attempt, 1 to 1,000 shards: dearest by cheapest", 1.5, growth_with_shards, needs="flat"),
    Target("an attempt, by the same with a tenth of the simulated time", 1.5, _beside(LONGER), needs="flat"),
    Target("an attempt, by the same without 9 idle mappings", 1.5, _beside(IDLE_MAPPINGS), needs="flat"),
    Target("an attempt, by the same without 1,000 warm environments", 1.5, _beside(WARM, THOUSAND), needs="flat"),
    Target("peak MiB, 16 million records", 400, _of("named", RECORDS, "peak_mib"), "{:.0f}"),
    Target(
        "peak memory of 1,000 s, by that of 100 s", 1.1,
        _quotient("lengths", LENGTHS[2], LENGTHS[1], "peak_mib"), needs="lengths",
    ),
    Target("bytes an idle lane", 200, bytes_a_lane, "{:,.0f}", needs="idle"),
    Target("seconds for 1 record an hour for a year", 1, _of("idle", IDLE_YEAR, "seconds"), needs="idle"),
    Target(
        "a record of a day's backlog, by the time of a calm one", 1,
        _quotient("overload", CALM, BACKLOG, "records_s"), needs="overload",
    ),
    Target("seconds for a day of 100 shards x 100/s", 120, _of("long", LONG[0], "seconds"), "{:.0f}", needs="long"),
    Target("seconds for a week of 4 shards at 500/s", 60, _of("long", LONG[1], "seconds"), "{:.0f}", needs="long"),
    Target(
        "us a row of invocations.csv", 2, _of("invocations", ATTEMPTS, "row_s", 1e6), needs="invocations"
    ),
    Target(
        "run with invocations.csv, by the time without: 1,000 shards", 1.5, _of("invocations", ATTEMPTS, "ratio"),
        needs="invocations",
    ),
    Target(
        "run with invocations.csv, by the time without: base", 1.5, _of("invocations", BASE, "ratio"),
        needs="invocations",
    ),
    Target("seconds for --help", 0.1, _command("--help"), needs="commands"),
    Target("seconds for validate", 0.6, _command("validate quickstart"), needs="commands"),
    Target("seconds for quickstart with all plots", 6, _command("run quickstart, all plots"), needs="commands"),
)  # fmt: skip


def verdicts(results: Results) -> Iterator[tuple[str, str, str, str]]:
    """Of each target: what, its limit, the figure, and whether it is met."""
    for target in TARGETS:
        limit = ("at least " if target.at_least else "at most ") + f"{target.limit:g}"
        if target.needs not in results.samples:
            yield target.what, limit, "", "not measured in this run (LONG=1)"
            continue
        figure = target.figure(results)
        yield target.what, limit, target.form.format(figure), "met" if target.met(figure) else "**not met**"
