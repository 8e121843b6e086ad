"""Which files are read: those that are named, and in folders the regular files, also in folders below.

A link in a folder is not followed, and folders that hold other people's code are passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator.scenario.files import TooLargeError, open_regular, read_regular
from simulator.scenario.nodes import visible

LARGEST: Final = 32 * 2**20  # bytes of a document
HEAD: Final = 2**20  # bytes, in which a log is to show that it is one
ANY_SIZE: Final = 2**62
MOST_FILES: Final = 2000
PASSED_OVER: Final = frozenset({".git", ".terraform", ".venv", "node_modules", "__pycache__"})
CODE: Final = frozenset(
    {".py", ".js", ".ts", ".mjs", ".zip", ".jar", ".png", ".svg", ".html", ".md", ".sh", ".map", ".go"}
)


class InputError(Exception):
    """A file that cannot be read; the message is the end of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file; `named`: by the user, not found in a folder."""

    path: Path
    named: bool

    @property
    def name(self) -> str:
        """As it is told."""
        return visible(os.fsencode(self.path).decode(errors="replace"))


def inputs(paths: Sequence[Path]) -> list[Input]:
    """The files of paths, each once, those of a folder in order of name. Raises InputError for too many."""
    found: dict[Path, Input] = {}
    for path in paths:
        folder = path.is_dir()
        for each in _below(path) if folder else [path]:
            found.setdefault(each, Input(each, not folder))
            if len(found) > MOST_FILES:
                raise InputError(f"{path}: holds more than {MOST_FILES:,} files; name those that are meant")
    return list(found.values())


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - PASSED_OVER)
        for name in sorted(files):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink() and path.suffix.lower() not in CODE:
                yield path


def head_of(path: Path) -> bytes:
    """The beginning of a file of any size. Raises InputError."""
    with _told(), open_regular(path, ANY_SIZE) as file:
        return file.read(HEAD)


def text_of(path: Path) -> str:
    """The text of a document. Raises InputError."""
    with _told():
        content = read_regular(path, LARGEST)
    if b"\0" in content:
        raise InputError("is a binary file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text") from None


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except TooLargeError as error:
        raise InputError(f"is larger than {LARGEST // 2**20} MiB ({error.bytes / 2**20:,.0f} MiB)") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InputError("is not the name of a file") from None
