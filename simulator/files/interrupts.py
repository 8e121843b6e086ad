"""Steps that a signal must not cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

ENDING: Final = tuple(  # what asks a program to end
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whoever asks the program to end in the block is heard after it; if that fails, its error ends enough."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    heard: list[int] = []

    def wait(number: int, _: FrameType | None) -> None:
        heard.append(number)

    unheeded = (signal.SIG_IGN, None)  # None: not set from Python
    before = {each: handler for each in ENDING if (handler := signal.getsignal(each)) not in unheeded}
    try:
        for each in before:
            signal.signal(each, wait)
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if heard:
        signal.raise_signal(heard[0])
