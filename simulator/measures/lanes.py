"""What each lane of a mapping does over a window: busy with what, or idle and why nothing comes."""

from __future__ import annotations

from simulator.measures.times import Reading, Times, Window


class Doings:
    """What the lanes with records do in one window, as steps over time. Made by Lanes; for Waiting and Parts."""


class Lanes:
    """Follows the lanes of one mapping: keeps what lasts beyond a window."""

    def __init__(self, reading: Reading) -> None:
        raise NotImplementedError

    def observe(self, window: Window, times: Times) -> Doings:
        """What they do in this window; `times` has observed it."""
        raise NotImplementedError
