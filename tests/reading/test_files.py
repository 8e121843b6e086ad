"""Files that may be anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.reading.documents import read_json
from simulator.reading.files import MissingError, UnreadableError, content, text
from simulator.reading.shapes import Group


def why(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        content(path, 100)
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_file_within_the_bound_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    (tmp_path / "link").symlink_to("file")
    assert content(tmp_path / "file", 100) == content(tmp_path / "link", 100) == b"x" * 100


def test_a_file_beyond_the_bound_is_not_read_however_large_it_is(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(2**33)
    (tmp_path / "link").symlink_to("file")
    assert why(tmp_path / "file") == why(tmp_path / "link") == "is larger than 0 MiB, which is the most that is read"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert why(tmp_path / "pipe") == "is not a regular file"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no devices in folders")
def test_a_device_that_never_ends_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    assert why(tmp_path / "link") == "is not a regular file"


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    assert why(tmp_path) == "is not a regular file"


def test_what_is_not_there_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("nothing", "link"):
        with pytest.raises(MissingError):
            content(tmp_path / name, 100)


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")
    assert "cannot be read" in why(tmp_path / "link")


def test_a_text_is_utf_8_and_its_lines_end_with_a_line_feed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\xc3\xa9\n")
    assert text(file, 100) == "a\nbé\n"
    file.write_bytes(b"abc\xff")
    with pytest.raises(UnreadableError, match="is not UTF-8 text: byte 3 is none"):
        text(file, 100)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "is not JSON: Expecting value: line 1 column 1"),
        ('{"a": 1', "is not JSON: Expecting ',' delimiter: line 1 column 8"),
        ("[" * 200_000, "is nested too deeply"),
        ('{"a":' * 200_000, "is nested too deeply"),
        (f'{{"a": {"9" * 5000}}}', "holds a number of thousands of digits"),
        ("[]", "a list is given; allowed: a group"),
    ],
)
def test_json_that_is_none_is_one_line(written: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(written, encoding="utf-8")
    with pytest.raises(UnreadableError) as caught:
        read_json(tmp_path / "file", Group())
    assert str(caught.value).startswith(f"{tmp_path / 'file'}: {said}")
