"""Other readers: who else calls GetRecords, such as Firehose or a KCL application (docs/model.md, section 16)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from simulator.scenario.bounds import ASSUMPTION, DURATION, SOME_DURATION
from simulator.scenario.forms import ListOf
from simulator.scenario.kinds import Reference
from simulator.scenario.mappings import Period
from simulator.scenario.names import PRODUCER_NAME
from simulator.scenario.quantities import Integer, Number
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import WordOr, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader that polls each shard of a stream, and is done at once with what it reads."""

    name: Annotated[str, PRODUCER_NAME, Doc("Its name.", default="reader-<n>, n from 1")] = ""
    stream: Annotated[str, Reference("streams"), Doc("The stream it reads, from its latest records on.")]
    interval: Annotated[float, SOME_DURATION, Doc("From one poll of a shard to the next.")] = 1.0
    phase: Annotated[
        float | Literal["random", "spread"],
        WordOr(words("random", "spread"), DURATION),
        Doc("When a shard's first poll is: see `polling.phase` of a mapping.", source=ASSUMPTION),
    ] = "random"
    jitter: Annotated[
        float, Number(0, 0.5), Doc("How much of the interval is random: see `polling.jitter` of a mapping.")
    ] = 0.05
    get_records_limit: Annotated[
        int, Integer(1, 10_000), Doc("The records of one answer at most.", "10,000", "Kinesis API, GetRecords")
    ] = 10_000
    starts_after: Annotated[float, DURATION, Doc("From t = 0 to the first read.")] = 0.0
    disabled: Annotated[tuple[Period, ...], ListOf(Record(Period)), Doc("When it does not read.", default="never")] = ()
