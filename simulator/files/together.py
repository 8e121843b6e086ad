"""Several new files: all are written, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from simulator.files.interrupts import undisturbed
from simulator.files.scratch import clear, parents, scratch
from simulator.files.whole import move_new, write_new


def write_together(texts: Mapping[Path, str], replaceable: Callable[[Path], bool]) -> None:
    """Write all files beside their places, in one folder, then move them there; the first last, when all else is there.

    replaceable: whether what is at a place may be replaced; else there must be nothing. Raises OSError.
    """
    path = next(iter(texts))
    with undisturbed(), parents(path), scratch(path) as folder, ExitStack() as undone:
        clear(path.parent)
        for place, text in texts.items():
            write_new(folder / place.name, text)
        for place in reversed(list(texts)):
            if replaceable(place):
                (folder / place.name).replace(place)
            else:
                move_new(folder / place.name, place)
                undone.callback(place.unlink)
        undone.pop_all()
