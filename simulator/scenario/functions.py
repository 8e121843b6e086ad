"""Functions: how long they run, and what goes wrong (docs/model.md, sections 1, 6 and 7)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from simulator.scenario.bounds import ASSUMPTION, CONCURRENCY, DURATION, GUIDE, MEMORY, MIB, PROBABILITY, WHOLE_SECOND
from simulator.scenario.distributions import DURATIONS, NO_TIME, Constant, Distribution
from simulator.scenario.forms import ListOf, MapOf, TableOf, Tagged
from simulator.scenario.handler import Handler, HandlerOf
from simulator.scenario.kinds import Flag, Schema, Text
from simulator.scenario.names import AwsName
from simulator.scenario.nodes import Node, Scalar
from simulator.scenario.place import Place
from simulator.scenario.quantities import Duration, Number
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import none_or, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How long an attempt runs: per_batch + per_record * records + per_mib * MiB."""

    per_batch: Annotated[Distribution, DURATIONS, Doc("For each attempt.")] = NO_TIME
    per_record: Annotated[Distribution, DURATIONS, Doc("For each record of the batch.")] = NO_TIME
    per_mib: Annotated[Distribution, DURATIONS, Doc("For each MiB of the batch.")] = NO_TIME
    measured: Annotated[
        float | None,
        none_or(Number(0.001, 1000)),
        Doc(
            "With a handler and in place of the others: the time that the handler itself takes here, times this.",
            default="none; `duration: measured` is 1",
        ),
    ] = None


MEASURED: Final = Work(measured=1.0)


@dataclass(frozen=True)
class WorkOrMeasured(Record):
    """How long an attempt runs, or the word `measured`."""

    @property
    def allowed(self) -> str:
        return f"measured or {super().allowed}"

    def read(self, node: Node, place: Place) -> Any:
        return MEASURED if isinstance(node, Scalar) and node.text == "measured" else super().read(node, place)

    def write(self, value: Any, folder: Path) -> Any:
        return "measured" if value == MEASURED else super().write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [{"const": "measured"}, super().schema(definitions)]}


FROM = Doc("When it begins.")
TO = Doc("When it is over; later than `from`.")
FAILS_AFTER = Doc("The part of the duration after which the error comes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """Each attempt fails with a probability."""

    probability: Annotated[float, PROBABILITY, Doc("Of each attempt to fail.")]
    fails_after: Annotated[float, PROBABILITY, FAILS_AFTER] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Attempts that start in a period fail."""

    from_: Annotated[float, DURATION, FROM]
    to: Annotated[float, DURATION, TO]
    probability: Annotated[float, PROBABILITY, Doc("Of each attempt in the period to fail.")] = 1.0
    fails_after: Annotated[float, PROBABILITY, FAILS_AFTER] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Attempts that start in a period take longer."""

    from_: Annotated[float, DURATION, FROM]
    to: Annotated[float, DURATION, TO]
    factor: Annotated[float, Number(0, 1e6), Doc("Multiplies the duration, not the cold start.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """Records that make every batch with them fail: any record with a probability, or the first after given times."""

    probability: Annotated[float, PROBABILITY, Doc("Of each record to be poison.", default="none")] = 0.0
    at: Annotated[
        tuple[float, ...],
        ListOf(DURATION),
        Doc("The first record accepted at or after each of these times, of each stream.", default="none"),
    ] = ()
    fails_after: Annotated[float, PROBABILITY, FAILS_AFTER] = 1.0


Failure = Random | Outage | Slow | Poison

FAILURES = ListOf(
    Tagged(
        "kind",
        {
            "random": Record(Random),
            "outage": Record(Outage),
            "slow": Record(Slow),
            "poison": Record(Poison, either=("probability", "at")),
        },
    )
)


USUAL_COLD_START = Constant(value=0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A Lambda function."""

    memory: Annotated[
        int,
        MEMORY,
        Doc(
            "For the bill; with duration_by_memory for the duration, too.",
            "128MiB by default, 128..10240 whole MiB",
            f"{GUIDE}, quotas",
        ),
    ] = 128 * MIB
    architecture: Annotated[
        Literal["x86", "arm"],
        words("x86", "arm"),
        Doc("For the bill only.", "x86_64 by default", f"{GUIDE}, foundation"),
    ] = "x86"
    timeout: Annotated[
        float,
        Duration(1.0, 900.0, step=WHOLE_SECOND),
        Doc("An attempt that runs longer ends as an error.", "3s by default, 1..900 whole seconds", f"{GUIDE}, quotas"),
    ] = 3.0
    duration: Annotated[Work, WorkOrMeasured(Work), Doc("How long an attempt runs, without its cold start.")]
    duration_by_memory: Annotated[
        dict[int, float],
        TableOf(MEMORY, Duration(0.001, 900.0)),
        Doc(
            "The mean duration of one payload by memory, as memory-tuning runs print it. The duration is multiplied by "
            "this table at `memory` over this table at `duration_measured_at`, between its sizes by logarithms.",
            default="none: memory does not change the duration",
        ),
    ] = field(default_factory=dict)
    duration_measured_at: Annotated[
        int | None,
        none_or(MEMORY),
        Doc("The memory with which `duration` was measured; given with duration_by_memory.", default="none"),
    ] = None
    cold_start: Annotated[
        Distribution,
        DURATIONS,
        Doc(
            "What a new environment adds before the first attempt.",
            "from under 100 ms to over 1 s",
            f"{GUIDE}, runtime environment",
        ),
    ] = USUAL_COLD_START
    idle_timeout: Annotated[
        float, DURATION, Doc("An environment unused this long is gone.", "not documented", ASSUMPTION)
    ] = 600.0
    reserved_concurrency: Annotated[
        int | None,
        none_or(CONCURRENCY),
        Doc(
            "Concurrency that only this function uses, and all that it uses; 0: always throttled.",
            "all but 100 of the account's",
            "AWS Lambda API, PutFunctionConcurrency",
            default="none",
        ),
    ] = None
    provisioned_concurrency: Annotated[
        int, CONCURRENCY, Doc("Environments that are always warm.", "", f"{GUIDE}, provisioned concurrency")
    ] = 0
    failures: Annotated[tuple[Failure, ...], FAILURES, Doc("What goes wrong, and when.", default="none")] = ()
    handler: Annotated[
        Handler | None,
        HandlerOf(),
        Doc(
            "Your own handler: each attempt calls it with its event, in a process of its own, and its answer decides "
            "how the attempt ends. Its process is ended at `timeout` and above `memory`.",
            "Python: file.function",
            f"{GUIDE}, Python handler",
        ),
    ] = None
    pure: Annotated[
        bool,
        Flag(),
        Doc("Whether the handler's answer follows from its event alone: then it is called once for each, and no more."),
    ] = True
    environment: Annotated[
        dict[str, str],
        MapOf(AwsName(128, "_"), Text(4096)),
        Doc("The environment variables of the handler; it has no others but Lambda's own.", default="none"),
    ] = field(default_factory=dict)
