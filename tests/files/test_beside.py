"""Work that is done beside other work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.files.beside import beside

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no other process")


def told(path: Path) -> Callable[[], object]:
    """Work that leaves the number of the process that did it."""
    return lambda: path.write_text(str(os.getpid()), encoding="utf-8")


def the_same_process(path: Path) -> bool:
    return int(path.read_text(encoding="utf-8")) == os.getpid()


@ON_LINUX
def test_the_work_is_done_by_another_process_and_there_when_the_block_is_left(tmp_path: Path) -> None:
    with beside(told(tmp_path / "pid")):
        (tmp_path / "mine").touch()
    assert not the_same_process(tmp_path / "pid")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # it has no child any more


def test_what_is_told_of_a_failure_is_what_failed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"), beside(told(tmp_path / "nowhere" / "pid")):
        pass


def test_a_process_that_is_killed_leaves_nothing_unsaid() -> None:
    before = os.getpid()

    def die() -> None:
        if os.getpid() != before:
            os.kill(os.getpid(), signal.SIGKILL)
        raise ChildProcessError("killed by signal 9")  # where there is no other process

    with pytest.raises(ChildProcessError, match="killed by signal 9"), beside(die):
        pass


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, ValueError])
def test_when_the_block_fails_the_work_is_given_up(interrupt: type[BaseException], tmp_path: Path) -> None:
    before, ours = os.getpid(), os.pipe()

    def endless() -> None:
        while os.getpid() != before:
            os.read(ours[0], 1)  # waits for ever

    with pytest.raises(interrupt), beside(endless):
        raise interrupt
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    for end in ours:
        os.close(end)


def test_a_process_leaves_ctrl_c_to_its_parent(tmp_path: Path) -> None:
    def interrupted() -> None:
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
            signal.raise_signal(signal.SIGINT)
        told(tmp_path / "pid")()

    with beside(interrupted):
        pass
    assert (tmp_path / "pid").exists()


@ON_LINUX
def test_what_is_ignored_stays_ignored_and_what_ends_the_parent_ends_the_other_process(tmp_path: Path) -> None:
    def tell() -> None:
        found = (signal.getsignal(each) for each in (signal.SIGHUP, signal.SIGTERM))
        (tmp_path / "found").write_text(" ".join(each.name for each in found if isinstance(each, signal.Handlers)))

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with beside(tell):
            pass
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (tmp_path / "found").read_text() == "SIG_IGN SIG_DFL"


@ON_LINUX
def test_the_other_process_ends_with_its_parent() -> None:
    script = """
import os
from simulator.files.beside import beside
with beside(lambda: os.read(os.pipe()[0], 1)):
    print("at work", flush=True)
    os.read(os.pipe()[0], 1)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "at work\n"
    parent.kill()
    assert parent.communicate(timeout=30)[0] == ""  # nobody holds the other end any more


def test_a_thread_does_the_work_itself(tmp_path: Path) -> None:
    def both() -> None:
        with beside(told(tmp_path / "pid")):
            (tmp_path / "mine").touch()

    thread = threading.Thread(target=both)
    thread.start()
    thread.join()
    assert the_same_process(tmp_path / "pid")
    assert (tmp_path / "mine").exists()


def test_without_room_for_another_process_the_work_is_done_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", full)
    with beside(told(tmp_path / "pid")):
        pass
    assert the_same_process(tmp_path / "pid")
