"""Debian's chromium, driven by playwright, and axe-core inside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


@contextmanager
def started() -> Iterator[Browser]:
    """A browser; without one the tests are skipped, and on CI they fail."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        _unavailable("there is no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


def _unavailable(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


DRAWN: Final = "figure.plot svg > *"  # thousands of lines; a drawing is looked at as a whole


class Opened:
    """A page that is open, and what it has complained about and asked for so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, file: Path) -> None:
        """Open a file."""
        self.page.goto(file.as_uri())

    def seen_as(self, scheme: Any, width: int) -> None:
        """The reader's colours, and the width of the window in pixels."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": 900})

    def violations(self, *rules: str) -> list[str]:
        """What axe-core finds by these rules, or by all, with all that is folded opened."""
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        self.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "([within, options]) => axe.run(within, options).then(results => results.violations)",
            [{"exclude": [DRAWN]}, {"runOnly": list(rules)} if rules else {}],
        )
        return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found]
