"""What a mapping makes of a function's response, by the rules of ReportBatchItemFailures (docs/handler.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

ALL_FAILED = 0  # as if the first record had failed: no progress is made


def first_failed(response: str, sequence_numbers: Sequence[str]) -> int | None:
    """The place in its batch of the first record that is not done; None: the whole batch is.

    The lowest number that is named counts. A response that names what is not in the batch, or nothing that could be
    read, fails the batch as a whole.
    """
    answer = json.loads(response)
    if answer in (None, "", [], {}):
        return None
    if not isinstance(answer, dict):
        return ALL_FAILED
    failures = answer.get("batchItemFailures")
    if failures is None:
        return None
    if not isinstance(failures, list):
        return ALL_FAILED
    places = {number: place for place, number in enumerate(sequence_numbers)}
    named = [places.get(_identifier(each), ALL_FAILED) for each in failures]
    return min(named, default=None)


def _identifier(failure: Any) -> str:
    """What an item names; nothing if it does not."""
    named = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    return named if isinstance(named, str) else ""
