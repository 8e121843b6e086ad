"""Scratch folders: their owner's alone, gone at the end, and cleared away when their maker has died."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from simulator.files import scratch as module
from simulator.files.scratch import UNFINISHED, beside, clear, is_being_made, locked, parents, scratch

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such locks or modes")


def left(place: Path) -> Path:
    """A scratch folder whose maker has died."""
    folder = beside(place, UNFINISHED)
    folder.mkdir()
    (folder / "file").touch()
    return folder


@POSIX
def test_it_is_a_new_folder_beside_the_place_that_only_its_owner_enters(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with scratch(tmp_path / "out") as folder:
            assert folder.parent == tmp_path
            assert list(folder.iterdir()) == []
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, OSError])
def test_it_goes_at_the_end_with_all_that_is_in_it(tmp_path: Path, error: type[BaseException] | None) -> None:
    with pytest.raises(error) if error else nullcontext(), scratch(tmp_path / "out") as folder:
        (folder / "file").touch()
        if error:
            raise error
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_255_bytes_is_no_hindrance(tmp_path: Path) -> None:
    with scratch(tmp_path / ("ü" * 127)) as folder:
        assert folder.exists()


@POSIX
def test_what_a_dead_process_has_left_is_cleared_away_whatever_it_was_for(tmp_path: Path) -> None:
    leftovers = [left(tmp_path / name) for name in ("out", "other")]
    clear(tmp_path)
    assert not any(each.exists() for each in leftovers)


def test_what_is_being_made_stays(tmp_path: Path) -> None:
    with scratch(tmp_path / "out") as folder:
        clear(tmp_path)
        assert folder.exists()


def test_what_only_looks_like_a_leftover_stays(tmp_path: Path) -> None:
    real = left(tmp_path / "out")
    name = real.name
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine").touch()
    real.rename(tmp_path / name[1:])
    (tmp_path / f".backup.{UNFINISHED}").mkdir()
    (tmp_path / name.replace("out", "file")).touch()
    (tmp_path / name.replace("out", "link")).symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.rglob("*"))
    clear(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_clearing_what_is_not_there_does_nothing(tmp_path: Path) -> None:
    clear(tmp_path / "nowhere")


@POSIX
def test_a_place_is_being_made_while_its_maker_is_alive(tmp_path: Path) -> None:
    left(tmp_path / "out")
    assert not is_being_made(tmp_path / "out")
    with scratch(tmp_path / "out"):
        assert is_being_made(tmp_path / "out")
        assert not is_being_made(tmp_path / "other")
    assert not is_being_made(tmp_path / "out")


@POSIX
def test_a_folder_that_another_clears_away_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, made = module._lock, []

    def cleared_first(folder: Path) -> tuple[bool | None, int | None]:
        made.append(folder)
        if len(made) == 1:
            clear(tmp_path)
        return lock(folder)

    monkeypatch.setattr(module, "_lock", cleared_first)
    with scratch(tmp_path / "out") as folder:
        assert folder.exists()
    assert folder != made[0]


@POSIX
def test_a_lock_is_not_had_twice_and_not_on_what_is_no_folder(tmp_path: Path) -> None:
    with locked(tmp_path) as first, locked(tmp_path) as second:
        assert (first, second) == (True, False)
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("link", "nowhere"):
        with locked(tmp_path / name) as held:
            assert held is None


def test_missing_parents_are_made_and_go_again_if_they_stay_empty(tmp_path: Path) -> None:
    with parents(tmp_path / "a" / "b" / "out"):
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []
    with parents(tmp_path / "a" / "b" / "out"):
        (tmp_path / "a" / "file").touch()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "file"]
