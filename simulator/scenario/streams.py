"""Streams, and the producers that write to them (docs/model.md, sections 1 to 3)."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from simulator.scenario.bounds import (
    ASSUMPTION,
    DURATION,
    KIB,
    KINESIS,
    LARGEST_RECORD,
    MIB,
    SHARDS,
    SIGNED_DURATION,
    WHOLE_HOUR,
)
from simulator.scenario.data import DATA, RANDOM_BYTES, Data
from simulator.scenario.distributions import RECORD_SIZES, Constant, Distribution
from simulator.scenario.forms import ListOf, NoneOr
from simulator.scenario.hash_ranges import HASH_KEY, HashRange, equal_ranges
from simulator.scenario.kinds import Reference
from simulator.scenario.names import PRODUCER_NAME
from simulator.scenario.partition_keys import PARTITION_KEYS, PartitionKeys, UniqueKeys
from simulator.scenario.quantities import Duration, WholeSize
from simulator.scenario.rates import RATES, Rate
from simulator.scenario.records import Doc, Record
from simulator.scenario.resharding import RESHARDING, OnDemand, Resharding, ReshardingTime, Scaling
from simulator.scenario.words import words

USUAL_TIME, USUAL_GROWTH = ReshardingTime(), OnDemand()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A Kinesis stream."""

    shards: Annotated[
        int,
        SHARDS,
        Doc(
            "How many shards at the start; each accepts 1,000 records/s and 1 MiB/s.",
            "20,000 or 6,000 or 1,000 in all, by region; 10,000 in a stream",
            f"{KINESIS}, quotas and limits; UpdateShardCount",
            default="none, it is required; as many as `hash_ranges`; 4 with `mode: on_demand`",
        ),
    ] = 0
    hash_ranges: Annotated[
        tuple[HashRange, ...],
        ListOf(ListOf(HASH_KEY, exactly=2)),
        Doc(
            "First and last hash key of each shard at the start, in order. With another number of `shards`, as when a "
            "study tries some, they are equal.",
            "HashKeyRange of list-shards",
            f"{KINESIS}, Shard",
            default="equal parts of all hash keys",
        ),
    ] = ()
    retention: Annotated[
        float,
        Duration(86_400.0, 8760 * 3600.0, step=WHOLE_HOUR),
        Doc(
            "A record older than this is gone.",
            "24h by default, 24..8760 whole hours",
            f"{KINESIS}, data retention period",
        ),
    ] = 86_400.0
    max_record_size: Annotated[
        int,
        WholeSize(MIB, LARGEST_RECORD, step=KIB),
        Doc("Data and partition key together.", "1MiB by default, 1024..10240 whole KiB", f"{KINESIS}, large records"),
    ] = MIB
    mode: Annotated[
        Literal["provisioned", "on_demand"],
        words("provisioned", "on_demand"),
        Doc("Who changes the shards: you, or AWS.", "PROVISIONED by default", f"{KINESIS}, on-demand mode"),
    ] = "provisioned"
    resharding: Annotated[
        tuple[Resharding, ...], RESHARDING, Doc("Requests that change the shards, in order of `at`.", default="none")
    ] = ()
    resharding_time: Annotated[
        ReshardingTime, Record(ReshardingTime), Doc("How long requests take.", "not documented", ASSUMPTION)
    ] = USUAL_TIME
    scaling: Annotated[
        Scaling | None,
        NoneOr(Record(Scaling)),
        Doc("A rule that asks for more or fewer shards.", default="none"),
    ] = None
    on_demand: Annotated[
        OnDemand, Record(OnDemand), Doc("How the stream grows; of no effect without `mode: on_demand`.")
    ] = USUAL_GROWTH

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """First and last hash of each shard at the start."""
        if len(self.hash_ranges) != self.shards:
            return equal_ranges(self.shards)
        return [(first, last) for first, last in self.hash_ranges]

    @property
    def unequal(self) -> bool:
        """Whether the shards at the start have other ranges than if they had been made together."""
        return self.ranges != equal_ranges(self.shards)

    @property
    def changes(self) -> bool:
        """Whether its shards may change in a run."""
        return bool(self.resharding or self.scaling or self.mode == "on_demand")


STREAM = Record(Stream, unless=("shards", {"mode": "on_demand", "hash_ranges": None}))
ONE_KIB = Constant(value=float(KIB))
UNIQUE = UniqueKeys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer:
    """A source of records for one stream."""

    name: Annotated[
        str, PRODUCER_NAME, Doc("Its name; key i of producer P is `P-i`.", default="producer-<n>, n from 1")
    ] = ""
    stream: Annotated[str, Reference("streams"), Doc("The stream it writes to.")]
    rate: Annotated[Rate, RATES, Doc("Expected records per second, constant or by the time of the run.")]
    arrivals: Annotated[
        Literal["poisson", "constant"],
        words("poisson", "constant"),
        Doc("`poisson`: at random with that rate; `constant`: evenly spaced, without randomness."),
    ] = "poisson"
    start: Annotated[
        float, SIGNED_DURATION, Doc("Records are produced from then on; below 0: what was in the stream at t = 0.")
    ] = 0.0
    stop: Annotated[
        float, DURATION, Doc("Records are produced before then; at most the scenario's duration.", default="duration")
    ] = math.inf
    record_size: Annotated[
        Distribution,
        RECORD_SIZES,
        Doc(
            "Data and partition key together, rounded to whole bytes. What an unbounded distribution draws above the "
            "stream's max_record_size is cut to it.",
            "1MiB, or the stream's MaxRecordSizeInKiB",
            f"{KINESIS}, large records",
        ),
    ] = ONE_KIB
    partition_keys: Annotated[
        PartitionKeys, PARTITION_KEYS, Doc("Which shard, and which lane, each record goes to.")
    ] = UNIQUE
    on_throttle: Annotated[
        Literal["retry", "drop"],
        words("retry", "drop"),
        Doc("What happens to a record that its shard does not accept at once."),
    ] = "retry"
    data: Annotated[
        Data,
        DATA,
        Doc(
            "What its records hold, for `shardsim events` and for functions with a `handler`; the simulation counts "
            "with record_size whatever it is."
        ),
    ] = RANDOM_BYTES
