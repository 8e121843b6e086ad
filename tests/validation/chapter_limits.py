"""The limits of shards: writing, reading by call and by byte, and who shares them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from simulator.measures.run import simulate
from simulator.scenario.spec import Scenario
from tests.model.rows import Section, small
from tests.validation.running import latency
from tests.validation.studies import Chapter, Expected, Figures, Study

MIB = 2**20


def chapter(effort: float = 1.0) -> Chapter:
    """All of them."""
    return Chapter(
        "Limits of a shard",
        "A token bucket of one second for writing, 5 calls/s and 2 MiB/s for all polling mappings together, 2 "
        "MiB/s for each pushed one. Several pollers have intervals that differ by a few percent, or they would "
        "keep their order for ever.",
        (
            written("1,500/s of 100 B", "1500/s", "100B", 1000 * 21),
            written("100/s of 25 KiB", "100/s", "25KiB", 21 * MIB // (25 * 1024)),
            dropped(),
            large_records(),
            poll_wait(effort),
            ten_mib(),
            *(calls(n) for n in (3, 5, 6, 8, 10)),
            shared_bytes(3),
            *(catching_up(n, size, lanes) for n in (1, 2) for size, lanes in ((100, 1), (2000, 10))),
            pushed_bytes(5),
            pushed_delay(5),
            crowded_delay(8),
            concurrency(),
        ),
    )


def counts(content: Scenario, replication: int) -> Figures:
    """What was accepted, dropped, read and refused by all mappings together, and when the run ended."""
    result = simulate(content, None, replication)
    stream = result.measures.streams["s"]
    pollers = [m.reads for m in result.mappings if m.reads]
    return {
        "accepted": float(stream.records_by_shard.sum()),
        "dropped": float(stream.dropped_total),
        "calls": float(sum(reads["calls"] for reads in pollers)),
        "refused": float(sum(reads["refused"] for reads in pollers)),
        "calls_per_s": sum(reads["calls"] for reads in pollers) / result.end_s,
        "processed": float(sum(m.ends.processed for m in result.mappings)),
        "end": result.end_s,
        "peak": float(result.measures.functions["f"].peak),
        "mean": sum(m.measures.latency.mean_s for m in result.mappings) / len(result.mappings),
    }


def written(name: str, rate: str, size: str, expected: int) -> Study:
    """Producers that retry."""
    content = small(run={"duration": "20s", "drain": "0s"}, producer={"rate": rate, "record_size": size})
    why = "the record at the very end"
    row = Expected(f"accepted of {name} in 20 s", "accepted", expected, "1 s at once, then the rate", "records",
                   resolution=1, why=why)  # fmt: skip
    return Study(f"one shard, producers retry, {name}", content, counts, (row,))


def dropped() -> Study:
    """Producers that drop."""
    content = small(
        run={"duration": "20s", "drain": "0s"},
        producer={"rate": "1500/s", "record_size": "100B", "on_throttle": "drop"},
    )
    row = Expected("dropped of 1,500/s in 20 s", "dropped", 30_000 - 21_000, "offered - accepted", "records",
                   resolution=1, why="the record at the very end")  # fmt: skip
    return Study("one shard, producers drop, 1,500/s of 100 B", content, counts, (row,))


def large_records() -> Study:
    """A record of 10 MiB waits until the bucket is full and empties ten."""
    content = small(
        run={"duration": "100s", "drain": "0s"},
        stream={"max_record_size": "10MiB"},
        producer={"rate": "1/s", "record_size": "10MiB"},
    )
    row = Expected("accepted of 1/s of 10 MiB in 100 s", "accepted", 10, "one in 10 s", "records")
    return Study("one shard, producers retry, 1/s of 10 MiB", content, counts, (row,))


def poll_wait(effort: float) -> Study:
    """Light load: the wait for a poll is uniform."""
    content = small(
        run={"duration": f"{2000 * effort:g}s"},
        producer={"rate": "20/s", "arrivals": "poisson", "record_size": "1B"},
        function={"duration": {}},
        mapping={"batch_size": 10_000, "polling": {"phase": "random", "latency": "0s"}},
    )
    mean = Expected("wait for a poll, mean", "mean", 0.5, "uniform on [0, 1 s]")
    p99 = Expected("wait for a poll, P99", "p99", 0.99, "uniform on [0, 1 s]", resolution=0.004,
                   why="the histogram is exact to 0.4 %")  # fmt: skip
    return Study("polling each second, 20 records/s, no duration", content, latency, (mean, p99), 10)


def backlog(mappings: list[Section], waiting_s: float, **run: Any) -> Section:
    """1 MiB/s for so long before the start, in records of 32 KiB; then nothing."""
    content = small(
        run={"duration": "1s", "drain": "1h", **run},
        producer={"rate": "32/s", "record_size": "32KiB", "start": f"-{waiting_s:g}s", "stop": "0s"},
        function={"duration": {"per_batch": "1ms"}},
    )
    base = content["event_source_mappings"][0]
    content["event_source_mappings"] = [{**base, "name": f"m{i}", **m} for i, m in enumerate(mappings)]
    return content


def polls(n: int, **mapping: Any) -> list[Section]:
    """n polling mappings, hardly alike."""
    return [
        {**mapping, "polling": {"interval": f"{1 + 0.0137 * i}s", "phase": f"{0.13 + 0.083 * i:.6g}s"}}
        for i in range(n)
    ]


def ten_mib() -> Study:
    """An answer of 10 MiB shuts the shard for 5 s."""
    content = backlog([{"batch_size": 10_000, "polling": {"phase": "0s", "latency": "0s", "repoll": "base_rate"}}], 120)
    content |= {"duration": "49.5s", "drain": "0s"}
    rows = (
        Expected("answers of 10 MiB in 50 s", "calls", 10, "one in 5 s", "calls"),
        Expected("refused polls in 50 s", "refused", 40, "the other 4 of 5", "calls"),
        Expected("processed in 50 s", "processed", 3200, "2 MiB/s of 32 KiB each", "records"),
    )
    return Study("one poller each second, a backlog of 120 MiB in records of 32 KiB", content, counts, rows)


def calls(n: int) -> Study:
    """Hardly any bytes: the calls bind."""
    content = small(run={"duration": "1000s"}, producer={"rate": "10/s", "record_size": "1B"})
    base = content["event_source_mappings"][0]
    content["event_source_mappings"] = [{**base, "name": f"m{i}", **m} for i, m in enumerate(polls(n))]
    for mapping in content["event_source_mappings"]:
        mapping["polling"]["repoll"] = "base_rate"
    asked = sum(1 / (1 + 0.0137 * i) for i in range(n))
    row = Expected(f"calls of {n} pollers", "calls_per_s", min(5.0, asked), "the lesser of asked and 5/s", "calls/s",
                   resolution=(n + 5) / 1000, why="first polls, and a full bucket, over 1,000 s")  # fmt: skip
    return Study(f"{n} polling mappings, {asked:.3f} polls/s in all", content, counts, (row,))


def shared_bytes(n: int) -> Study:
    """Many bytes: they bind, and no time is lost but until the next of n polls."""
    content = backlog(polls(n, batch_size=10_000), 300)
    content |= {"duration": "100s", "drain": "0s"}
    an_answer, interval_s = 320, 1 + 0.0137 * n
    row = Expected(
        f"processed by {n} pollers in 100 s", "processed", int(100 / (5 + interval_s)) * an_answer,
        "an answer of 10 MiB in 5 s, at worst in 5 s and an interval", "records", high=100 / 5 * an_answer,
    )  # fmt: skip
    return Study(f"{n} polling mappings, a backlog of 300 MiB", content, counts, (row,))


def catching_up(n: int, batch_size: int, lanes: int) -> Study:
    """Short of read bandwidth, batch size and lanes change nothing."""
    each = [
        {"batch_size": batch_size, "parallelization_factor": lanes, "polling": {"phase": "0s", "latency": "0s"}}
    ] * n
    content = backlog(each, 100)
    for i, mapping in enumerate(content["event_source_mappings"]):
        mapping["polling"] = {**mapping["polling"], "phase": f"{i * 0.5:g}s", "repoll": "base_rate"}
    low = 5.0 * (10 * n - 1)
    row = Expected(
        f"100 MiB read by {n}, batch size {batch_size:,}, {lanes} lanes", "end", low,
        "10 answers each, 5 s apart; facts: batch size and lanes change nothing", high=low + n,
        why="less than an interval more for each, and the last batches",
    )  # fmt: skip
    return Study(f"{n} polling, batch size {batch_size}, {lanes} lanes; a backlog of 100 MiB", content, counts, (row,))


def pushed_bytes(n: int) -> Study:
    """Each has its own 2 MiB/s."""
    content = backlog([{"consumer": "push", "push": {"propagation": "0s"}, "batch_size": 1}] * n, 100)
    for mapping in content["event_source_mappings"]:
        mapping.pop("polling", None)
    row = Expected(f"100 MiB pushed to each of {n}", "end", 50.0, "bytes / 2 MiB/s", resolution=0.002,
                   why="the last attempt takes 1 ms")  # fmt: skip
    return Study(f"{n} pushed mappings, a backlog of 100 MiB", content, counts, (row,))


def consumers(n: int, **mapping: Any) -> Section:
    """n mappings of one stream, 10 records/s."""
    content = small(
        run={"duration": "300s"},
        producer={"rate": "10/s", "arrivals": "poisson", "record_size": "1KiB"},
        function={"duration": {"per_batch": "1ms"}, "cold_start": "0s"},
    )
    base = content["event_source_mappings"][0]
    content["event_source_mappings"] = [
        {**base, "name": f"m{i}", **mapping, **({} if mapping else polls(n)[i])} for i in range(n)
    ]
    if mapping:
        for each in content["event_source_mappings"]:
            each.pop("polling", None)
    return content


def less_the_first(content: Scenario, replication: int) -> Figures:
    """The mean latency of all mappings, less that of the first when it is alone."""
    means = [m.measures.latency.mean_s for m in simulate(content, None, replication).mappings]
    alone = replace_mappings(content)
    first = simulate(alone, None, replication).mappings[0].measures.latency.mean_s
    return {"more": sum(means) / len(means) - first}


def replace_mappings(content: Scenario) -> Scenario:
    """The scenario with its first mapping alone."""
    return replace(content, event_source_mappings=content.event_source_mappings[:1])


def pushed_delay(n: int) -> Study:
    """By push the number of consumers changes nothing."""
    content = consumers(n, consumer="push")
    row = Expected(
        f"latency of {n} pushed mappings less that of one", "more", 0.0, "facts: does not depend on their number",
        resolution=1e-12, why="rounding of the mean",
    )  # fmt: skip
    return Study(f"{n} pushed mappings, against one", content, less_the_first, (row,))


def crowded_delay(n: int) -> Study:
    """By polling it rises once there are too many calls."""
    row = Expected(f"latency of {n} polling mappings less that of one", "more", 0.0, "facts: rises above 5 calls/s",
                   high=math.inf)  # fmt: skip
    return Study(f"{n} polling mappings, against one", consumers(n), less_the_first, (row,), 10)


def concurrency() -> Study:
    """100 shards with two lanes each."""
    content = small(
        run={"duration": "30s", "drain": "0s"},
        stream={"shards": 100},
        producer={"rate": "2000/s", "arrivals": "poisson", "record_size": "100B"},
        function={"duration": {"per_batch": "5s"}, "timeout": "60s"},
        mapping={"parallelization_factor": 2, "polling": {"phase": "random"}},
    )
    row = Expected("most concurrent executions", "peak", 200, "shards x parallelization factor", "")
    return Study("100 shards, parallelization factor 2, every lane behind", content, counts, (row,))
