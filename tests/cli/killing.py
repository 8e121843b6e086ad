"""Runs commands and kills them between two steps of the file system, each in a fork of this process.

Called by test_killed.py as a program of its own, which has imported before it forks what the commands need:
`python -m tests.cli.killing`, in an empty folder, with JSON on stdin and stdout.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

STEPS = ("open", "os.mkdir", "os.rename", "os.rmdir", "os.remove", "os.chmod", "os.link")
WRITING = os.O_WRONLY | os.O_RDWR


@dataclass(frozen=True)
class Ended:
    """A command that has ended: by itself with a code of 0 or more, or killed by a signal; and what it left.

    Steps are those of the file system that change something; to open a file that may be there is called `over`.
    """

    code: int
    steps: list[str]
    left: dict[str, str]


def ended(args: list[str], at: int | None = None) -> Ended:
    """Run a command; kill it before the step with a number."""
    read, write = os.pipe()
    if not (child := os.fork()):
        os.close(read)
        _command(args, at, write)
    os.close(write)
    with os.fdopen(read) as pipe:
        steps = pipe.read().split()
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), steps, left())


def _command(args: list[str], at: int | None, told: int) -> None:
    """Become the command."""
    from simulator.cli import main

    done = 0

    def step(event: str, about: tuple[Any, ...]) -> None:
        nonlocal done
        if event in STEPS and not (event == "open" and not about[2] & WRITING):
            if done == at:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            over = event == "open" and not about[2] & os.O_EXCL  # of what may be there
            os.write(told, b"over " if over else f"{event} ".encode())

    sys.argv[1:] = args
    os.dup2(2, 1)  # stdout is for what is told of it
    sys.addaudithook(step)
    try:
        main()
    except SystemExit as error:
        os._exit(int(error.code or 0))


def left() -> dict[str, str]:
    """Every file below the current folder with the hash of what it holds; run.json, which says when, aside."""
    files = [path for path in Path().rglob("*") if path.is_file()]
    return {
        str(path): "" if path.name == "run.json" else hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    } | {str(path): "empty" for path in Path().rglob("*") if path.is_dir() and not any(path.iterdir())}


def empty(folder: Path) -> None:
    """Remove all that is in a folder."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> None:
    """Kill a command at some of its steps, in a folder as others have left it, and run the next one after each."""
    asked, here = json.load(sys.stdin), Path()
    Path("small.yaml").write_text(asked["scenario"], encoding="utf-8")
    for args in asked["before"]:
        ended(args)
    before = left()
    with tempfile.TemporaryDirectory() as kept:
        shutil.copytree(here, kept, dirs_exist_ok=True)
        whole = ended(asked["command"])
        kills = []
        for at in chosen(whole.steps, asked["points"], asked["seed"]):
            empty(here)
            shutil.copytree(kept, here, dirs_exist_ok=True)
            killed = ended(asked["command"], at)
            kills.append({"killed": asdict(killed), "next": asdict(ended(asked["next"]))})
    json.dump({"before": before, "whole": asdict(whole), "kills": kills}, sys.stdout)


def chosen(steps: list[str], points: int, seed: int) -> list[int]:
    """Numbers of some steps at random, and of those before and after something was moved to its place."""
    renames = {number + after for number, step in enumerate(steps) if step == "os.rename" for after in (0, 1)}
    others = random.Random(seed).sample(range(len(steps)), min(points, len(steps)))
    return sorted({*others, *[each for each in sorted(renames)[-6:] if each < len(steps)]})


if __name__ == "__main__":
    import simulator.cli
    import simulator.report.comparison
    import simulator.report.comparison_console
    import simulator.report.console
    import simulator.report.runs  # noqa: F401
    from simulator.report.page import build
    from simulator.report.plots import comparing, drawing

    for module, name in ((drawing, "draw"), (comparing, "draw_comparison"), (build, "write_page")):
        setattr(module, name, lambda *_: None)  # plots take two seconds a run, and the page shows them
    main()
