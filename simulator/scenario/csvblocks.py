"""A CSV file as blocks of whole rows, so that a file of any shape takes little memory.

Most blocks have no quotes, and a column of theirs can be read at once (csvcolumns). The cells are there for the others,
and the rows with their lines to find what is wrong.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, NamedTuple

LONGEST_ROW = 2**20  # bytes, about
BLOCK = 2**16  # bytes, about

CUT_OFF = "unexpected end of data"  # what csv says of quotes that are not closed


class Row(NamedTuple):
    """A row of a file, and its last line there, counted from 1."""

    line: int
    cells: list[str]


class CsvError(Exception):
    """What is wrong in a CSV file, and in which line (0: in no single one); `hint` is what to do."""

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


@dataclass(frozen=True)
class Block:
    """Some whole rows, the first of which begins in line `line` of the file."""

    text: str
    line: int

    @property
    def plain(self) -> bool:
        """Whether each line is a row, and each comma the end of a cell."""
        return '"' not in self.text

    @cached_property
    def cells(self) -> list[list[str]]:
        """The cells of its rows, blank ones left out. Raises csv.Error."""
        return [row for row in csv.reader(io.StringIO(self.text, newline=""), strict=True) if any(map(str.strip, row))]

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank, which takes longer. Raises CsvError."""
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield Row(self.line - 1 + reader.line_num, cells)
        except csv.Error as error:
            raise CsvError(f"is not CSV: {error}", self.line - 1 + reader.line_num) from None

    def after(self, line: int) -> "Block":
        """What follows a line of the file."""
        stream = io.StringIO(self.text, newline="")
        for _ in range(line + 1 - self.line):
            stream.readline()
        return Block(stream.read(), line + 1)


def most_rows(file: BinaryIO) -> int:
    """How many rows a file has at most: as many as lines. Reads it through and goes back to its beginning.

    Raises CsvError when it is no text at all.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, last = 1, ""
    while data := file.read(BLOCK):
        sound, zero, _ = data.partition(b"\0")
        try:
            text = last + decoder.decode(sound)
        except UnicodeDecodeError as error:
            before = last + error.object[: error.start].decode()
            raise CsvError("is not UTF-8 text", lines + _line_ends(before)) from None
        if zero:
            raise CsvError("is a binary file, not CSV")
        last = "\r" if text.endswith("\r") else ""  # it may be half of a line's end
        lines += _line_ends(text.removesuffix("\r"))
    if decoder.getstate()[0]:
        raise CsvError("is not UTF-8 text", lines + len(last))
    file.seek(0)
    return lines + len(last)


def blocks(file: BinaryIO) -> Iterator[Block]:
    """The blocks of a file. Raises CsvError where the rows before it have been given."""
    begun = Block("", 0)
    for lines in _whole_lines(file):
        block = Block(begun.text + lines.text, begun.line) if begun.text else lines
        begun = Block("", 0)
        if not block.plain and not _is_whole(block):
            begun = block.after(_last_whole_line(block))
            block = Block(block.text.removesuffix(begun.text), block.line)
            if len(begun.text) > LONGEST_ROW:
                raise _too_long(begun.line)
        if block.text.strip():
            yield block
    if begun.text:
        raise CsvError("is not CSV: its quotes are not closed", begun.line)


def _is_whole(block: Block) -> bool:
    """Whether it ends with a row; what else is wrong is found when its rows are read."""
    try:
        return bool(block.cells) or True
    except csv.Error as error:
        return str(error) != CUT_OFF


def _last_whole_line(block: Block) -> int:
    """The line in which the last whole row of a block ends that is cut off."""
    reader, lines = csv.reader(io.StringIO(block.text, newline=""), strict=True), 0
    with suppress(csv.Error):
        for _ in reader:
            lines = reader.line_num
    return block.line - 1 + lines


def _whole_lines(file: BinaryIO) -> Iterator[Block]:
    rest, line = file.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8), 1
    while data := file.read(BLOCK):
        data = rest + data
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1  # a last \r may be half of a line's end
        rest, data = data[end:], data[:end]
        if data:
            yield (block := Block(data.decode(), line))
            line += _line_ends(block.text)
        if len(rest) > LONGEST_ROW:
            raise _too_long(line)
    if rest:
        yield Block(rest.decode(), line)


def _too_long(line: int) -> CsvError:
    return CsvError(f"is longer than {LONGEST_ROW // 2**20} MiB", line)


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
