"""The words of the page for what the tables name: parts of latency, metrics."""

from __future__ import annotations

from typing import Final

from simulator.study.objectives import COST

HERE: Final = "In the folder of this report"  # above a command
PARTS: Final = {
    "write_wait": "at the producer, until the shard accepts the record",
    "parent_wait": "until the shards before its own are finished",
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
    ("filtered", "Lambda FilteredOutEventCount", "read, but let through by no filter: no function sees them"),
    ("lost", "-", "dropped at write, dropped or expired: nothing is left of the record"),
    ("done again", "-", "records in attempts that failed: the function may have seen them before"),
)

NOT_MODELLED: Final = (
    "PutRecords batches and the Kinesis Producer Library's aggregation",
    "on-demand capacity that shrinks, and warm throughput",
    "what consumers that are not Lambda do with what they read",
    "the renewal of a push subscription every five minutes",
    "the patterns of event filters (only the part that passes), and tumbling windows",
    "the time that writing to a failure destination takes",
)


def told(name: str) -> str:
    """A name of the tables as words: sent_to_destination is sent to destination, latency_p99_s is latency p99."""
    if name == COST:
        return "cost a month"
    return name.removesuffix("_s").replace("_", " ")


def safe(name: str) -> str:
    """A name as one of a folder."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name)
