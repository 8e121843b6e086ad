"""Writing text files: new ones only, or whole ones in the place of others."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TextIO

from simulator.files.interrupts import undisturbed
from simulator.files.scratch import scratch


def open_new(path: Path) -> TextIO:
    """A text file to write that is not there yet, the same on every system; a link in its place is not followed.

    What is no UTF-8, as a part of a file's name may be, becomes `?`. Raises OSError.
    """
    return path.open("x", encoding="utf-8", errors="replace", newline="\n")


def write_new(path: Path, text: str) -> None:
    """Write a whole file as `open_new`. Raises OSError."""
    with open_new(path) as file:
        file.write(text)


def write_whole(path: Path, text: str) -> None:
    """Write a text file, in the place of what is there: whole, or not at all. A link is replaced and not followed.

    Raises OSError.
    """
    with undisturbed(), scratch(path) as folder:
        write_new(folder / "new", text)
        (folder / "new").replace(path)


def write_to(path: Path, text: str) -> None:
    """Write where a user wants it: as `write_whole`, but to a device, a pipe, or what our own output goes to, as it is.

    Raises OSError.
    """
    if not _is_open_end(path):
        write_whole(path, text)
        return
    with path.open("a", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)


def move_new(source: Path, place: Path) -> None:
    """Move a file to a place where there is none. Raises FileExistsError when there is one, and OSError."""
    try:
        os.link(source, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without such links
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        source.rename(place)


def _is_open_end(path: Path) -> bool:
    """Whether it is no file that another can replace: a device, a pipe, or such as /dev/stdout behind `> file`."""
    if path.is_dir() or not path.exists():
        return False
    return not path.is_file() or any(os.path.samestat(path.stat(), os.fstat(number)) for number in (1, 2))
