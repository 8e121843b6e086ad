"""Where and with what the figures were measured."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """The processor and how many cores this process may use."""
    return f"{processor()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}"


def processor() -> str:
    """The model of the processor as the kernel names it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> str:
    """Of Python and what a run uses."""
    used = (("NumPy", "numpy"), ("SimPy", "simpy"), ("pandas", "pandas"), ("matplotlib", "matplotlib"))
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(of)}" for name, of in used)])


def commit() -> str:
    """The commit of the program that is measured, and whether the program differs from it."""
    words = ["git", "log", "-1", "--format=%h"]
    asked = subprocess.run(words, capture_output=True, text=True, check=False)
    if asked.returncode:
        return "of no commit"
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "simulator"], check=False).returncode
    return f"of commit {asked.stdout.strip()}" + (" with changes that are not committed" if changed else "")
