"""Which files are opened: regular ones only, and none makes the program wait."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.files import TooLargeError, open_regular, read_regular
from simulator.scenario.loading import check

from .conftest import VALID, Told

TRACE = {"2000/s": "{trace: trace.csv}"}
PASSWD = "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\n"
MADE: dict[str, Callable[[Path], object]] = {
    "a FIFO": os.mkfifo,
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a file of /proc": lambda path: path.symlink_to("/proc/self/environ"),
    "a folder": lambda path: path.mkdir(),
    "a socket": lambda path: socket.socket(socket.AF_UNIX).bind(str(path)),
    "a link to itself": lambda path: path.symlink_to(path.name),
}
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFOs")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the socket is left to its end
@pytest.mark.parametrize("kind", MADE)
def test_a_scenario_that_is_no_regular_file_is_refused_at_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    MADE[kind](Path("orders.yaml"))
    (fault,) = check("orders.yaml")
    assert fault.message.startswith("cannot be read: ") or fault.message == "is empty"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("kind", MADE)
def test_a_csv_file_that_is_no_regular_file_is_refused_at_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    MADE[kind](Path("trace.csv"))
    Path("orders.yaml").write_text(VALID.replace("2000/s", "{trace: trace.csv}"))
    (fault,) = check("orders.yaml")
    assert (fault.line, fault.field) == (8, "producers[0].rate.trace")
    assert "cannot be read: " in fault.message or fault.message.endswith(" is empty")


def test_what_a_name_leads_to_is_looked_at_once_it_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file becomes a FIFO between a look and the opening."""
    path = tmp_path / "x"
    path.write_text("a")
    opening = os.open

    def swap(name: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return opening(name, flags)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(OSError, match="it is a FIFO"), open_regular(path, 10):
        pass


def test_a_file_that_has_grown_since_is_not_read_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_text("a" * 20)
    state = os.stat_result((0o100644, 0, 0, 1, 0, 0, 5, 0, 0, 0))
    monkeypatch.setattr(os, "fstat", lambda _: state)
    with pytest.raises(TooLargeError):
        read_regular(path, 10)


def test_nothing_of_a_file_is_told_that_has_no_heading_asked_for(told: Told) -> None:
    found = told(TRACE, {"trace.csv": PASSWD})
    assert found == [
        "8: producers[0].rate.time_column: trace.csv has no column 'time_s' in its first line",
        "8: producers[0].rate.column: trace.csv has no column 'records' in its first line",
    ]


@pytest.mark.parametrize(
    "content", ['secret\n"', "secret\nsecret,secret\n", "secret\n\xff", "secret\0", 'secret"x"\n"a"b', "secret"]
)
def test_no_fault_of_a_file_without_the_heading_shows_its_text(told: Told, content: str) -> None:
    found = told({"20ms": "{empirical: {file: d.csv, column: s}}"}, {"d.csv": content.encode("latin-1")})
    assert found
    assert not any("secret" in fault for fault in found)


def test_the_files_of_other_folders_are_not_listed(told: Told, tmp_path: Path) -> None:
    (tmp_path.parent / "their.csv").write_text("x")
    (fault,) = told({"2000/s": "{trace: ../theirs.csv}"})
    assert fault.endswith("cannot be read: No such file or directory")
