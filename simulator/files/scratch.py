"""Folders of one's own, beside the place of what is made in them, and what becomes of them when their maker is killed.

A rename within a folder is one step: what is moved from a scratch folder to its place is there whole, or not at all.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from simulator.files.interrupts import undisturbed

UNFINISHED: Final = "shardsim-part"
REPLACED: Final = "shardsim-old"
LONGEST: Final = 100  # bytes of the place's name: with the rest it must be the name of a file
NAME: Final = re.compile(rf"\.(.+)\.[0-9a-f]{{16}}\.({UNFINISHED}|{REPLACED})", re.DOTALL)


@contextmanager
def scratch(place: Path) -> Iterator[Path]:
    """A new folder beside `place` that only its owner may enter; at the end it goes, with what is still in it.

    It is locked, so that others can tell that its maker is alive. Raises OSError.
    """
    while True:
        folder = beside(place, UNFINISHED)
        try:
            folder.mkdir(mode=0o700)
            with locked(folder) as held:
                if held is not False and folder.exists():  # else one who clears up was quicker than our lock
                    yield folder
                    return
        finally:
            with undisturbed():
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def parents(place: Path) -> Iterator[None]:
    """The folders above `place`, made if they are missing; those that are empty at the end go again. Raises OSError."""
    missing = [each for each in place.parents if not each.exists()]
    try:
        if missing:
            place.parent.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        with undisturbed(), suppress(OSError):
            for each in missing:
                each.rmdir()


def beside(place: Path, what: str) -> Path:
    """A name that nothing has and nobody can guess, in the same folder."""
    return place.with_name(f".{_stem(place)}.{secrets.token_hex(8)}.{what}")


def made_for(place: Path, what: str) -> list[Path]:
    """All that `beside` has named so for a place, and is still there."""
    return [each for each, (stem, kind) in _named(place.parent).items() if (stem, kind) == (_stem(place), what)]


def is_being_made(place: Path) -> bool:
    """Whether another command makes something for a place just now."""
    for each in made_for(place, UNFINISHED):
        with locked(each) as held:
            if held is False:
                return True
    return False


def clear(folder: Path) -> None:
    """Remove the scratch folders that processes which have ended have left in a folder."""
    for each, (_, kind) in _named(folder).items():
        if kind == UNFINISHED:
            with locked(each) as held:
                if held:
                    shutil.rmtree(each, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[bool | None]:
    """Lock a folder until the block ends, or the process does in whatever way: whether that could be done.

    False: another process has locked it. None: it is not there, or this system knows no such locks.
    """
    held, handle = _lock(folder)
    try:
        yield held
    finally:
        if handle is not None:
            os.close(handle)


def _lock(folder: Path) -> tuple[bool | None, int | None]:
    if sys.platform == "win32":
        return None, None
    import fcntl

    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return (False if isinstance(error, BlockingIOError) else None), handle
    return True, handle


def _named(folder: Path) -> dict[Path, tuple[str, str]]:
    """Our folders in a folder: what they are made for, and which kind they are."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return {}
    return {folder / name: (match[1], match[2]) for name in names if (match := NAME.fullmatch(name))}


def _stem(place: Path) -> str:
    name = os.fsencode(place.name)
    return place.name if len(name) <= LONGEST else hashlib.sha256(name).hexdigest()[:32]
