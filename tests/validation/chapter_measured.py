"""What was measured on AWS: polling against enhanced fan-out, and how often a failing batch is tried."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from simulator.measures.run import simulate
from simulator.scenario.spec import Empirical, Scenario, Work
from tests.model.rows import Section, small
from tests.validation.setups import text
from tests.validation.studies import Chapter, Expected, Figures, Study

FILE = Path(__file__).parent / "expected" / "measured.csv"
PUTS = 1024
PERCENTS = (10, 50, 90, 99)
FASTEST_S, SLOWEST_S = 0.015, 0.150  # the ends of the pushed row's distribution, which were not published
MISSED = 0.02
SOURCE = "measured, eu-west-1, September 2022"


def measured() -> dict[str, dict[int, float]]:
    """The percentiles by consumer; raises FileNotFoundError or KeyError when they are not all there."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = {row["consumer"]: {p: float(row[f"p{p}_s"]) for p in PERCENTS} for row in csv.DictReader(file)}
    return {consumer: rows[consumer] for consumer in ("polling", "push")}


class Overhead:
    """A measure: the run's latency percentiles with the pushed row's quantiles as the duration of an attempt."""

    def __call__(self, content: Scenario, replication: int) -> Figures:
        quantiles = measured()["push"]
        known = [(0, FASTEST_S), *quantiles.items(), (100, SLOWEST_S)]
        grid = np.linspace(0, 100, 10_001)
        values = np.interp(grid, *np.array(known).T)
        function = replace(
            content.functions["f"], duration=Work(per_batch=Empirical(file=str(FILE), column="push", values=values))
        )
        return percentiles(replace(content, functions={"f": function}), replication)


def percentiles(content: Scenario, replication: int) -> Figures:
    """The percentiles of the latency of one campaign."""
    latency = simulate(content, None, replication).mappings[0].measures.latency
    return {f"p{p}": latency.percentile_s(p) for p in PERCENTS}


def chapter(effort: float = 1.0) -> Chapter:
    """The measurement, what was fitted to it, and what each fitted effect is good for."""
    return Chapter(
        "Measurements on AWS",
        "One shard, batch size 1, window 0, one lane, 1,024 single puts; from the put to the start of the handler, "
        "which is taken as the duration of an attempt. A measurement of 1,024 puts is one draw, and compared with "
        "the prediction interval of one more replication. Fitted to the pushed row: every attempt's overhead, by "
        "the row's own quantiles with straight lines between them (from 15 ms to 150 ms). So this row agrees by "
        "construction where nothing queues. Fitted to the polled row: the rate of the puts, which was not "
        "published (2.6/s, so that the lane is used 13 % of the time); the 2 % of polls that slip to the next "
        "interval; and `repoll: base_rate`. Three numbers for four: the row shows that the model can explain the "
        "measurement, not that nothing else can. At 2.6 puts/s the overhead would delay pushed records too, more "
        "than was measured, so a part of it is not serial, or the rate was lower. The rows without an expected "
        "value show what is lost without one effect: P10 without the serial batches, or with the extra polls that "
        "are the simulator's default; P99 without the missed polls.",
        (
            campaign("push", "push", rate=0.2, consumer="push", push={"propagation": "0s"}),
            campaign("polling", "polling, all effects", polling=POLLING),
            campaign("", "no missed polls", polling={**POLLING, "missed": 0}),
            campaign("", "extra polls after full batches", polling={**POLLING, "repoll": "full_batch"}),
            campaign("", "no serial batches", rate=0.2, polling=POLLING),
            campaign("", "no overhead", overhead=False, polling=POLLING),
            bare(effort),
            retries_in_a_minute(),
        ),
    )  # fmt: skip


POLLING: Section = {"interval": "1s", "phase": "random", "latency": "0s", "repoll": "base_rate", "missed": MISSED}


def puts(rate: float, count: float, **mapping: object) -> Section:
    """So many single puts at random."""
    content = small(
        run={"duration": text(count / rate)},
        producer={"rate": f"{rate:g}/s", "arrivals": "poisson", "record_size": "1KiB"},
        function={"timeout": "60s", "memory": "3072MiB", "duration": {}},
        mapping={"batch_size": 1, **mapping},
    )
    if "polling" not in mapping:
        del content["event_source_mappings"][0]["polling"]
    return content


def campaign(against: str, effects: str, rate: float = 2.6, overhead: bool = True, **mapping: object) -> Study:
    """One of the measurement's size, against one of its rows or, without, as an ablation."""
    values = measured()[against] if against else dict.fromkeys(PERCENTS, math.nan)
    source = SOURCE if against else "ablation"
    expected = tuple(
        Expected(f"{effects}: P{p}", f"p{p}", value, source, one_draw=bool(against)) for p, value in values.items()
    )
    setup = f"1,024 puts at {rate:g}/s, {effects}"
    return Study(setup, puts(rate, PUTS, **mapping), Overhead() if overhead else percentiles, expected, 50)


def bare(effort: float) -> Study:
    """A poll each second and the overhead, nothing else."""
    figures = dict(zip(PERCENTS, (0.150, 0.552, 0.951, 1.046), strict=True))
    expected = tuple(
        Expected(f"bare poll: P{p}", f"p{p}", value, "facts: computed beside the measurement",
                 resolution=0.005 * value + 0.0005, why="rounded to 1 ms, the histogram to 0.4 %")
        for p, value in figures.items()
    )  # fmt: skip
    content = puts(0.02, 20_000 * effort, polling={**POLLING, "missed": 0})
    return Study("polling each second, 0.02 puts/s, nothing missed", content, Overhead(), expected, 10)


def attempts(content: Scenario, replication: int) -> Figures:
    """How often the function was called."""
    return {"attempts": float(simulate(content, None, replication).mappings[0].measures.counts["attempts"])}


def retries_in_a_minute() -> Study:
    """A function that always fails, and records that may be a minute old."""
    content = small(
        producer={"rate": "1/s", "stop": "1s"},
        function={"duration": {"per_batch": "20ms"}, "failures": [{"kind": "outage", "from": "0s", "to": "1h"}]},
        mapping={"maximum_record_age": "60s", "polling": {"phase": "900ms"}},
    )
    row = Expected(
        "attempts until a record is 60 s old", "attempts", 7,
        "recorded on AWS, November 2025: a count of 8, which may mean 7", "attempts", high=8,
        why="the first delay is an assumption",
    )  # fmt: skip
    setup = "one record, a function of 20 ms that always fails, default backoff without jitter"
    return Study(setup, content, attempts, (row,))
