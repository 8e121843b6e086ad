"""How the shards of a stream change: requests, scaling by rule, on-demand mode (docs/model.md, sections 14 and 15)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from simulator.scenario.bounds import ASSUMPTION, DURATION, KINESIS, SHARDS
from simulator.scenario.distributions import DURATIONS, Constant, Distribution, Uniform
from simulator.scenario.forms import ListOf, NoneOr
from simulator.scenario.quantities import Duration, Integer, Number
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import none_or, words

SHARD = Integer(0, 1_000_000_000)
TEN_SECONDS, SIX_SECONDS = Constant(value=10.0), Constant(value=6.0)
TWO_TO_15_MINUTES = Uniform(low=120.0, high=900.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resharding:
    """A request that changes the shards: one of `shards`, `split` and `merge`."""

    at: Annotated[float, DURATION, Doc("When it is made; it waits for those before it.")]
    shards: Annotated[
        int | None,
        SHARDS,
        Doc(
            "UpdateShardCount: so many, of equal ranges.",
            "at least half and at most twice as many, 10 times in 24 h",
            f"{KINESIS}, UpdateShardCount",
            default="none",
        ),
    ] = None
    split: Annotated[int | None, SHARD, Doc("SplitShard: the number of a shard that is open then.", default="none")] = (
        None
    )
    point: Annotated[float, Number(0, 1), Doc("Of a split: the part of the range that the lower child gets.")] = 0.5
    merge: Annotated[
        tuple[int, ...],
        ListOf(SHARD, exactly=2),
        Doc("MergeShards: the numbers of two shards that are open then, and whose ranges touch.", default="none"),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReshardingTime:
    """How long a request takes: `begin`, and `each` for every split or merge."""

    begin: Annotated[Distribution, DURATIONS, Doc("Before its first operation.", "not documented", ASSUMPTION)] = (
        TEN_SECONDS
    )
    each: Annotated[
        Distribution,
        DURATIONS,
        Doc("Each split or merge, one after the other.", "about 30 s a shard, in the first years", ASSUMPTION),
    ] = SIX_SECONDS


PERIOD = Duration(60.0, 3600.0, step=60.0)
USE = Doc("Of a period to count: the stream's use of what its open shards accept, strictly.")
EACH = Doc("How long a period is.")
POINTS = Doc("So many of the last `of` periods must count.")
OF = Doc("How many of its last periods it looks at.")
COOLDOWN = Doc("It does not ask sooner after the last change.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleUp:
    """When to ask for more shards: `factor` times as many, or `add` more."""

    above: Annotated[float, Number(0, 1000), USE] = 0.75
    period: Annotated[float, PERIOD, EACH] = 300.0
    points: Annotated[int, Integer(1, 1440), POINTS] = 5
    of: Annotated[int, Integer(1, 1440), OF] = 5
    factor: Annotated[
        float | None,
        none_or(Number(1, 10_000)),
        Doc("How many times as many, rounded up.", "at most twice", f"{KINESIS}, UpdateShardCount", "2, without `add`"),
    ] = None
    add: Annotated[int, Integer(0, 10_000), Doc("How many more, in place of `factor`.", default="none")] = 0
    cooldown: Annotated[float, DURATION, COOLDOWN] = 0.0

    @property
    def part(self) -> float:
        """The factor."""
        return 2.0 if self.factor is None else self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleDown:
    """When to ask for fewer shards: `factor` times as many, or `subtract` fewer."""

    below: Annotated[float, Number(0, 1000), USE] = 0.25
    period: Annotated[float, PERIOD, EACH] = 300.0
    points: Annotated[int, Integer(1, 1440), POINTS] = 57
    of: Annotated[int, Integer(1, 1440), OF] = 60
    factor: Annotated[
        float | None,
        none_or(Number(0, 1)),
        Doc(
            "How many times as many, rounded down.",
            "at least half",
            f"{KINESIS}, UpdateShardCount",
            "0.5, without `subtract`",
        ),
    ] = None
    subtract: Annotated[int, Integer(0, 10_000), Doc("How many fewer, in place of `factor`.", default="none")] = 0
    cooldown: Annotated[float, DURATION, COOLDOWN] = 0.0

    @property
    def part(self) -> float:
        """The factor."""
        return 0.5 if self.factor is None else self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Scaling by a rule of one's own, such as an alarm and a function that calls UpdateShardCount."""

    metric: Annotated[
        Literal["use", "records", "bytes"],
        words("use", "records", "bytes"),
        Doc("What is looked at: accepted records, accepted bytes, or the larger use of the two."),
    ] = "use"
    minimum: Annotated[int, SHARDS, Doc("It asks for no fewer shards.")] = 1
    maximum: Annotated[int, SHARDS, Doc("It asks for no more shards.")] = 100
    delay: Annotated[
        float, DURATION, Doc("From the end of a period to when its figures can be used.", "not documented", ASSUMPTION)
    ] = 120.0
    up: Annotated[ScaleUp | None, NoneOr(Record(ScaleUp)), Doc("When it asks for more.", default="none")] = None
    down: Annotated[ScaleDown | None, NoneOr(Record(ScaleDown)), Doc("When it asks for fewer.", default="none")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand:
    """How a stream in on-demand mode grows; there is no documented way back."""

    split_above: Annotated[
        float,
        Number(0.0001, 1),
        Doc(
            "A shard that accepts this part of its limits, or more, in a whole minute is split in two.",
            "500 records/s or 500 KB/s",
            f"{KINESIS}, on-demand mode",
        ),
    ] = 0.5
    delay: Annotated[
        Distribution,
        DURATIONS,
        Doc("From the end of that minute to the split.", "within 15 minutes", f"{KINESIS}, on-demand mode"),
    ] = TWO_TO_15_MINUTES
    maximum: Annotated[
        int,
        SHARDS,
        Doc("With so many open shards none is split.", "quotas on MB/s of a stream", f"{KINESIS}, quotas and limits"),
    ] = 10_000


RESHARDING = ListOf(Record(Resharding, either=("shards", "split", "merge")))
