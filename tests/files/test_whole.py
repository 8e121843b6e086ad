"""Text files: new ones only, or whole ones in the place of others; links are never followed."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.files.whole import move_new, write_new, write_to, write_whole

WRITERS = [write_new, write_whole, write_to]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such files")


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_is_the_same_on_every_system_and_has_a_mark_for_what_is_no_utf_8(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    write(tmp_path / "file", "ü\n\udcff\n")
    assert (tmp_path / "file").read_bytes() == b"\xc3\xbc\n?\n"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@POSIX
@pytest.mark.parametrize("write", WRITERS)
def test_who_may_read_a_file_follows_from_the_umask(tmp_path: Path, write: Callable[[Path, str], None]) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "file", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@pytest.mark.parametrize("link", [False, True])
def test_a_new_file_goes_over_nothing(tmp_path: Path, link: bool) -> None:
    (tmp_path / "victim").write_text("mine")
    if link:
        (tmp_path / "file").symlink_to("victim")
    else:
        (tmp_path / "file").write_text("mine")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", "text")
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "victim").read_text() == "mine"


@pytest.mark.parametrize("write", [write_whole, write_to])
def test_a_file_in_the_place_is_replaced_and_of_a_link_the_link(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "link").symlink_to("victim")
    (tmp_path / "file").write_text("old")
    for name in ("file", "link"):
        write(tmp_path / name, "new")
        assert (tmp_path / name).read_text() == "new"
    assert (tmp_path / "victim").read_text() == "mine"
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.usefixtures("small_files")
def test_a_file_that_cannot_be_written_whole_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    for name in ("file", "other"):
        with pytest.raises(OSError, match="File too large"):
            write_whole(tmp_path / name, "x" * 5000)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


@POSIX
def test_to_a_device_is_written_and_it_stays_one(tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to("/dev/null")
    write_to(tmp_path / "null", "text")
    assert (tmp_path / "null").is_char_device()


@POSIX
def test_to_a_pipe_is_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_to(tmp_path / "pipe", "text")
    reader.join()
    assert read == ["text"]


@POSIX
def test_the_file_that_our_own_output_goes_to_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "redirected"
    file.write_text("before\n")
    place, fstat = file.stat(), os.fstat
    monkeypatch.setattr(os, "fstat", lambda number: place if number == 1 else fstat(number))
    write_to(file, "text\n")
    assert file.read_text() == "before\ntext\n"
    assert file.stat().st_ino == place.st_ino


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_moved_only_to_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", unknown)
    source = tmp_path / "source"
    source.write_text("new")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        with pytest.raises(FileExistsError):
            move_new(source, tmp_path / name)
    move_new(source, tmp_path / "free")
    assert (tmp_path / "free").read_text() == "new"
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "link").is_symlink()
