"""A warning of polling mappings that keep step with each other, so that one of them may read nothing for ever.

After an answer a shard refuses all calls until its bytes are paid for, at 2 MiB/s. Pollers with one interval keep their
distance: where it is shorter than that, the later one is refused each time (docs/model.md, sections 4 and 11).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.scenario.bounds import MIB
from simulator.scenario.expectations import expected_records, grouped, mean
from simulator.scenario.place import Problem
from simulator.scenario.spec import EventSourceMapping, Producer, Scenario

SHARD_READ_BYTES = 2.0 * MIB  # bytes/s that a shard answers
MOST_COMPARED = 20  # earlier mappings that each is compared with: it is only a warning
MOST_SHARDS = 1000  # that are looked at, one by one
LEAST_CHANCE = 0.05  # that some shard has such pollers: what is less likely is not worth a warning


@dataclass(frozen=True)
class Shard:
    """What comes to each shard of a stream, on average."""

    shards: int
    records_per_s: float
    bytes_per_s: float


def in_step(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each mapping that keeps step with an earlier one."""
    writers = grouped(scenario.producers, "stream")
    shards = {name: _shard(stream.shards, writers.get(name, ())) for name, stream in scenario.streams.items()}
    earlier: dict[tuple[str, float], list[EventSourceMapping]] = {}
    for i, mapping in enumerate(scenario.event_source_mappings):
        if mapping.consumer == "polling":
            others = earlier.setdefault((mapping.stream, mapping.polling.interval), [])
            chances = ((other, _chance(mapping, other, shards[mapping.stream])) for other in others[:MOST_COMPARED])
            found = next(((other, chance) for other, chance in chances if chance >= LEAST_CHANCE), None)
            if found:
                yield _warning(f"event_source_mappings[{i}].polling.interval", *found)
            others.append(mapping)


def _shard(shards: int, producers: Sequence[Producer]) -> Shard:
    rates = [(_records_per_s(each), mean(each.record_size)) for each in producers]
    return Shard(shards, sum(rate for rate, _ in rates) / shards, sum(rate * size for rate, size in rates) / shards)


def _warning(field: str, other: EventSourceMapping, chance: float) -> Problem:
    message = (
        f"is exactly that of '{other.name}': where they poll a shard soon after each other, one of them is refused "
        f"for ever; {'certain' if chance == 1 else f'a chance of {chance:.0%}'} here"
    )
    return Problem(field, message, "let the intervals differ by a few per cent", "warning")


def _chance(mapping: EventSourceMapping, other: EventSourceMapping, shard: Shard) -> float:
    """That on some shard one of two mappings with the same interval keeps the other from reading."""
    records = shard.records_per_s * mapping.polling.interval  # of one answer
    if _polls_between(mapping, records) or _polls_between(other, records):
        return 0.0
    shut = min(0.5, shard.bytes_per_s / SHARD_READ_BYTES)  # the part of the interval that follows an answer
    phases = (mapping.polling.phase, other.polling.phase)
    if "random" in phases:
        return float(1 - (1 - 2 * shut) ** shard.shards)
    shards = range(min(shard.shards, MOST_SHARDS) if "spread" in phases else 1)  # else it is the same for all
    return float(any(_apart(mapping, other, j, shard.shards) < shut for j in shards))


def _records_per_s(producer: Producer) -> float:
    return expected_records(producer.rate, producer.start, producer.stop) / (producer.stop - producer.start)


def _polls_between(mapping: EventSourceMapping, records: float) -> bool:
    """Whether answers of so many records make full batches, and these extra polls, which move the regular ones."""
    full = records / mapping.parallelization_factor >= mapping.batch_size
    return full and mapping.polling.repoll == "full_batch"


def _apart(mapping: EventSourceMapping, other: EventSourceMapping, shard: int, shards: int) -> float:
    """The shorter way round from the one's polls to the other's, as a part of the interval."""
    gap = _first_poll_s(mapping, shard, shards) - _first_poll_s(other, shard, shards)
    part = gap / mapping.polling.interval % 1.0
    return min(part, 1.0 - part)


def _first_poll_s(mapping: EventSourceMapping, shard: int, shards: int) -> float:
    phase, interval = mapping.polling.phase, mapping.polling.interval
    return mapping.starts_after + (phase if isinstance(phase, float) else interval * (shard + 0.5) / shards)
