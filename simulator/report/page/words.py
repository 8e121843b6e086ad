"""The words of the report for what the tables name: limits, states, parts of latency, metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulator.report.page.view import Tone
from simulator.study.objectives import COST

WORST_LAST: Final = ("stable", "backlogged", "overloaded")
STATES: Final[dict[str, tuple[str, Tone]]] = {
    "stable": ("keeps up", "good"),
    "backlogged": ("was behind", "unsure"),
    "overloaded": ("falls behind", "bad"),
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
    "write records": Limit("the write limit in records", "1,000 records/s a shard", QUOTAS),
    "write bytes": Limit("the write limit in bytes", "1 MiB/s a shard", QUOTAS),
    "read calls": Limit(
        "the limit of GetRecords calls", "5 calls/s a shard, for all that poll it", f"{API}, GetRecords"
    ),
    "read bytes": Limit(
        "the read limit in bytes", "2 MiB/s a shard: for all that poll it, or for each that is pushed to", QUOTAS
    ),
    "function time per lane": Limit(
        "the function's time",
        "one batch at a time in a lane; a shard has as many lanes as the parallelization factor",
        f"{LAMBDA}, using Lambda with Kinesis",
    ),
    "concurrency": Limit(
        "concurrency",
        "the function's reserve, or what the account has left",
        f"{LAMBDA}, quotas and reserved concurrency",
    ),
    "retries": Limit("failed attempts", "a batch is tried again before the next of its lane", f"{LAMBDA}, Kinesis"),
}

PARTS: Final = {
    "write_wait": "at the producer, until the shard accepts the record",
    "pickup": "until it is read",
    "queueing": "read, while its lane is busy with earlier batches",
    "batching": "until the batch is full or its window ends",
    "throttled": "no concurrency or environment was free",
    "retrying": "earlier attempts at its batch, and the backoff after them",
    "cold_start": "a new environment starts",
    "processing": "the function's own time with the batch",
}

METRICS: Final[tuple[tuple[str, str, str], ...]] = (
    ("latency", "-", "from a record's production to the end of the attempt that processed it"),
    ("iterator age", "-", "age of a batch's last record when its attempt ends (CloudWatch's IteratorAge until 2020)"),
    ("iterator age at send", "Lambda IteratorAge", "age of a batch's last record when the function receives it"),
    ("attempts", "Lambda Invocations", "invocations that were admitted, first tries and retries"),
    ("errors", "Lambda Errors", "attempts that ended with an error or by the timeout"),
    ("throttles", "Lambda Throttles", "attempts refused for want of concurrency or of an environment"),
    ("concurrency", "Lambda ConcurrentExecutions", "invocations that run at once"),
    ("accepted records, bytes", "Kinesis IncomingRecords, IncomingBytes", "what the shards took in"),
    ("write-throttled records", "Kinesis WriteProvisionedThroughputExceeded", "refused at first, or dropped"),
    ("refused reads", "Kinesis ReadProvisionedThroughputExceeded", "GetRecords calls beyond a shard's read limits"),
    ("dropped", "Lambda DroppedEventCount", "given up after the last retry or at the maximum record age"),
    ("sent to destination", "Lambda OnFailureDestinationDeliveredEventCount", "given up, but described elsewhere"),
    ("expired", "-", "gone from the stream by its retention before they were processed"),
    ("lost", "-", "dropped at write, dropped or expired: nothing is left of the record"),
    ("done again", "-", "records in attempts that failed: the function may have seen them before"),
)

NOT_MODELLED: Final = (
    "PutRecords batches and the Kinesis Producer Library's aggregation",
    "resharding during a run, and on-demand capacity",
    "consumers that are not Lambda, such as KCL or Firehose",
    "the renewal of a push subscription every five minutes",
    "event filters and tumbling windows",
    "the time that writing to a failure destination takes",
    "the limit of 10 requests/s an environment",
)


def limit_words(limit: str) -> str:
    """A limit in a few words; one without any by its name."""
    return LIMITS[limit].words if limit in LIMITS else limit


def told(name: str) -> str:
    """A name of the tables as words: sent_to_destination is sent to destination, latency_p99_s is latency p99."""
    if name == COST:
        return "cost a month"
    return name.removesuffix("_s").replace("_", " ")
