"""A CSV file as blocks of whole rows, so that a file of any shape takes little memory.

Most blocks have no quotes, and a column of theirs can be read at once (csvcolumns). The rows are there for the others,
and to find the line of what is wrong.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

LONGEST_ROW = 2**20  # bytes, about
BLOCK = 2**16  # bytes, about

Row = tuple[int, list[str]]  # its last line in the file, counted from 1, and its cells


class CsvError(Exception):
    """What is wrong in a CSV file, and in which line (0: in no single one); `hint` is what to do."""

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


@dataclass(frozen=True)
class Block:
    """Some lines, the first of which is number `line` of the file. `parsed`: their rows, where they had to be."""

    text: str
    line: int
    parsed: Sequence[Row] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """Its rows but the blank ones. Raises CsvError."""
        return _parsed(self.text, self.line)[0] if self.parsed is None else self.parsed


def most_rows(file: BinaryIO) -> int:
    """How many rows a file has at most: as many as lines. Reads it through, and goes back to its beginning."""
    lines = 1
    while data := file.read(BLOCK):
        lines += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    file.seek(0)
    return lines


def blocks(file: BinaryIO) -> Iterator[Block]:
    """The blocks of a file, each ending with a row. Raises CsvError."""
    return _whole_rows(_whole_lines(file))


def _whole_rows(some: Iterator[Block]) -> Iterator[Block]:
    """What was begun within quotes is put before the next block."""
    begun, line = "", 0
    for block in some:
        text, line = begun + block.text, line if begun else block.line
        if '"' not in text:
            yield Block(text, line)
            continue
        rows, lines = _parsed(text, line)
        begun = _after(lines, text)
        if len(begun) > LONGEST_ROW:
            raise _too_long(line + lines)
        yield Block(text.removesuffix(begun), line, rows)
        line += lines
    if begun:
        raise CsvError("is not CSV: its quotes are not closed", line)


def _parsed(text: str, line: int) -> tuple[list[Row], int]:
    """The rows but the blank ones, and how many lines all whole rows have."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines = [], 0
    try:
        for cells in reader:
            lines = reader.line_num
            if any(map(str.strip, cells)):
                rows.append((line - 1 + lines, cells))
    except csv.Error as error:
        if str(error) != "unexpected end of data":
            raise CsvError(f"is not CSV: {error}", line - 1 + reader.line_num) from None
    return rows, lines


def _after(lines: int, text: str) -> str:
    """What follows so many lines of a text."""
    stream = io.StringIO(text, newline="")
    for _ in range(lines):
        stream.readline()
    return stream.read()


def _whole_lines(file: BinaryIO) -> Iterator[Block]:
    rest, line = b"", 1
    while data := file.read(BLOCK):
        data = rest + data
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1  # a last \r may be half of a line's end
        rest, data = data[end:], data[:end]
        if len(rest) > LONGEST_ROW:
            raise _too_long(line)
        if data:
            yield (block := _decoded(data, line))
            line += _line_ends(block.text)
    if rest:
        yield _decoded(rest, line)


def _decoded(data: bytes, line: int) -> Block:
    if b"\0" in data:
        raise CsvError("is a binary file, not CSV")
    text = data.removeprefix(codecs.BOM_UTF8) if line == 1 else data
    try:
        return Block(text.decode(), line)
    except UnicodeDecodeError as error:
        at = line + _line_ends(text[: error.start].decode())
        raise CsvError("is not UTF-8 text", at) from None


def _too_long(line: int) -> CsvError:
    return CsvError(f"is longer than {LONGEST_ROW // 2**20} MiB", line)


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
