"""Moving a finished folder to its place, unless that is no longer what it was when the work began."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from simulator.files.interrupts import undisturbed
from simulator.files.scratch import REPLACED, UNFINISHED, beside, locked

Contents = frozenset[tuple[str, int, int, int]]
"""What a folder holds: paths below it, each with the file's number, size and time of change in ns."""

TAKEN: Final = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)  # how a rename refuses to go over something


class ChangedError(OSError):
    """What is at the place is not what was there at the start."""


class KeptBesideError(Exception):
    """A finished folder could not be moved to its place because of `cause`; it is at `kept` instead."""

    def __init__(self, kept: Path, cause: OSError) -> None:
        super().__init__(str(kept))
        self.kept, self.cause = kept, cause


def contents(folder: Path) -> Contents:
    """All that a folder holds; nothing if there is no folder. Raises OSError."""
    return frozenset(
        (str(each.relative_to(folder)), found.st_ino, found.st_size, found.st_mtime_ns)
        for each in _below(folder)
        for found in [each.lstat()]
    )


def publish(folder: Path, place: Path, before: Contents) -> None:
    """Move a finished folder to `place`, where `before` was at the start: that alone is replaced.

    At no moment is there a part of either at the place. Raises KeptBesideError, and OSError when all is in vain.
    """
    with undisturbed():
        folder.chmod(_ordinary_mode(folder))
        try:
            _move(folder, place, before)
        except OSError as error:
            try:
                kept = _kept_beside(folder, place)
            except OSError:
                raise error from None
            raise KeptBesideError(kept, error) from error


def discard(folder: Path, place: Path) -> None:
    """Remove a folder beside `place`; if that is cut short, the next command knows the rest as a leftover."""
    shutil.rmtree(folder.rename(beside(place, UNFINISHED)), ignore_errors=True)


def _move(folder: Path, place: Path, before: Contents) -> None:
    found = contents(place)
    if not found:
        folder.rename(place)  # refuses by itself to go over anything but an empty folder
    elif found == before:
        _replace(folder, place, before)
    else:
        raise ChangedError(errno.EEXIST, os.strerror(errno.EEXIST))


def _replace(folder: Path, place: Path, before: Contents) -> None:
    """The old one is kept aside until the new one is there, and put back if that fails."""
    old = beside(place, REPLACED)
    with locked(place):  # aside too, so that nobody else puts it back meanwhile
        place.rename(old)
        try:
            if contents(old) != before:
                raise ChangedError(errno.EEXIST, os.strerror(errno.EEXIST))
            folder.rename(place)
        except OSError:
            with suppress(OSError):  # of a place that is taken again: it stays aside
                old.rename(place)
            raise
        discard(old, place)


def _kept_beside(folder: Path, place: Path) -> Path:
    """The first free name like that of the place, where the folder is now."""
    for number in count(2):
        kept = place.with_name(f"{place.name}-{number}")
        if os.path.lexists(kept):
            continue
        try:
            return folder.rename(kept)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
    raise AssertionError  # count has no end


def _ordinary_mode(folder: Path) -> int:
    """What a new folder may be entered by, as the user's umask and the folder above have it."""
    probe = folder / "probe"
    probe.mkdir()
    mode = stat.S_IMODE(probe.stat().st_mode)
    probe.rmdir()
    return mode


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent) / name for name in (*folders, *files))
