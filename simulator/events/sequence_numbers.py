"""Sequence numbers: 56 decimal digits, 47 in hexadecimal, of which each has a meaning.

From the left: 2; when the shard was made, in seconds since 1970 (9 digits); the last digit of the shard's number; the
record's number in its shard (16); 00; when it was written, in seconds (9); the shard's number (8); the version, 2.
AWS documents that they increase in a shard; the layout was read off published samples.
"""

from __future__ import annotations

from typing import NamedTuple


class Decoded(NamedTuple):
    """What a sequence number says."""

    made_s: int  # when the shard was made, since 1970
    number: int  # of the record in its shard; 0 is the shard's beginning
    written_s: int
    shard: int


def sequence_number(made_s: int, shard: int, number: int, written_s: int) -> str:
    """The sequence number of a shard's record; `number`: 1 for its first."""
    return str(int(f"2{made_s:09x}{shard & 15:x}{number:016x}00{written_s:09x}{shard:08x}2", 16))


def decoded(sequence_number: str) -> Decoded:
    """What a sequence number says. Raises ValueError for what is none."""
    digits = f"{int(sequence_number):x}"
    if len(digits) != 47 or digits[0] != "2" or digits[-1] != "2":
        raise ValueError(f"{sequence_number[:80]} is no sequence number")
    return Decoded(int(digits[1:10], 16), int(digits[11:27], 16), int(digits[29:38], 16), int(digits[38:46], 16))
