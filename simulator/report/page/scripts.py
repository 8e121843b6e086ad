"""The scripts that a page carries, and the hashes by which alone its policy lets them run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from simulator.report.page.view import Figure, Page
from simulator.report.what_if import scripts as what_if

HERE: Final = Path(__file__).parent
OURS: Final = HERE / "scripts"
VENDOR: Final = HERE / "vendor"


def scripts(page: Page) -> tuple[str, ...]:
    """Those that a page needs: for its tables, where it has curves uPlot with what draws by it, and to simulate."""
    curves = (_uplot(), _ours("charts")) if has_curves(page) else ()
    return (_ours("tables"), *curves, *((what_if.page(),) if page.what_if else ()))


def has_curves(page: Page) -> bool:
    """Whether a page has curves to be drawn again."""
    return any(isinstance(block, Figure) and block.charts for section in page.sections for block in section.blocks)


def uplot_style() -> str:
    """uPlot's style sheet."""
    return _text(VENDOR / "uPlot.min.css")


def allowed(texts: tuple[str, ...], simulates: bool) -> str:
    """What a policy lets run: these scripts, by their hashes, and nothing else.

    `simulates`: WebAssembly too, in another thread, whose script the page hands to it.
    """
    more = " 'wasm-unsafe-eval'; worker-src blob:" if simulates else ""
    return " ".join(_hashes(texts)) + more


def _hashes(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        digest = hashlib.sha256(text.encode()).digest()
        yield f"'sha256-{base64.b64encode(digest).decode()}'"


def _ours(name: str) -> str:
    return _text(OURS / f"{name}.js")


def _uplot() -> str:
    licence = _text(VENDOR / "uPlot-LICENSE")
    return f"/*! uPlot\n{licence}*/\n{_text(VENDOR / 'uPlot.iife.min.js')}"


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
