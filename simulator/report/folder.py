"""An output folder that is whole or not there: written beside its place, and moved there at the end."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from simulator.files.scratch import REPLACED, clear, is_being_made, locked, made_for, parents, scratch
from simulator.files.whole import write_new
from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.shapes import Group
from simulator.report.publishing import TAKEN, Contents, KeptBesideError, contents, discard, publish

RUN_FILE: Final = "run.json"
PROGRAM: Final = "shardsim"
OF_THE_SYSTEM: Final = (".DS_Store", "Thumbs.db", "desktop.ini")  # appear in a folder that someone has looked at
ADVICE: Final = {
    errno.ENOSPC: "free some space, or name another place",
    errno.EDQUOT: "free some space, or name another place",
    errno.ENAMETOOLONG: "name a shorter one",
}


class OutputError(Exception):
    """Output cannot be written or read; the message is one line that names the path and says what to do."""


@contextmanager
def fresh_folder(target: Path | str, force: bool = False) -> Iterator[Path]:
    """A new empty folder to write into; what is in it at the end becomes `target`, all at once.

    When the block fails, or is interrupted, nothing is left and what was at `target` stays as it was. An earlier result
    is replaced with `force` only, and what this program has not made is never replaced, nor what is at `target` since
    the block began: then the folder is kept beside it. Raises OutputError.
    """
    with told(target):
        place = _resolved(target)
        recover(target)
        before = _replaceable(place, target, force)
        with parents(place), scratch(place) as folder:
            yield folder
            _list_files(folder)
            try:
                publish(folder, place, before)
            except KeptBesideError as error:
                raise OutputError(f"{target}: {_why(error)}; the finished result is in {error.kept}") from error


def recover(target: Path | str) -> None:
    """Clear up what commands that were killed have left at a target: half-made folders go.

    A result that was to be replaced is put back, or goes if the new one is in its place. Raises OSError.
    """
    place = Path(os.path.realpath(target))
    clear(place.parent)
    clear(place)
    for old in made_for(place, REPLACED):
        with locked(old) as held:
            if held is False:
                continue
            try:
                old.rename(place)  # refuses to go over anything
            except OSError:
                if is_ours(place):
                    discard(old, place)


def is_ours(folder: Path) -> bool:
    """Whether a folder is the result of a run."""
    return _about(folder).get("program") == PROGRAM


def added(folder: Path) -> list[str]:
    """What is in the folder of a result, and was not when it was made; of a result that does not say, nothing."""
    made = _about(folder).get("files")
    if not isinstance(made, list):
        return []
    return [name for name in _files(folder) if name not in made and Path(name).name not in OF_THE_SYSTEM]


@contextmanager
def told(target: Path | str, named_with: str = " with --out") -> Iterator[None]:
    """An error of the file system as an OutputError, which says how another target is named."""
    try:
        yield
    except (BrokenPipeError, ConnectionError):  # of a terminal or a worker: not about the folder
        raise
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, "name another place")
        raise OutputError(f"{target}: cannot be written: {_reason(error)}; {advice}{named_with}") from error


def _resolved(target: Path | str) -> Path:
    """The place itself: of a link, what it points to."""
    place = Path(os.path.realpath(target))
    if any(each.is_symlink() for each in (place, *place.parents)):  # still, so there is no end to it
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return place


def _replaceable(place: Path, target: Path | str, force: bool) -> Contents:
    """What is at the place, and may be replaced by a result. Raises OutputError."""
    if is_being_made(place):
        raise OutputError(f"{target}: another command is writing it; wait for that, or name another place with --out")
    if place.exists() and not place.is_dir():
        raise OutputError(f"{target}: is a file, not a folder; name another place with --out")
    if found := contents(place):
        if not is_ours(place):
            raise OutputError(f"{target}: is not a result of {PROGRAM}, so it stays; name another place with --out")
        if not force:
            raise OutputError(f"{target}: holds an earlier result; --force replaces it, --out names another place")
    if place.exists() and (place.is_mount() or Path.cwd().is_relative_to(place)):
        what = "a mount point" if place.is_mount() else "the folder you are in"
        raise OutputError(f"{target}: is {what}, which cannot be replaced; name a folder in it with --out")
    return found


def _list_files(folder: Path) -> None:
    """Note in the folder's run.json what it holds, so that what others add to it is told apart."""
    if about := _about(folder):
        text = json.dumps(about | {"files": _files(folder)}, indent=2, ensure_ascii=False)
        (folder / RUN_FILE).unlink()
        write_new(folder / RUN_FILE, text + "\n")


def _files(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if not each.is_dir())


def _about(folder: Path) -> dict[str, Any]:
    """What run.json says; nothing if it is not there or not readable."""
    try:
        return read_json(folder / RUN_FILE, Group())  # type: ignore[no-any-return]
    except UnreadableError:
        return {}


def _why(error: KeptBesideError) -> str:
    if error.cause.errno in TAKEN:
        return "is no longer what it was at the start, so it stays"
    return f"cannot be written: {_reason(error.cause)}"


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
