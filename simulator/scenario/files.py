"""Opening the files that a scenario is made of: regular files only.

A FIFO would make the program wait for whoever writes to it, a terminal or a device for ever, and opening some devices
does something. So a file is opened without waiting, and looked at once it is open: what a name leads to may change
between a look and the opening.
"""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# Windows has neither and needs neither.
WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFSOCK: "a socket"}


class TooLargeError(Exception):
    """A file has more bytes than are read."""

    def __init__(self, bytes_: int) -> None:
        super().__init__(bytes_)
        self.bytes = bytes_


@contextmanager
def open_regular(path: Path, most_bytes: int) -> Iterator[BinaryIO]:
    """The file opened for reading. Raises OSError when it cannot be, or is no regular file, and TooLargeError.

    A file that says it has no bytes has none: those of /proc, which are made up as they are read, say so.
    """
    with io.FileIO(path, opener=lambda name, flags: os.open(name, flags | WITHOUT_WAITING)) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            kind = KINDS.get(stat.S_IFMT(about.st_mode), "something else")
            raise OSError(errno.EINVAL, f"it is {kind}, not a regular file")
        if about.st_size > most_bytes:
            raise TooLargeError(about.st_size)
        yield io.BufferedReader(file) if about.st_size else io.BytesIO()


def read_regular(path: Path, most_bytes: int) -> bytes:
    """All of a file. Raises OSError and TooLargeError as `open_regular`."""
    with open_regular(path, most_bytes) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:  # it has grown
        raise TooLargeError(len(content))
    return content
