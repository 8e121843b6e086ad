"""The ways in which records end without having been processed (docs/model.md, section 8)."""

from typing import Final

DROPPED: Final = 0
SENT: Final = 1  # to the failure destination
EXPIRED: Final = 2
LOSSES: Final = ("dropped", "sent_to_destination", "expired")
