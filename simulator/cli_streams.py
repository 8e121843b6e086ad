"""The three streams of a process, made fit: wherever they lead, no command ends with a traceback for it."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable
from typing import Any, Final, TextIO

import click

CANNOT_BE_WRITTEN: Final = 2
READER_GONE: Final = 141  # 128 + SIGPIPE, as other programs end


def make_streams_fit() -> None:
    """Open what is closed, onto nothing; write `?` for what an encoding lacks; tell results that cannot be written.

    Progress and faults that cannot be told end nothing.
    """
    _open_closed()
    sys.stdout = _fit(sys.stdout, "replace", _end)
    sys.stderr = _fit(sys.stderr, "backslashreplace", lambda _: None)


class Guarded(io.RawIOBase):
    """Passes on what is written; the first time that this fails `failed` is called, and then nothing is passed on."""

    def __init__(self, raw: Any, failed: Callable[[OSError], None]) -> None:
        self._raw, self._failed, self._over = raw, failed, False

    def write(self, data: Any) -> int:
        """Pass on, at most all."""
        if not self._over:
            try:
                while (written := self._raw.write(data)) is None:  # a pipe that does not wait, and is full
                    select.select([], [self._raw], [])
            except OSError as error:
                self._over = True
                self._failed(error)
            else:
                return int(written)
        return len(data)

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """That of the stream."""
        return int(self._raw.fileno())

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return bool(self._raw.isatty())


def _end(error: OSError) -> None:
    """End the program; a reader who has gone needs no words."""
    if isinstance(error, BrokenPipeError):
        raise SystemExit(READER_GONE) from None
    click.echo(f"error: the standard output cannot be written: {error.strerror}", err=True)
    raise SystemExit(CANNOT_BE_WRITTEN) from None


def _open_closed() -> None:
    """The next file that is opened would get the number of a closed stream, and whatever is said would go into it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number: this one
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _fit(stream: TextIO, errors: str, failed: Callable[[OSError], None]) -> TextIO:
    raw = getattr(stream.buffer, "raw", stream.buffer)  # unbuffered, there is but one
    lines = getattr(stream, "line_buffering", False)
    buffer = io.BufferedWriter(Guarded(raw, failed))
    return io.TextIOWrapper(buffer, encoding=stream.encoding, errors=errors, line_buffering=lines)
