"""A page that simulates, open in a browser, and what is done with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from simulator.cli import cli
from tests.page.browser import Opened
from tests.page.folders import scenario_text

if TYPE_CHECKING:
    from playwright.sync_api import Locator

COPIED = "navigator.clipboard.writeText = async (text) => { window.copied = text; };"


@pytest.fixture
def opened(opened: Opened) -> Opened:
    """An empty page without a way out to any network, whose clipboard is a variable."""
    opened.page.add_init_script(COPIED)
    return opened


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of its own of a minute of traffic."""
    return explored(tmp_path_factory.mktemp("explored"))


def shardsim(*words: str) -> None:
    """A command that ends well."""
    done = CliRunner().invoke(cli, words)
    assert done.exit_code in (0, 4), done.output


def explored(folder: Path, text: str = "", **how: Any) -> Path:
    """The page of a scenario, clicks.yaml beside it: its text, or scenario_text of what is given."""
    (folder / "clicks.yaml").write_text(text or scenario_text(**how), encoding="utf-8")
    shardsim("explore", str(folder / "clicks.yaml"), "--no-open", "-q", "-o", str(folder / "page.html"))
    return folder / "page.html"


def status(opened: Opened, begins: str = "Simulated") -> str:
    """What is announced when an answer has come."""
    line = opened.page.locator("#what-if [role=status]", has_text=re.compile(f"^{begins}"))
    line.wait_for(timeout=60_000)
    return line.inner_text().replace("\u00a0", " ")


def knob(opened: Opened, name: str) -> Locator:
    """The input of a setting."""
    return opened.page.locator(f'[id="knob-{name}"]')


def move(opened: Opened, name: str, at: int, begins: str = "Simulated") -> str:
    """Move a slider or a choice to one of its steps, or set a switch, and wait for the answer."""
    opened.page.locator("#what-if [role=status]").evaluate("(line) => (line.textContent = 'moved')")
    knob(opened, name).evaluate(
        """(input, at) => {
            if (input.type === "checkbox") input.checked = Boolean(at);
            else input.value = at;
            input.dispatchEvent(new Event("input"));
        }""",
        at,
    )
    return status(opened, begins)
