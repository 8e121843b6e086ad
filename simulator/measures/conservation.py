"""Where every record ended: each in exactly one way, in every run (docs/model.md, section 8)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from simulator.measures.stream import StreamMeasures
from simulator.model.intake import Intake
from simulator.model.losses import DROPPED, EXPIRED, SENT
from simulator.model.stream import Stream


class RecordsDoNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


@dataclass(frozen=True)
class Ends:
    """How many records of a mapping's stream ended in each way."""

    produced: int
    processed: int
    skipped: int
    dropped_at_write: int
    dropped: int
    sent_to_destination: int
    expired: int
    unprocessed: int

    @property
    def lost(self) -> int:
        """Records of which nothing is left: dropped or expired."""
        return self.dropped_at_write + self.dropped + self.expired

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def ends(intake: Intake, stream: Stream, measures: StreamMeasures, measured: int, end_s: float) -> Ends:
    """Count the ends of a mapping's records; what is unprocessed is counted where it lies, not as a remainder.

    `measured`: records whose latency was measured. Raises RecordsDoNotAddUpError.
    """
    mapping = intake.mapping
    gone = intake.gone_unread(end_s)
    lying = mapping.waiting + intake.to_pass_over + stream.held
    counted = Ends(
        produced=measures.produced_total,
        processed=mapping.processed,
        skipped=mapping.skipped,
        dropped_at_write=measures.dropped_total,
        dropped=mapping.lost[DROPPED],
        sent_to_destination=mapping.lost[SENT],
        expired=mapping.lost[EXPIRED] + gone,
        unprocessed=lying - gone,
    )
    total = sum(counted.as_dict().values()) - counted.produced
    if total != counted.produced or measured != mapping.processed:
        raise RecordsDoNotAddUpError(f"mapping {mapping.name}: {counted}, {measured} measured, {total} in all")
    return counted
