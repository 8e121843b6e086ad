"""Worked bills."""

from __future__ import annotations

from simulator.measures.run import simulate
from simulator.scenario.spec import Scenario
from tests.model.rows import Section, small
from tests.validation.studies import Chapter, Expected, Figures, Study

CENT = 0.005


def chapter() -> Chapter:
    """Bills by hand, and from AWS."""
    return Chapter(
        "Cost",
        "us-east-1, from simulator/prices. A day is 24 times the hour that was simulated, a month 730 hours.",
        (a_day_of_records(), a_month_of_shards(), a_real_bill(), a_report_line()),
    )


def bill(content: Scenario, replication: int) -> Figures:
    """What the streams and the function of a run cost."""
    items = simulate(content, None, replication).bill.items
    streams = [item for item in items if item.item.startswith("kinesis_")]
    return {
        "streams": sum(item.usd for item in streams),
        "streams a day": 24 * sum(item.usd for item in streams),
        "streams in 31 days": 31 * 24 * sum(item.usd for item in streams),
        "streams a month": sum(item.usd_per_month for item in streams),
        "shard-hours": sum(item.quantity for item in streams if item.item == "kinesis_shard_hour"),
        "GB-s": sum(item.quantity for item in items if item.item.startswith("lambda_gb_second")),
    }


def quiet(shards: int, duration: str) -> Section:
    """Shards without records, seldom polled: what is billed of them does not depend on it."""
    seldom = {"polling": {"interval": "1h", "phase": "0s"}}
    return small(run={"duration": duration}, stream={"shards": shards}, producer={"rate": "0/s"}, mapping=seldom)


def a_day_of_records() -> Study:
    """Two put units each."""
    keys = {"count": 4000, "order": "round_robin"}
    content = small(
        run={"duration": "1h"},
        stream={"shards": 4},
        producer={"rate": "100/s", "record_size": "35KB", "partition_keys": keys},
        mapping={"batch_size": 1000},
    )
    rows = (
        Expected(
            "100 records/s of 35 KB, a day", "streams a day", 1.6819, "worked example", "USD", resolution=CENT / 100
        ),
        Expected("the same in 31 days", "streams in 31 days", 52.14, "worked example", "USD", resolution=CENT),
    )
    return Study("4 shards, 100 records/s of 35 KB, one hour", content, bill, rows)


def a_month_of_shards() -> Study:
    """Four shards for 730 hours."""
    row = Expected("4 shards for 730 h", "streams a month", 43.80, "worked example", "USD", resolution=CENT)
    return Study("4 shards, no records, one hour", quiet(4, "1h"), bill, (row,))


def a_real_bill() -> Study:
    """What somebody paid."""
    rows = (
        Expected("shard-hours of a real bill", "shard-hours", 9515.972, "the bill", "h", resolution=0.0005),
        Expected("their price", "streams", 142.74, "the bill", "USD", resolution=CENT),
    )
    return Study("100 shards for 95.15972 h", quiet(100, "95.15972h"), bill, rows)


def a_report_line() -> Study:
    """An attempt and its cold start, rounded up to a millisecond together."""
    content = small(
        producer={"rate": "1/s", "stop": "1s"},
        function={"memory": "1024MiB", "duration": {"per_batch": "395.99ms"}, "cold_start": "265.72ms"},
    )
    row = Expected(
        "billed of 395.99 ms and an init of 265.72 ms", "GB-s", 0.662, "a REPORT line of 2025: 662 ms", "GB-s",
        resolution=1e-9, why="rounding",
    )  # fmt: skip
    return Study("one attempt with a cold start, 1,024 MiB", content, bill, (row,))
