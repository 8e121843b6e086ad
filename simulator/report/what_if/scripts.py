"""The scripts of a page that simulates: those of its other thread, and those of what the reader sees."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent / "scripts"
WORKER: Final = (
    "numbers", "draws", "key_hash", "words", "quantiles", "rates", "reshaping", "plan_streams", "plan", "changed",
    "machine", "whole", "blocks", "histogram", "waiting", "limits", "verdict", "bill", "reshardings", "figures",
    "worker",
)  # fmt: skip
PAGE: Final = (
    "told", "elements", "packed", "copies", "runner", "needs", "controls", "curves", "shards", "answers", "tries",
    "memory", "asking", "what_if",
)  # fmt: skip


@cache
def worker() -> str:
    """The script of the thread that simulates."""
    return "\n".join(_text(name) for name in WORKER)


@cache
def page() -> str:
    """The script of what the reader sees and moves."""
    return "(() => {\n" + "\n".join(_text(name) for name in PAGE) + "})();\n"


@cache
def style() -> str:
    """Its style sheet."""
    return (HERE / "what_if.css").read_text(encoding="utf-8")


def _text(name: str) -> str:
    return (HERE / f"{name}.js").read_text(encoding="utf-8")
