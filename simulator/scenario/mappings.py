"""Event source mappings: which stream is read for which function, and how (docs/model.md, sections 1 and 4 to 7)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from simulator.scenario.bounds import (
    API,
    ASSUMPTION,
    DURATION,
    GUIDE,
    KINESIS,
    PROBABILITY,
    SIGNED_DURATION,
    SOME_DURATION,
    WHOLE_SECOND,
)
from simulator.scenario.forms import Forms, ListOf, NoneOr
from simulator.scenario.kinds import Flag, Reference
from simulator.scenario.names import MAPPING_NAME
from simulator.scenario.quantities import Duration, Integer, Number
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import NoLimitOr, WordOr, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one time to another."""

    from_: Annotated[float, DURATION, Doc("When it begins.")]
    to: Annotated[float, DURATION, Doc("When it is over; later than `from`.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTimestamp:
    """Read the records accepted at or after a time."""

    at_timestamp: Annotated[float, SIGNED_DURATION, Doc("In time of the run; below 0: from before it began.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """How a mapping reads that polls."""

    interval: Annotated[
        float, SOME_DURATION, Doc("From one poll of a shard to the next.", "1s", f"{GUIDE}, with-kinesis")
    ] = 1.0
    phase: Annotated[
        float | Literal["random", "spread"],
        WordOr(words("random", "spread"), DURATION),
        Doc(
            "When a shard's first poll is: `random` draws it for each shard, `spread` spaces the shards evenly, "
            "a duration below the interval is the same for all.",
            source=ASSUMPTION,
        ),
    ] = "random"
    get_records_limit: Annotated[
        int,
        Integer(1, 10_000),
        Doc(
            "The records of one answer at most.",
            "10,000; what a mapping asks for is not documented",
            "Kinesis API, GetRecords",
        ),
    ] = 10_000
    latency: Annotated[
        float, DURATION, Doc("From a poll to its records being there.", "not documented", ASSUMPTION)
    ] = 0.01
    repoll: Annotated[
        Literal["full_batch", "base_rate"],
        words("full_batch", "base_rate"),
        Doc(
            "`full_batch`: poll again at once after a full batch; `base_rate`: once an interval, no more.",
            "until the function catches up with the stream",
            f"{GUIDE}, with-kinesis; secondhand sources say once a second",
        ),
    ] = "full_batch"
    missed: Annotated[
        float, PROBABILITY, Doc("Of a poll to slip to the next interval.", "not documented", ASSUMPTION)
    ] = 0.0
    jitter: Annotated[
        float,
        Number(0, 0.5),
        Doc(
            "How much of the interval is random: a poll that is due at d is made at d + interval * jitter * u, u drawn "
            "from 0 to 1.",
            "not documented",
            ASSUMPTION,
        ),
    ] = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How a mapping reads that has an HTTP/2 consumer (enhanced fan-out)."""

    propagation: Annotated[
        float,
        DURATION,
        Doc("From a record being sent to its being there.", "about 70ms", f"{KINESIS}, enhanced fan-out"),
    ] = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The n-th wait is min(maximum, initial * factor^(n-1)), times a draw from [1-jitter, 1+jitter]."""

    initial: Annotated[
        float, SOME_DURATION, Doc("The first wait.", "not documented", "assumption, from recordings")
    ] = 0.5
    factor: Annotated[float, Number(1, 1000), Doc("By which each wait grows.", "not documented", ASSUMPTION)] = 2.0
    maximum: Annotated[
        float, SOME_DURATION, Doc("The longest wait.", "one minute, by a statement in AWS's forum of 2017", ASSUMPTION)
    ] = 60.0
    jitter: Annotated[float, PROBABILITY, Doc("How much of a wait is random.", "not documented", ASSUMPTION)] = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which records the function is to see; the others end when they become available."""

    passes: Annotated[float, PROBABILITY, Doc("The part of the records, or of the keys, that passes.")]
    by: Annotated[
        Literal["record", "key"],
        words("record", "key"),
        Doc("`record`: drawn for each; `key`: all records of a key pass, or none (keys of one record each are drawn)."),
    ] = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSourceMapping:
    """A stream read for a function."""

    name: Annotated[str, MAPPING_NAME, Doc("Its name.", default="<function>-<stream>")] = ""
    stream: Annotated[str, Reference("streams"), Doc("The stream it reads.")]
    function: Annotated[str, Reference("functions"), Doc("The function it invokes.")]
    consumer: Annotated[
        Literal["polling", "push"],
        words("polling", "push"),
        Doc(
            "`polling`: the standard iterator; `push`: an HTTP/2 stream consumer (enhanced fan-out).",
            "",
            f"{GUIDE}, with-kinesis",
        ),
    ] = "polling"
    batch_size: Annotated[
        int,
        Integer(1, 10_000),
        Doc("The records of one invocation at most.", "100 by default, 1..10000", f"{API}: BatchSize"),
    ] = 100
    maximum_batching_window: Annotated[
        float,
        Duration(0.0, 300.0, step=WHOLE_SECOND),
        Doc(
            "How long to wait for a full batch.",
            "0 by default, 0..300 whole seconds",
            f"{API}: MaximumBatchingWindowInSeconds",
        ),
    ] = 0.0
    parallelization_factor: Annotated[
        int,
        Integer(1, 10),
        Doc(
            "The batches of one shard in flight at once, one in each lane.",
            "1 by default, 1..10",
            f"{API}: ParallelizationFactor",
        ),
    ] = 1
    starting_position: Annotated[
        Literal["latest", "trim_horizon"] | AtTimestamp,
        Forms(words("latest", "trim_horizon"), {"at_timestamp": Record(AtTimestamp)}),
        Doc(
            "Which records it reads first.", "required; LATEST, TRIM_HORIZON, AT_TIMESTAMP", f"{API}: StartingPosition"
        ),
    ] = "latest"
    starts_after: Annotated[
        float,
        DURATION,
        Doc(
            "From t = 0 to the first read: the mapping, and its consumer, being created.",
            "several minutes",
            f"{GUIDE}, services-kinesis-create",
        ),
    ] = 0.0
    shard_discovery: Annotated[
        float,
        DURATION,
        Doc(
            "From the end of a shard's parents, each record of which has ended, to the first read of it.",
            "not documented",
            ASSUMPTION,
        ),
    ] = 2.0
    maximum_retry_attempts: Annotated[
        int,
        NoLimitOr(Integer(0, 10_000)),
        Doc(
            "Retries of a batch after errors; -1: no limit.", "-1 by default, -1..10000", f"{API}: MaximumRetryAttempts"
        ),
    ] = -1
    maximum_record_age: Annotated[
        float,
        NoLimitOr(Duration(60.0, 604_800.0, step=WHOLE_SECOND)),
        Doc(
            "Older records are not sent; -1: no limit.",
            "-1 by default, -1 or 60..604800 whole seconds",
            f"{API}: MaximumRecordAgeInSeconds",
        ),
    ] = -1
    bisect_batch_on_function_error: Annotated[
        bool, Flag(), Doc("Split a failing batch in two.", "false by default", f"{API}: BisectBatchOnFunctionError")
    ] = False
    report_batch_item_failures: Annotated[
        bool,
        Flag(),
        Doc(
            "The function says which record failed; those before it are done.",
            "off by default",
            f"{API}: FunctionResponseTypes",
        ),
    ] = False
    on_failure_destination: Annotated[
        bool,
        Flag(),
        Doc(
            "Send what is given up to a destination instead of dropping it.",
            "none by default",
            f"{API}: DestinationConfig",
        ),
    ] = False
    filter: Annotated[
        Filter | None,
        NoneOr(Record(Filter)),
        Doc(
            "What the function sees of the records; all are read, and paid for.",
            "patterns on metadata and data",
            f"{GUIDE}, event filtering",
            default="none: all of them",
        ),
    ] = None
    disabled: Annotated[
        tuple[Period, ...], ListOf(Record(Period)), Doc("When the mapping is disabled.", default="never")
    ] = ()
    polling: Annotated[Polling, Record(Polling), Doc("How it polls; of no effect with `consumer: push`.")] = Polling()
    push: Annotated[Push, Record(Push), Doc("How records are pushed; of no effect with `consumer: polling`.")] = Push()
    invoke_overhead: Annotated[
        float, DURATION, Doc("From the mapping to the function, at each attempt.", "not documented", ASSUMPTION)
    ] = 0.0
    retry_backoff: Annotated[Backoff, Record(Backoff), Doc("The waits after errors.", "not documented", ASSUMPTION)] = (
        Backoff()
    )
    throttle_backoff: Annotated[
        Backoff, Record(Backoff), Doc("The waits after throttles.", "not documented", ASSUMPTION)
    ] = Backoff()
