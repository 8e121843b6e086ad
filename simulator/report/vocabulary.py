"""What the tables name, in words: states, causes of waiting, limits. The only home of these labels and their tones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

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
    """A limit of AWS: in a few words, what it is, and where AWS says so."""

    words: str
    amount: str
    source: str


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
    ),
}


def state_colour(state: str) -> str:
    """The colour of a state on a terminal."""
    return COLOURS[STATES[state][1]]


def cause_words(cause: str | None) -> str:
    """A cause of waiting in a few words; of none that nothing binds."""
    return CAUSES[cause] if cause else "nothing"


def limit_words(limit: str) -> str:
    """A limit in a few words."""
    return LIMITS[limit].words
