"""Hypothesis draws the same examples every time, however slow the machine is; and what several rooms test with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

from tests.page.browser import Opened, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser

phases = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile("suite", derandomize=True, deadline=None, phases=phases)
settings.register_profile(
    "no-shrink", derandomize=True, deadline=None, phases=phases[:2]
)  # for python -m tests.mutants
settings.load_profile("suite")


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file can grow beyond 4 KiB, so that one fails in the middle, as on a full disk."""
    resource = pytest.importorskip("resource", reason="this system has no limits for a process")
    _, most = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


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
