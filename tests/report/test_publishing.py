"""What happens at the place of a result while it is being made, by others or by a sudden end, loses nothing."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from simulator.files.scratch import REPLACED, beside
from simulator.report import publishing
from simulator.report.folder import OutputError, fresh_folder
from simulator.report.output import run_json
from simulator.report.study_folder import study_folder

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such locks or modes")


def result(folder: Path, text: str = "old") -> Path:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(run_json("shardsim run", 0.0), encoding="utf-8")
    (folder / "summary.json").write_text(text, encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, str]:
    """The text of every file below a folder but run.json; of a link where it leads."""
    files = (path for path in folder.rglob("*") if (path.is_file() or path.is_symlink()) and path.name != "run.json")
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_text(encoding="utf-8")
        for path in files
    }


def made(target: Path, force: bool = False, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Make a result at a target, at which something happens in the meantime."""
    with fresh_folder(target, force) as folder:
        (folder / "run.json").write_text(run_json("shardsim run", 0.0), encoding="utf-8")
        (folder / "summary.json").write_text("new", encoding="utf-8")
        meanwhile()


def notes(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    return folder


# --- others ---------------------------------------------------------------------------------------------------------

APPEARING: dict[str, Callable[[Path], object]] = {
    "a folder": notes,
    "a folder in a folder": lambda place: (place / "plots").mkdir(parents=True),
    "a file": lambda place: place.write_text("mine", encoding="utf-8"),
    "a link": lambda place: place.symlink_to("elsewhere"),
    "a link to a folder": lambda place: place.symlink_to(notes(place.with_name("elsewhere"))),
    "another result": result,
}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("what", APPEARING)
def test_what_appears_during_the_run_is_left_alone_and_the_result_is_kept_beside_it(
    tmp_path: Path, what: str, force: bool
) -> None:
    target, alone = tmp_path / "out", tmp_path / "alone"
    alone.mkdir()
    APPEARING[what](alone / "out")
    with pytest.raises(OutputError) as caught:
        made(target, force, lambda: APPEARING[what](target))
    assert str(caught.value) == (
        f"{target}: is no longer what it was at the start, so it stays; the finished result is in {target}-2"
    )
    assert tree(tmp_path / "out-2") == {"summary.json": "new"}
    shutil.rmtree(tmp_path / "out-2")
    as_it_was, names = tree(alone), [path.relative_to(alone) for path in sorted(alone.rglob("*"))]
    shutil.rmtree(alone)
    assert [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*"))] == names
    assert {name: text.replace(str(tmp_path), str(alone)) for name, text in tree(tmp_path).items()} == as_it_was


def test_what_has_appeared_is_not_moved_for_a_moment_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename, moved = Path.rename, []

    def noted(self: Path, to: Path) -> Path:
        moved.append(self)
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", noted)
    with pytest.raises(OutputError):
        made(tmp_path / "out", meanwhile=lambda: notes(tmp_path / "out"))
    assert tmp_path / "out" not in moved


@pytest.mark.parametrize("kept", ["out-2", "out-3"])
def test_a_result_that_is_kept_beside_the_place_goes_over_nothing_either(tmp_path: Path, kept: str) -> None:
    if kept == "out-3":
        (tmp_path / "out-2").symlink_to("nowhere")
    with pytest.raises(OutputError, match=f"the finished result is in {tmp_path}/{kept}$"):
        made(tmp_path / "out", meanwhile=lambda: notes(tmp_path / "out"))
    assert tree(tmp_path / kept) == {"summary.json": "new"}


CHANGES: dict[str, Callable[[Path], object]] = {
    "something is added": notes,
    "a folder is added": lambda place: (place / "mine").mkdir(),
    "something is written": lambda place: (place / "summary.json").write_text("mine", encoding="utf-8"),
    "something is removed": lambda place: (place / "summary.json").unlink(),
    "another result is there": lambda place: result(place.rename(place.with_name("before")).with_name("out"), "other"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_force_replaces_what_was_there_at_the_start_and_nothing_else(tmp_path: Path, what: str) -> None:
    target = result(tmp_path / "out")
    after: list[dict[str, str]] = []

    def change() -> None:
        CHANGES[what](target)
        after.append(tree(target))

    with pytest.raises(OutputError, match="is no longer what it was at the start, so it stays"):
        made(target, force=True, meanwhile=change)
    assert tree(target) == after[0]
    assert tree(tmp_path / "out-2") == {"summary.json": "new"}


def test_what_changes_at_the_very_last_moment_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, contents = result(tmp_path / "out"), publishing.contents

    def noted_after_the_first_look(folder: Path) -> publishing.Contents:
        found = contents(folder)
        if folder == target:
            notes(folder)
        return found

    look = partial(monkeypatch.setattr, publishing, "contents", noted_after_the_first_look)
    with pytest.raises(OutputError, match="the finished result is in"):
        made(target, force=True, meanwhile=look)
    assert tree(target) == {"summary.json": "old", "notes.txt": "mine"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out-2"]


@pytest.mark.parametrize("emptied", [False, True])
def test_an_earlier_result_that_somebody_removes_meanwhile_is_no_hindrance(tmp_path: Path, emptied: bool) -> None:
    target = result(tmp_path / "out")

    def remove() -> None:
        shutil.rmtree(target)
        if emptied:
            target.mkdir()

    made(target, force=True, meanwhile=remove)
    assert tree(tmp_path) == {"out/summary.json": "new"}


@POSIX
@pytest.mark.parametrize("force", [False, True])
def test_the_second_of_two_commands_at_once_is_refused_at_once(tmp_path: Path, force: bool) -> None:
    def second() -> None:
        with pytest.raises(OutputError, match="another command is writing it; wait for that, or name another place"):
            made(tmp_path / "out", force, lambda: pytest.fail("it simulates"))

    made(tmp_path / "out", meanwhile=second)
    assert tree(tmp_path) == {"out/summary.json": "new"}


def test_without_locks_the_later_of_two_commands_at_once_is_kept_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.files.scratch._lock", lambda _: (None, None))
    with pytest.raises(OutputError, match=f"the finished result is in {tmp_path}/out-2"):
        made(tmp_path / "out", meanwhile=lambda: made(tmp_path / "out"))
    assert tree(tmp_path) == {"out/summary.json": "new", "out-2/summary.json": "new"}


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("all_in_vain", [False, True])
def test_when_the_result_cannot_be_moved_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, all_in_vain: bool
) -> None:
    target, rename = result(tmp_path / "out"), Path.rename

    def failing(self: Path, to: Path) -> Path:
        if self.name.endswith("shardsim-part") and (all_in_vain or to == target):
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    then = "name another place" if all_in_vain else f"the finished result is in {target}-2"
    with pytest.raises(OutputError, match=f"cannot be written: Input/output error; {then}"):
        made(target, force=True)
    kept = {} if all_in_vain else {"out-2/summary.json": "new"}
    assert tree(tmp_path) == {"out/summary.json": "old"} | kept


def test_links_without_end_are_told_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for target in (tmp_path / "a", tmp_path / "a" / "out"):
        with pytest.raises(OutputError, match="cannot be written: Too many levels of symbolic links"):
            made(target, meanwhile=lambda: pytest.fail("it simulates"))


def test_a_folder_that_cannot_be_replaced_is_told_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = result(tmp_path / "out")
    (target / "plots").mkdir()
    monkeypatch.chdir(target / "plots")
    with pytest.raises(OutputError, match=r"is the folder you are in, which cannot be replaced; name a folder in it"):
        made(target, force=True, meanwhile=lambda: pytest.fail("it simulates"))
    monkeypatch.setattr(Path, "is_mount", lambda _: True)
    with pytest.raises(OutputError, match="is a mount point, which cannot be replaced; name a folder in it"):
        made(target, force=True, meanwhile=lambda: pytest.fail("it simulates"))


@POSIX
def test_who_may_enter_a_result_follows_from_the_umask_and_nobody_while_it_is_made(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with fresh_folder(tmp_path / "out") as folder:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o750


# --- a sudden end ---------------------------------------------------------------------------------------------------


def test_a_result_that_a_killed_command_had_put_aside_comes_back(tmp_path: Path) -> None:
    result(beside(tmp_path / "out", REPLACED))
    with pytest.raises(OutputError, match="holds an earlier result"):
        made(tmp_path / "out")
    assert tree(tmp_path) == {"out/summary.json": "old"}


def test_a_result_that_a_killed_command_had_replaced_goes(tmp_path: Path) -> None:
    result(beside(tmp_path / "out", REPLACED))
    result(tmp_path / "out", "new")
    with pytest.raises(OutputError, match="holds an earlier result"):
        made(tmp_path / "out")
    assert tree(tmp_path) == {"out/summary.json": "new"}


def test_a_result_put_aside_stays_while_something_else_is_in_its_place(tmp_path: Path) -> None:
    aside = result(beside(tmp_path / "out", REPLACED))
    notes(tmp_path / "out")
    with pytest.raises(OutputError, match="is not a result of shardsim, so it stays"):
        made(tmp_path / "out", force=True)
    assert tree(aside) == {"summary.json": "old"}


@POSIX
def test_a_result_is_not_put_back_while_the_command_that_replaces_it_is_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, rename = result(tmp_path / "out"), Path.rename

    def another_command_in_between(self: Path, to: Path) -> Path:
        if self.name.endswith("shardsim-part") and to == target:
            with pytest.raises(OutputError, match="another command is writing it"):
                made(target)
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", another_command_in_between)
    made(target, force=True)
    assert tree(tmp_path) == {"out/summary.json": "new"}


# --- studies --------------------------------------------------------------------------------------------------------


def study(target: Path, force: bool = False) -> None:
    with study_folder(target, "compare", force) as folder:
        (folder / "run.json").write_text(run_json("shardsim compare", 0.0, study="compare"), encoding="utf-8")


@pytest.mark.parametrize("name", ["notes.txt", "plots/notes.txt"])
def test_what_was_added_to_a_study_goes_with_force_only(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out"
    study(target)
    study(target)  # again, without force
    (target / "plots").mkdir()
    (target / ".DS_Store").touch()  # a file manager was here
    (target / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=f"holds {name}, which is no part of the earlier result; --force replaces"):
        study(target)
    assert tree(target)[name] == "mine"
    study(target, force=True)
    assert tree(tmp_path) == {}


def test_a_study_that_a_killed_one_had_put_aside_is_replaced_without_force_too(tmp_path: Path) -> None:
    study(tmp_path / "out")
    (tmp_path / "out").rename(beside(tmp_path / "out", REPLACED))
    study(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_study_that_does_not_say_what_it_holds_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    study(target)
    (target / "run.json").write_text(run_json("shardsim compare", 0.0, study="compare"), encoding="utf-8")
    (target / "comparison.csv").touch()
    study(target)
    assert tree(tmp_path) == {}
