"""Streams that are closed, full, left by their reader, or of another encoding: the result is written all the same."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from .conftest import NO_PLOTS, Program, Write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system redirects in other ways")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
RUN = ("run", "small.yaml", "-o", "out")
COMPARE = ("compare", "small.yaml", "--shards", "1-2", "-n", "2", "-j", "1", "-o", "out")
NO_PLOTS_OF_STUDIES = (
    "import sys, types; sys.modules['simulator.report.plots.comparing'] = types.SimpleNamespace("
    "draw_comparison=lambda *_: None); "
)
NO_WAITING = "import fcntl, os; os.set_blocking(1, False); fcntl.fcntl(1, 1031, 4096); "  # F_SETPIPE_SZ: a page


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("args", [RUN, COMPARE], ids=["run", "compare"])
def test_a_closed_stream_hinders_nothing(program: Program, args: tuple[str, ...], closed: str) -> None:
    ended = program(args, NO_PLOTS if args == RUN else NO_PLOTS_OF_STUDIES, redirected=closed)
    assert ended.returncode == 0
    assert Path("out/run.json").exists()
    assert "Traceback" not in ended.stderr
    assert bool(ended.stdout) == (">&-" not in closed.split())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_file_is_opened_as_a_closed_stream(program: Program, number: int) -> None:
    look = "import simulator.report.runs as r, os; r.simulate = lambda *_: os.stat(%d) and os._exit(7 if %s else 8); "
    same = f"os.path.samestat(os.fstat({number}), os.stat(os.devnull))"
    assert program(RUN, look % (number, same), redirected=f"{number}{'<' if not number else '>'}&-").returncode == 7


def test_an_encoding_that_lacks_letters_hinders_nothing(program: Program, write: Write) -> None:
    path = write()
    path.write_text(path.read_text().replace("name: small", "name: ünï"), encoding="utf-8")
    ended = program(RUN, NO_PLOTS, LC_ALL="C", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("?n?: stable")
    assert '"scenario": "ünï"' in Path("out/summary.json").read_text(encoding="utf-8")


def test_bytes_in_paths_that_are_no_utf_8_hinder_nothing(program: Program, write: Write) -> None:
    path = write(os.fsdecode(b"s\xff.yaml"))
    path.write_text(path.read_text().replace("name: small\n", ""), encoding="utf-8")  # it gets the file's name
    ended = program(["run", str(path), "-o", os.fsdecode(b"o\xff")], NO_PLOTS)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "written to o?/ (pictures in o?/plots/)"
    assert "s?.yaml" in Path(os.fsdecode(b"o\xff"), "run.json").read_text(encoding="utf-8")
    ended = program(["init", os.fsdecode(b"m\xff")])
    assert (ended.returncode, ended.stdout.split()[1]) == (0, "m?.yaml")


@pytest.mark.parametrize("args", [RUN, (*COMPARE, "--json"), ("schema",)], ids=["run", "compare", "schema"])
def test_a_reader_that_has_gone_is_no_fault_to_talk_about(program: Program, args: tuple[str, ...]) -> None:
    read, write_end = os.pipe()
    os.close(read)
    ended = program(
        [*args, "-q"] if args == COMPARE else args, NO_PLOTS_OF_STUDIES + NO_PLOTS * (args == RUN), write_end
    )
    os.close(write_end)
    assert ended.returncode == 141
    assert "rror" not in ended.stderr
    assert Path("out/run.json").exists() == ("-o" in args)


@FULL
@pytest.mark.parametrize("args", [RUN, (*COMPARE, "--json"), ("schema",)], ids=["run", "compare", "schema"])
def test_a_full_disk_behind_the_output_is_one_line(program: Program, args: tuple[str, ...]) -> None:
    ended = program(args, NO_PLOTS_OF_STUDIES + NO_PLOTS * (args == RUN), redirected="> /dev/full")
    assert ended.returncode == 2
    *_, told = ended.stderr.splitlines()
    assert told == "error: the standard output cannot be written: No space left on device"
    assert "Traceback" not in ended.stderr
    assert Path("out/run.json").exists() == ("-o" in args)


@FULL
def test_a_fault_that_cannot_be_told_has_its_exit_code(program: Program) -> None:
    assert program(["validate", "missing.yaml"], redirected="2> /dev/full").returncode == 3
    assert program(["run"], redirected="2> /dev/full").returncode == 2
    assert program(COMPARE, NO_PLOTS_OF_STUDIES, redirected="2> /dev/full").returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="pipes have another size on this system")
def test_a_pipe_that_does_not_wait_gets_all(program: Program) -> None:
    ended = program(["schema"], NO_WAITING)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == program(["schema"]).stdout
