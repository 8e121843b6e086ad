"""The targets that the project has set itself, and how the figures stand to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.points import (
    AS_MANY,
    ATTEMPTS,
    BACKLOG,
    BY_SHARDS,
    CALM,
    FEW_LANES,
    HUGE,
    HUNDRED,
    IDLE_MAPPINGS,
    LENGTHS,
    LONG,
    LONGER,
    MANY_LANES,
    RECORDS,
    RECORDS_ZIPF,
    RESHARDED,
    THOUSAND,
    WARM,
)  # fmt: skip
from benchmarks.queues import WORKS
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


def _beside_peer(name: str) -> Callable[[Results], float]:
    """How many times a peer's records/s are ours, of the same repetition."""
    own = WORKS[name.partition(": ")[2]].point.name
    return lambda results: 1 / results.quotient("peers", name, ("own", own), "records_s")


def _study(key: str, factor: float = 1.0) -> Callable[[Results], float]:
    return lambda results: results.median("studies", "compare", key) * factor


TARGETS = (
    Target(
        "million attempts/s, 100 shards x 10/s", 2.5, _of("flat", HUNDRED, "attempts_s", 1e-6), at_least=True,
        needs="flat",
    ),
    Target("million records/s, unique keys", 50, _of("named", RECORDS, "records_s", 1e-6), "{:.1f}", at_least=True),
    Target("million records/s, Zipf keys", 40, _of("named", RECORDS_ZIPF, "records_s", 1e-6), "{:.1f}", at_least=True),
    Target(
        "queue: times SimPy and a deque", 12, _beside_peer("SimPy and a deque: queue"), at_least=True, needs="peers"
    ),
    Target("queue: times cimba", 1.3, _beside_peer("cimba: queue"), at_least=True, needs="peers"),
    Target("records, unique keys: times NumPy's drawing of gaps", 2, _of("named", RECORDS, "to_drawing")),
    Target("attempts, 1,000 shards: times SimPy's bare loop", 1, _of("named", ATTEMPTS, "to_timeouts")),
    Target("an attempt, 1 to 1,000 shards: dearest by cheapest", 1.5, growth_with_shards, needs="flat"),
    Target("an attempt, by the same with a tenth of the simulated time", 1.5, _beside(LONGER), needs="flat"),
    Target("an attempt, by the same without 9 idle mappings", 1.5, _beside(IDLE_MAPPINGS), needs="flat"),
    Target("an attempt, by the same without 1,000 warm environments", 1.5, _beside(WARM, THOUSAND), needs="flat"),
    Target("peak MiB, 16 million records", 400, _of("named", RECORDS, "peak_mib"), "{:.0f}"),
    Target(
        "peak memory of 1,000 s, by that of 100 s", 1.1,
        _quotient("lengths", LENGTHS[2], LENGTHS[1], "peak_mib"), needs="lengths",
    ),
    Target(
        "a record of a day's backlog, by the time of a calm one", 1.5,
        _quotient("overload", CALM, BACKLOG, "records_s"), needs="overload",
    ),
    Target(
        "a record with 10,000 shards after ten reshardings, by one with as many from the start", 1.2,
        _quotient("changed", AS_MANY, RESHARDED, "records_s"), needs="changed",
    ),
    Target("seconds for a day of 100 shards x 100/s", 20, _of("long", LONG[0], "seconds"), "{:.0f}", needs="long"),
    Target("seconds for 10 minutes of 10,000 shards x 100/s", 60, _of("long", HUGE, "seconds"), "{:.0f}", needs="long"),
    Target("peak MiB, 10 minutes of 10,000 shards x 100/s", 400, _of("long", HUGE, "peak_mib"), "{:.0f}", needs="long"),
    Target("us a row of invocations.csv", 0.5, _of("invocations", ATTEMPTS, "row_s", 1e6), needs="invocations"),
    Target("seconds for --help", 0.1, _command("--help"), needs="commands"),
    Target("seconds for validate", 0.6, _command("validate quickstart"), needs="commands"),
    Target("seconds for quickstart with all files, plots and page", 1.5, _command("run quickstart, all plots"),
           needs="commands"),
    Target("seconds until a worker's first result", 0.15, _study("start_s"), needs="studies"),
    Target("ms a job in a worker, beside its simulation", 2, _study("there_s", 1e3), needs="studies"),
    Target("seconds for a comparison of 8 settings whose runs are all there", 1, _study("again_s"), needs="studies"),
    Target("seconds for 64 runs of 10 minutes x 4,000/s, -j 1", 3, _study("one_s"), needs="studies"),
    Target("the same with -j 2: times faster", 1.8, _study("faster"), at_least=True, needs="studies"),
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
