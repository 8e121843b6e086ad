"""Folders beside a result while it is written, and what becomes of them when their maker is killed."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST = 100  # characters of the result's name: with the rest it must be the name of a file


def beside(place: Path, what: str) -> Path:
    """A name that nothing has, in the same folder: a rename within a file system is one step."""
    return place.with_name(f".{place.name[:LONGEST]}.{secrets.token_hex(4)}.{what}")


def remove_leftovers(place: Path) -> None:
    """Remove unfinished folders (part) whose makers are gone, and results (old) that the one in place has replaced."""
    for each in _all_beside(place, "part"):
        with locked(each) as mine:
            if mine:
                shutil.rmtree(each, ignore_errors=True)
    if place.exists():
        for each in _all_beside(place, "old"):
            shutil.rmtree(each, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Lock a folder until the block ends, or the process does in whatever way; whether that could be done."""
    handle = _lock(folder)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _lock(folder: Path) -> int | None:
    """None when another has locked it, or the system knows no such locks: its folders are left alone."""
    if sys.platform == "win32":
        return None
    import fcntl

    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if handle is not None:
            os.close(handle)
        return None
    return handle


def _all_beside(place: Path, what: str) -> list[Path]:
    return list(place.parent.glob(f".{glob.escape(place.name[:LONGEST])}.{'[0-9a-f]' * 8}.{what}"))
