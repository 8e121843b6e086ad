"""Work that does nothing but write files, done beside other work."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final

from simulator.files.interrupts import ENDING, undisturbed

NONE: Final = 0  # no other process
PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of prctl


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do some work beside that of the block: when it is left, both are done, or one has failed with its error.

    The work is done in a fork of this process, so it begins with all as it was at the block, and what it changes but
    for files is lost. Where there can be none (other systems than Linux, threads, no room for another process) it is
    done here, before the block. Raises ChildProcessError when the other process is killed.
    """
    child = NONE
    reads, writes = os.pipe()
    try:
        with os.fdopen(reads, "rb") as told:
            with os.fdopen(writes, "wb") as tell, undisturbed():
                child = _forked(work, tell)
            if not child:
                work()
            yield
            if child:
                said, (_, status) = told.read(), os.waitpid(child, 0)
                child = NONE
                _require(said, status)
    except BaseException:
        if child:
            _end(child)
        raise


def _forked(work: Callable[[], object], tell: BinaryIO) -> int:
    ours = os.getpid()
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return NONE
    with warnings.catch_warnings(), suppress(OSError):
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the work shares no lock with ours
        if child := os.fork():
            return child
        _do(work, tell, ours)
    return NONE


def _do(work: Callable[[], object], tell: BinaryIO, parent: int) -> None:
    """Do the work as the other process, which leaves Ctrl-C to its parent and ends with it, and end the process."""
    failed = 1
    try:
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)  # it has its parent's locks, too
        if os.getppid() != parent:
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for each in ENDING:
            if signal.getsignal(each) != signal.SIG_IGN:  # as `nohup` wants it
                signal.signal(each, signal.SIG_DFL)
        work()
        failed = 0
    except BaseException as error:
        pickle.dump(error, tell)
        tell.flush()
    finally:
        os._exit(failed)


def _require(said: bytes, status: int) -> None:
    """Raise the error of the other process; if it had no time to say it, a ChildProcessError."""
    if said:
        raise pickle.loads(said)
    if status:
        why = f"was killed by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "has failed"
        raise ChildProcessError(f"a process that wrote a part of it {why}; is there enough memory?")


def _end(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
