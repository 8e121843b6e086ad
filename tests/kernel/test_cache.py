"""Machine code that is kept from process to process, and what happens where it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = "from simulator.kernel.machine import compiled; compiled(); print('made')"


def made(home: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": str(home)}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_home_that_cannot_be_written_to_is_no_fault(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file, in which no folder can be made", encoding="utf-8")
    assert made(home) == "made\n"
    assert made(tmp_path) == "made\n"
