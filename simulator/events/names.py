"""ARNs, UUIDs and times by the clock, of a scenario's things."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.nanoseconds import NS, ns

ACCOUNT: Final = "123456789012"  # the account of AWS's own examples
WITHOUT_A_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)  # t = 0 of a scenario that has no start_time
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NAMESPACE: Final = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # of URLs, by RFC 9562


@dataclass(frozen=True)
class Names:
    """What the things of a scenario are called in an account and a region, and when t = 0 is."""

    region: str
    start_ns: int  # of t = 0, since 1970
    made_ns: int  # of the streams and mappings, by the time of the run: before the first record

    @classmethod
    def of(cls, scenario: Scenario) -> Names:
        """The names of a scenario's things: in the region of its price sheet, from its start_time on."""
        start = scenario.start_time or WITHOUT_A_DATE
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        since = start - EPOCH
        start_ns = (since.days * 86_400 + since.seconds) * NS + since.microseconds * 1000
        return cls(scenario.prices.sheet, start_ns, min([0, *(ns(each.start) for each in scenario.producers)]))

    def stream(self, name: str) -> str:
        """The ARN of a stream."""
        return f"arn:aws:kinesis:{self.region}:{ACCOUNT}:stream/{name}"

    def consumer(self, mapping: EventSourceMapping) -> str:
        """The ARN of the consumer that a mapping with `consumer: push` reads; it ends with when it was made."""
        return f"{self.stream(mapping.stream)}/consumer/{consumer_name(mapping)}:{self.second(self.made_ns)}"

    def source(self, mapping: EventSourceMapping) -> str:
        """The ARN of what a mapping reads: its stream, or its consumer."""
        return self.consumer(mapping) if mapping.consumer == "push" else self.stream(mapping.stream)

    def function(self, name: str) -> str:
        """The ARN of a function."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{name}"

    def role(self, function: str) -> str:
        """The ARN of the role that a function runs with."""
        return f"arn:aws:iam::{ACCOUNT}:role/{function}-role"

    def mapping(self, name: str) -> str:
        """The ARN of a mapping."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:event-source-mapping:{self.uuid('mapping', name)}"

    def uuid(self, *words: str | int) -> str:
        """A UUID that belongs to a thing, always the same."""
        return str(uuid.uuid5(NAMESPACE, "/".join(map(str, ("shardsim", *words)))))

    def second(self, time_ns: int) -> int:
        """The second since 1970 in which a time of the run lies."""
        return (self.start_ns + time_ns) // NS

    def millisecond(self, time_ns: int) -> int:
        """The millisecond since 1970 in which a time of the run lies."""
        return (self.start_ns + time_ns) * 1000 // NS

    def clock(self, time_ns: int) -> str:
        """A time of the run by the clock, to the millisecond, as AWS's messages write it."""
        when = EPOCH + timedelta(milliseconds=self.millisecond(time_ns))
        return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def consumer_name(mapping: EventSourceMapping) -> str:
    """The name of the consumer that a mapping with `consumer: push` reads."""
    return re.sub("[^A-Za-z0-9_.-]+", "-", mapping.name)[:128]


def shard_id(number: int) -> str:
    """A shard's id."""
    return f"shardId-{number:012}"
