"""A folder for each kind of result."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from simulator.report.page.build import write_page

from .folders import RESULTS, RUNS

Folder = Callable[[str], Path]


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A function that gives the folder of a kind of result, with its page."""

    @cache
    def made(kind: str) -> Path:
        folder = RESULTS[kind](tmp_path_factory.mktemp("result"))
        if kind in RUNS:  # a study's command has written its page already
            write_page(folder)
        return folder

    return made
