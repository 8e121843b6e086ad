"""Waiting for a cluster that has lost its workers: not silently, and not for ever."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LOOK_S: Final = 5.0
MOST_S: Final = 600.0


class ExecutorError(Exception):
    """Jobs cannot be run at all; the message is one line that says what to do."""


class NoWorkersError(ExecutorError):
    """A cluster with which a study began has been without workers for too long."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for workers: after what time to say so, and to say it again, and when to give up."""

    most_s: float = MOST_S
    say_s: float = 60.0
    look_s: float = LOOK_S  # from one look at the workers to the next
    clock: Callable[[], float] = time.monotonic
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)


class Watch:
    """Looks whether there are workers, while no job ends. `workers`: how many there are."""

    def __init__(self, workers: Callable[[], int], where: str, patience: Patience) -> None:
        self._workers, self._where, self._patience = workers, where, patience
        self._seen_s = self._said_s = patience.clock()

    @property
    def look_s(self) -> float:
        """From one look to the next."""
        return self._patience.look_s

    def seen(self) -> None:
        """There are workers: a job has ended."""
        self._seen_s = self._said_s = self._patience.clock()

    def look(self) -> None:
        """Say that there has been no worker for a while. Raises NoWorkersError when it has been too long."""
        if self._workers():
            self.seen()
            return
        patience, now = self._patience, self._patience.clock()
        without = f"{self._where}: no worker for {now - self._seen_s:,.0f} s"
        if now - self._seen_s >= patience.most_s:
            raise NoWorkersError(f"{without}; start one with `dask worker`, or give it longer with --wait")
        if now - self._said_s >= patience.say_s:
            patience.say(f"{without}; waiting for one until {patience.most_s:,.0f} s are over (--wait)")
            self._said_s = now
