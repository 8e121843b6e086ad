"""The scenario: everything a user can write, with its meaning, unit, default and limits (docs/model.md, section 1).

Durations are seconds, sizes bytes, rates per second. These classes are the single definition of a scenario: the loader,
the JSON Schema, the reference of the fields and the resolved scenario are all made from their annotations. A worker
imports this module, so it brings in nothing but the standard library.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from simulator.scenario.bounds import CONCURRENCY, DURATION, GUIDE, RUN_DURATION
from simulator.scenario.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Uniform,
)
from simulator.scenario.forms import ListOf, MapOf
from simulator.scenario.functions import Failure, Function, Outage, Poison, Random, Slow, Work
from simulator.scenario.instants import Instant
from simulator.scenario.kinds import Text
from simulator.scenario.mappings import AtTimestamp, Backoff, EventSourceMapping, Filter, Period, Polling, Push
from simulator.scenario.names import FUNCTION_NAME, SCENARIO_NAME, STREAM_NAME
from simulator.scenario.objectives import Objectives
from simulator.scenario.partition_keys import CountedKeys, PartitionKeys, UniqueKeys, WeightedKeys, Zipf
from simulator.scenario.prices import Prices
from simulator.scenario.quantities import Integer, Requests
from simulator.scenario.rates import ConstantRate, Rate, Sine, Spikes, Step, Steps, Trace
from simulator.scenario.readers import Reader
from simulator.scenario.records import Doc, Record
from simulator.scenario.resharding import OnDemand, Resharding, ReshardingTime, ScaleDown, ScaleUp, Scaling
from simulator.scenario.search import Search
from simulator.scenario.streams import STREAM, Producer, Stream
from simulator.scenario.words import NoLimitOr, WordOr, none_or, words

__all__ = [
    "SCENARIO",
    "Account",
    "AtTimestamp",
    "Backoff",
    "Constant",
    "ConstantRate",
    "CountedKeys",
    "Distribution",
    "Empirical",
    "EventSourceMapping",
    "Exponential",
    "Failure",
    "Filter",
    "Function",
    "Gamma",
    "Lognormal",
    "Normal",
    "Objectives",
    "OnDemand",
    "Outage",
    "PartitionKeys",
    "Period",
    "Poison",
    "Polling",
    "Prices",
    "Producer",
    "Push",
    "Random",
    "Rate",
    "Reader",
    "Resharding",
    "ReshardingTime",
    "ScaleDown",
    "ScaleUp",
    "Scaling",
    "Scenario",
    "Search",
    "Sine",
    "Slow",
    "Spikes",
    "Step",
    "Steps",
    "Stream",
    "Trace",
    "Uniform",
    "UniqueKeys",
    "WeightedKeys",
    "Work",
    "Zipf",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account's limits of concurrent invocations, and of their rate."""

    concurrency: Annotated[
        int,
        Integer(1, 1_000_000),
        Doc(
            "Invocations that the account may run at once.",
            "1,000 by default; new accounts have less",
            f"{GUIDE}, quotas",
        ),
    ] = 1000
    other_concurrency: Annotated[
        int, CONCURRENCY, Doc("What functions outside the scenario use of it, all the time.")
    ] = 0
    requests_per_concurrency: Annotated[
        float,
        NoLimitOr(Requests(1, 1_000_000), 0),
        Doc(
            "Invocations a second for each unit of concurrency, of a function's reserve or of what the account has "
            "left; 0: no limit.",
            "10/s",
            f"{GUIDE}, quotas",
        ),
    ] = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole scenario file."""

    name: Annotated[
        str, SCENARIO_NAME, Doc("Its name.", default="the file's name without .yaml, as far as it is one")
    ] = ""
    description: Annotated[str, Text(), Doc("What it is about.")] = ""
    duration: Annotated[float, RUN_DURATION, Doc("Producers stop here.")]
    start_time: Annotated[
        datetime | None,
        none_or(Instant()),
        Doc(
            "The date and time of t = 0: sentences and pictures then tell times of the run by the clock. Nothing else "
            "depends on it; in CSV files times stay in seconds from t = 0.",
            default="none",
        ),
    ] = None
    drain: Annotated[float, DURATION, Doc("After `duration` run on until all is processed, at most this long.")] = (
        3600.0
    )
    warmup: Annotated[
        float | Literal["auto"],
        WordOr(words("auto"), DURATION),
        Doc(
            "Records accepted before this are left out of the summary's statistics. `auto`: a study finds it from the "
            "course of its measures (MSER-5); a single run leaves nothing out."
        ),
    ] = 0.0
    seed: Annotated[int, Integer(0, 2**63 - 1), Doc("The same seed gives the same run.")] = 1
    account: Annotated[Account, Record(Account), Doc("The account's limits.")] = Account()
    prices: Annotated[Prices, Record(Prices), Doc("What the bill is drawn up by.")] = field(default_factory=Prices)
    streams: Annotated[dict[str, Stream], MapOf(STREAM_NAME, STREAM, least=1), Doc("The streams by name.")]
    producers: Annotated[tuple[Producer, ...], ListOf(Record(Producer)), Doc("What writes to the streams.")] = ()
    functions: Annotated[dict[str, Function], MapOf(FUNCTION_NAME, Record(Function)), Doc("The functions by name.")] = (
        field(default_factory=dict)
    )
    event_source_mappings: Annotated[
        tuple[EventSourceMapping, ...],
        ListOf(Record(EventSourceMapping)),
        Doc("Which stream is read for which function."),
    ] = ()
    readers: Annotated[
        tuple[Reader, ...],
        ListOf(Record(Reader)),
        Doc("Who else reads the streams by GetRecords: Firehose, a KCL application, a function of another account."),
    ] = ()
    objectives: Annotated[Objectives, Record(Objectives), Doc("What every mapping is to keep.")] = field(
        default_factory=Objectives
    )
    search: Annotated[Search, Record(Search), Doc("What a study may change.")] = field(default_factory=Search)

    @property
    def warmup_s(self) -> float:
        """The warm-up in seconds; 0 while `auto` is not settled."""
        return 0.0 if self.warmup == "auto" else self.warmup


SCENARIO = Record(Scenario)
