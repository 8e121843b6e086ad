"""A browser for all tests, and a folder for each kind of result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.report.page.build import write_page

from .browser import Opened, started
from .folders import RESULTS, RUNS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests."""
    with started() as browser:
        yield browser


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """An empty page without a way out to any network."""
    context = browser.new_context(offline=True)
    yield Opened(context.new_page())
    context.close()
