"""An output folder that is whole or not there: written beside its place, and moved there at the end."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.shapes import Group
from simulator.report.leftovers import beside, locked, remove_leftovers

RUN_FILE: Final = "run.json"
PROGRAM: Final = "shardsim"
ADVICE: Final = {
    errno.ENOSPC: "free some space, or name another place with --out",
    errno.EDQUOT: "free some space, or name another place with --out",
    errno.ENAMETOOLONG: "name a shorter one with --out",
}


class OutputError(Exception):
    """Output cannot be written or read; the message is one line that names the path and says what to do."""


@contextmanager
def fresh_folder(target: Path | str, force: bool = False) -> Iterator[Path]:
    """A new empty folder to write into; what is in it at the end becomes `target`, all at once.

    When the block fails, or is interrupted, nothing is left and what was at `target` stays as it was. An earlier result
    is replaced with `force` only, and what this program has not made is never replaced. What a run that was killed has
    left beside `target` is removed. Raises OutputError.
    """
    place = Path(target).resolve()  # of a link: what it points to
    _refuse(place, target, force)
    remove_leftovers(place)
    missing = [each for each in place.parents if not each.exists()]
    temporary = beside(place, "part")
    try:
        with _told(target):
            temporary.mkdir(parents=True)
            with locked(temporary):
                yield temporary
                _publish(temporary, place)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        _remove_empty(missing)
        raise


def is_ours(folder: Path) -> bool:
    """Whether a folder is the result of a run."""
    try:
        return bool(read_json(folder / RUN_FILE, Group()).get("program") == PROGRAM)
    except UnreadableError:
        return False


def _refuse(place: Path, target: Path | str, force: bool) -> None:
    with _told(target):
        if not place.exists():
            return
        if not place.is_dir():
            raise OutputError(f"{target}: is a file, not a folder; name another place with --out")
        if not any(place.iterdir()):
            return
    if not is_ours(place):
        raise OutputError(f"{target}: is not a result of {PROGRAM}, so it stays; name another place with --out")
    if not force:
        raise OutputError(f"{target}: holds an earlier result; --force replaces it, --out names another place")


def _publish(temporary: Path, place: Path) -> None:
    """Move the new folder to its place; an old one is kept aside until that is done, and put back if it fails."""
    if not place.exists() or not any(place.iterdir()):
        temporary.rename(place)
        return
    old = beside(place, "old")
    try:
        place.rename(old)
        temporary.rename(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove_empty(folders: list[Path]) -> None:
    for each in folders:
        with suppress(OSError):
            each.rmdir()


@contextmanager
def _told(target: Path | str) -> Iterator[None]:
    """An error of the file system as one line."""
    try:
        yield
    except (BrokenPipeError, ConnectionError):  # of a terminal or a worker: not about the folder
        raise
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        advice = ADVICE.get(error.errno or 0, "name another place with --out")
        raise OutputError(f"{target}: cannot be written: {reason}; {advice}") from error
