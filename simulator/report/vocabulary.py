"""What the tables name, in words: states, causes of waiting, limits. The only home of these labels and their tones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from simulator.report.numbers import count, number, seconds
from simulator.scenario.objectives import ROOM

Tone = Literal["good", "unsure", "bad", "plain"]

STATES: Final[dict[str, tuple[str, Tone]]] = {
    "stable": ("keeps up", "good"),
    "backlogged": ("was behind", "unsure"),
    "losing": ("loses records", "bad"),
    "overloaded": ("falls behind", "bad"),
    "blocked": ("is stuck", "bad"),
}
COLOURS: Final[dict[str, str]] = {
    "good": "green",
    "unsure": "yellow",
    "bad": "red",
    "plain": "default",
}  # on a terminal

CAUSES: Final[dict[str, str]] = {
    "write_records": "the write limit in records",
    "write_bytes": "the write limit in bytes",
    "starting": "the mapping's start",
    "disabled": "the mapping is disabled",
    "parents": "parent shards are read first",
    "read_calls": "the limit of GetRecords calls",
    "read_bytes": "the read limit in bytes",
    "held": "the poller holds as many records as it may",
    "answer_limit": "the answers are full",
    "poll_interval": "the next poll",
    "read_latency": "the answer",
    "push_bytes": "the limit of a subscription in bytes",
    "propagation": "the propagation",
    "batching_window": "the batching window",
    "invoke_overhead": "the invocation's overhead",
    "concurrency": "concurrency",
    "invocation_rate": "the invocation rate",
    "scaling_rate": "the rate at which environments are added",
    "cold_start": "cold starts",
    "processing": "the processing itself",
    "function": "the function's time",
    "poison": "poison records",
    "outage": "the outage",
    "random_errors": "random errors",
    "timeouts": "timeouts",
}


@dataclass(frozen=True)
class Limit:
    """A limit of AWS: in a few words, what it is, where AWS says so, and when the most is offered to it."""

    words: str
    amount: str
    source: str
    busiest: str = "in the busiest second"


QUOTAS: Final = "Amazon Kinesis Data Streams Developer Guide, quotas and limits"
API: Final = "Amazon Kinesis Data Streams API"
LAMBDA: Final = "AWS Lambda Developer Guide"
LIMITS: Final[dict[str, Limit]] = {
    "write_records": Limit("write records", "1,000 records/s a shard", QUOTAS),
    "write_bytes": Limit("write bytes", "1 MiB/s a shard", QUOTAS),
    "read_calls": Limit("read calls", "5 calls/s a shard, for all that poll it", f"{API}, GetRecords"),
    "read_bytes": Limit("read bytes", "2 MiB/s a shard: for all that poll it, or for each that is pushed to", QUOTAS),
    "lanes": Limit(
        "function time",
        "one batch at a time in a lane; a shard has as many lanes as the parallelization factor",
        f"{LAMBDA}, using Lambda with Kinesis",
    ),
    "concurrency": Limit(
        "concurrency",
        "the function's reserve, or what the account has left",
        f"{LAMBDA}, quotas and reserved concurrency",
        "at once",
    ),
}

GROWING: Final = ("write_records", "write_bytes", "read_bytes", "lanes", "concurrency")  # limits that traffic uses up
SHARED_TIME: Final = ("lanes", "concurrency")  # of these by time: fuller batches need less of it a record


REFUSALS: Final[dict[str, str]] = {  # why a request that changes shards is refused
    "as many as there are": "there are as many",
    "more than twice": "more than twice the open shards",
    "less than half": "less than half of the open shards",
    "ten in 24 h": "ten requests in 24 h have been carried out",
    "not open": "a shard that it names is not open",
    "not side by side": "the two shards do not touch",
    "too narrow": "the shard's range is too narrow",
    "maximum": "there are as many shards as there may be",
}
ASKERS: Final[dict[str, str]] = {"file": "the scenario", "rule": "its rule", "on_demand": "on-demand mode"}


def sampled(shards: int | None) -> str:
    """Of which shards the figures of a study are, as a sentence; an empty text: of all."""
    if shards is None:
        return ""
    return f"Of a sample of {shards} shards: counts and costs are those of all; the most of all is not known."


def cautious(tone: Tone, headroom: float) -> Tone:
    """A tone where so many times the traffic can be borne; NaN where that is not known."""
    return "unsure" if tone == "good" and headroom < ROOM else tone


def headroom_at_most(limit: str, used: float) -> str:
    """What a limit that is used so much says of the headroom; nothing if that is enough."""
    if limit not in GROWING or not 1 / ROOM < used <= 1:
        return ""
    if limit in SHARED_TIME:
        what = f"{limit_words(limit).capitalize()} is used to {used:.0%}"
        return f"{what}; as batches grow with the traffic, only more of it tells the headroom: shardsim sweep-load."
    return f"The headroom is {1 / used:.2f} times the traffic at most: {limit_words(limit)} is used to {used:.0%}."


def state_colour(state: str) -> str:
    """The colour of a state on a terminal."""
    return COLOURS[STATES[state][1]]


def cause_words(cause: str | None) -> str:
    """A cause of waiting in a few words; of none that nothing binds."""
    return CAUSES[cause] if cause else "nothing"


def limit_words(limit: str) -> str:
    """A limit in a few words."""
    return LIMITS[limit].words


BACKTEST_WORDS: Final[dict[str, tuple[str, Tone]]] = {  # how well a twin explains what was observed
    "explains": ("explains", "good"),
    "partly": ("partly explains", "unsure"),
    "does not explain": ("does not explain", "bad"),
}
OBSERVED: Final[dict[str, tuple[str, str]]] = {  # by CloudWatch's name: in words, and the unit of its values
    "IteratorAge": ("iterator age", "ms"),
    "Invocations": ("invocations", ""),
    "Duration": ("duration", "ms"),
    "Errors": ("errors", ""),
    "Throttles": ("throttles", ""),
    "ConcurrentExecutions": ("concurrency", ""),
    "WriteProvisionedThroughputExceeded": ("refused writes", ""),
    "ReadProvisionedThroughputExceeded": ("refused reads", ""),
}


def metric_words(metric: str) -> str:
    """A metric of CloudWatch in a few words."""
    return OBSERVED[metric][0]


def amount(metric: str, value: float) -> str:
    """A value of a metric of CloudWatch with its unit: 9 min, 51.5 ms, 1,234."""
    if OBSERVED[metric][1] == "ms":
        return f"{'-' * (value < 0)}{seconds(abs(value) / 1000)}"
    return count(value) if value == round(value) else number(value)
