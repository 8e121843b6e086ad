"""Ranges of whole numbers as a user writes them: `2-8` is each of them, `100-500/100` each hundredth from 100 on."""

from __future__ import annotations

import re
from typing import Final

from simulator.scenario.nodes import shortened

WHOLE: Final = "0|[1-9][0-9]{0,8}"
RANGE: Final = re.compile(rf"({WHOLE}) *- *({WHOLE})(?: */ *({WHOLE}))?")
LIKE_A_RANGE: Final = re.compile(r"[0-9]+ *(?:- *[0-9]+ *(?:[:/]|by|step)|\.\.+) *[0-9]+")  # as others write them
WRITTEN: Final = "write 2-8, or 100-500/100 for steps of 100"


class RangeError(ValueError):
    """A text that was meant as a range and is none; `why` without the text, such as `is no range`."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"'{shortened(text)}' {why}; {WRITTEN}")
        self.why = why


def ranged(text: str) -> range | None:
    """The numbers of a range, in ascending order; None for a text that is not meant as one. Raises RangeError."""
    match = RANGE.fullmatch(text)
    if match is None:
        if LIKE_A_RANGE.fullmatch(text):
            raise RangeError(text, "is no range")
        return None
    low, high = sorted((int(match[1]), int(match[2])))
    step = int(match[3] or 1)
    if not step:
        raise RangeError(text, "has steps of 0")
    return range(low, high + 1, step)


def spread(text: str) -> range | tuple[str]:
    """The numbers of a range, else the text alone. Raises RangeError."""
    numbers = ranged(text)
    return (text,) if numbers is None else numbers
