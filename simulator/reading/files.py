"""The content of a file that may be anything: only a regular file is opened, and no more is read than a bound."""

from __future__ import annotations

import stat
from pathlib import Path


class UnreadableError(Exception):
    """A file is not as it should be; the message is one line that names the file and says what is wrong with it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


class MissingError(UnreadableError):
    """There is no such file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "there is no such file")


def content(path: Path, most_bytes: int) -> bytes:
    """All bytes of a regular file, or of what a link leads to.

    Raises UnreadableError for what is larger than the bound, and for folders, pipes and devices, which are not opened:
    a pipe would be waited for, and some devices never end. Raises MissingError where there is nothing.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError(path, "is not a regular file")
        if about.st_size > most_bytes:
            raise UnreadableError(path, f"is larger than {most_bytes // 2**20} MiB, which is the most that is read")
        with path.open("rb") as file:
            return file.read(about.st_size)
    except FileNotFoundError:
        raise MissingError(path) from None
    except OSError as error:
        raise UnreadableError(path, f"cannot be read: {error.strerror or error}") from None


def text(path: Path, most_bytes: int) -> str:
    """The text of a file in UTF-8, with lines that end with a line feed. Raises UnreadableError and MissingError."""
    try:
        return content(path, most_bytes).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableError(path, f"is not UTF-8 text: byte {error.start:,} is none") from None
