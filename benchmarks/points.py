"""The points that are measured: a base, one dimension at a time around it, and those with targets of their own."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from benchmarks.scenario import ZIPF, Point

HOUR, DAY, YEAR = 3600.0, 86_400.0, 365 * 86_400.0
FAILURES = [{"kind": "random", "probability": 0.05}, {"kind": "poison", "probability": 0.00001}]
BASE = Point("base: 100 shards x 100/s, batch 100", 400)

MATRIX = (
    BASE,
    replace(BASE, name="1 shard", shards=1, seconds=40_000),
    replace(BASE, name="10 shards", shards=10, seconds=4000),
    replace(BASE, name="1,000 shards", shards=1000, seconds=40),
    replace(BASE, name="10 records/s a shard", rate=10, seconds=1000),
    replace(BASE, name="800 records/s a shard", rate=800, seconds=100),
    replace(BASE, name="batch 10", batch=10, seconds=100),
    replace(BASE, name="batch 1,000", batch=1000, seconds=500),
    replace(BASE, name="parallelization factor 10", lanes=10, seconds=100),
    replace(BASE, name="push", consumer="push", seconds=30),
    replace(BASE, name="Zipf keys", keys=ZIPF, seconds=300),
    replace(
        BASE,
        name="5 % of attempts fail, poison, bisect",
        seconds=300,
        function={"failures": FAILURES},
        mapping={"bisect_batch_on_function_error": True, "maximum_retry_attempts": 3},
    ),
    replace(BASE, name="concurrency binds", seconds=200, function={"reserved_concurrency": 5}),
)

# where records, and where attempts, are nearly all of the work
RECORDS = Point("100 shards x 800/s, unique keys, batch 1,000", 200, rate=800, batch=1000)
RECORDS_ZIPF = replace(RECORDS, name="100 shards x 800/s, Zipf keys, batch 1,000", keys=ZIPF)
ATTEMPTS = Point("1,000 shards x 10/s, batch 1,000", 100, shards=1000, rate=10, batch=1000)
NAMED = (RECORDS, RECORDS_ZIPF, ATTEMPTS)

# memory against simulated time
LENGTHS = tuple(replace(RECORDS, name=f"{RECORDS.name}: {seconds} s", seconds=seconds) for seconds in (10, 100, 1000))

# cost of an attempt against what must not matter; each of about 100,000 attempts, one of ten times as many
HUNDRED = replace(ATTEMPTS, name="attempts: 100 shards", shards=100, seconds=1000)
THOUSAND = replace(ATTEMPTS, name="attempts: 1,000 shards")
BY_SHARDS = (
    replace(ATTEMPTS, name="attempts: 1 shard", shards=1, seconds=100_000),
    replace(ATTEMPTS, name="attempts: 10 shards", shards=10, seconds=10_000),
    HUNDRED,
    THOUSAND,
)
LONGER = replace(HUNDRED, name="attempts: 100 shards, 10 times as long", seconds=10_000)
IDLE_MAPPINGS = replace(HUNDRED, name="attempts: 100 shards, 9 idle mappings", idle_mappings=9)
WARM = replace(
    THOUSAND,
    name="attempts: 1,000 shards, 1,000 warm environments",
    function={"idle_timeout": "1h"},
    mapping={"polling": {"phase": "500ms"}},
)
FLAT = (*BY_SHARDS, LONGER, IDLE_MAPPINGS, WARM)

# idle lanes, and a year of next to nothing
FEW_LANES = Point("10,000 shards x PF 1, mostly idle", 60, shards=10_000, rate=0.01)
MANY_LANES = replace(FEW_LANES, name="10,000 shards x PF 10, mostly idle", lanes=10)
IDLE_YEAR = Point("1 record an hour for a year", YEAR, shards=1, rate=1 / HOUR)
IDLE = (FEW_LANES, MANY_LANES, IDLE_YEAR)

# a day of records that wait when the mapping begins, and the same records read as they come
CALM = Point("a day of 2 shards x 100/s, calm", DAY, shards=2, batch=1000)
BACKLOG = replace(CALM, name="a backlog of a day of 2 shards x 100/s", seconds=60, start=-DAY)
OVERLOAD = (CALM, BACKLOG)

# as many shards from the start, and after they were doubled nine times and a half, before the first record comes
AS_MANY = Point(
    "10,000 shards x 100/s, from the start", 30, shards=10_000, batch=1000,
    mapping={"polling": {"phase": "500ms"}, "shard_discovery": "0s"},
)  # fmt: skip
DOUBLED = [{"at": "0s", "shards": min(10 * 2**n, 10_000)} for n in range(1, 11)]
RESHARDED = replace(
    AS_MANY, name="10,000 shards x 100/s, after ten reshardings", shards=10, rate=100_000,
    stream={"resharding": DOUBLED, "resharding_time": {"begin": "0s", "each": "0s"}},
)  # fmt: skip
CHANGED = (AS_MANY, RESHARDED)

HUGE = Point("10 minutes of 10,000 shards x 100/s", 600, shards=10_000, batch=1000)
LONG = (
    Point("a day of 100 shards x 100/s", DAY, batch=1000),
    HUGE,
    Point("a week of a 4-shard stream at 500/s", 7 * DAY, shards=4, rate=125, batch=1000),
)

GROUPS = {
    "matrix": MATRIX, "named": NAMED, "lengths": LENGTHS, "flat": FLAT, "idle": IDLE, "overload": OVERLOAD,
    "changed": CHANGED,
}  # fmt: skip
CHECKED = (BASE, RECORDS, RECORDS_ZIPF, ATTEMPTS)


def all_points(long: bool) -> list[Point]:
    """The points of a whole run."""
    return [*chain.from_iterable(GROUPS.values()), *(LONG if long else ())]
