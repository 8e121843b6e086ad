"""Where every record ended: each in exactly one way, in every run (docs/model.md, section 8); and Little's law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


class RecordsDoNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


class LittlesLawError(AssertionError):
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
    filtered: int
    unprocessed: int

    @property
    def wanted(self) -> int:
        """Records that the mapping neither skipped nor filtered."""
        return self.produced - self.skipped - self.filtered

    @property
    def lost(self) -> int:
        """Records of which nothing is left: dropped or expired."""
        return self.dropped_at_write + self.dropped + self.expired

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def ends(
    mapping: str, produced: int, dropped_at_write: int, by_how: Mapping[str, int], told: Mapping[str, int]
) -> Ends:
    """The ends of a mapping's records.

    `by_how`: by how each record that was not dropped at write ended, counted record by record; `told`: what attempts
    and losses say, added up, which must be the same. Raises RecordsDoNotAddUpError.
    """
    names = ("processed", "skipped", "dropped", "sent_to_destination", "expired", "filtered", "unprocessed")
    of = {name: by_how.get(name, 0) for name in names}
    counted = Ends(produced=produced, dropped_at_write=dropped_at_write, **of)
    total = sum(counted.as_dict().values()) - counted.produced
    if total != produced or any(by_how.get(name, 0) != n for name, n in told.items()):
        raise RecordsDoNotAddUpError(f"mapping {mapping}: {counted}, {total} in all; attempts and losses: {dict(told)}")
    return counted


def check_littles_law(mapping: str, in_system_ns: int, waited_ns: int) -> None:
    """The number of records in the system, integrated over time, is the time that they spend in it, added up.

    `in_system_ns`: the integral of how many of a mapping's records were produced and had not ended; `waited_ns`: the
    sum of their times from production to end. Both are exact. Raises LittlesLawError.
    """
    if in_system_ns != waited_ns:
        raise LittlesLawError(f"mapping {mapping}: {in_system_ns} ns of records in the system, {waited_ns} ns waited")
