"""What ends a command from outside: Ctrl-C, SIGTERM and SIGHUP, all in the same way."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

OTHERS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Signalled(KeyboardInterrupt):
    """As Ctrl-C, but by another signal."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def heed_signals() -> None:
    """From now on SIGTERM and SIGHUP interrupt as Ctrl-C does, unless they are ignored, as `nohup` wants it."""
    for each in OTHERS:
        if signal.getsignal(each) == signal.SIG_DFL:
            signal.signal(each, _interrupt)


def ending(interrupt: BaseException | None) -> tuple[str, int]:
    """How an interrupted command says so, and its exit code."""
    if isinstance(interrupt, Signalled):
        return f"interrupted by {interrupt}", 128 + interrupt.number
    return "interrupted", 128 + signal.SIGINT


def _interrupt(number: int, _: FrameType | None) -> None:
    for each in OTHERS:  # a terminal that is closed sends more than one: clearing up is not to be interrupted
        signal.signal(each, signal.SIG_IGN)
    raise Signalled(number)
