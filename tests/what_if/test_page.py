"""The section 'What if' in a browser: what is moved is simulated, offline, by everybody who can read the page."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from simulator import load, simulate
from simulator.report.numbers import usd
from tests.page.browser import Opened
from tests.page.folders import MARKUP, OUTAGE, scenario_text

from .conftest import explored, knob, move, shardsim, status

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BATCH = "event_source_mappings.reader.batch_size"


def test_the_page_fetches_nothing_complains_of_nothing_and_scrolls_up_and_down_only(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    move(opened, "traffic", 15)
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)):
        opened.seen_as(scheme, width)
        opened.page.wait_for_timeout(100)
        wide = opened.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], (scheme, width, wide)
    assert all(each == file.as_uri() or each.startswith("blob:") for each in opened.requests)
    assert opened.complaints == []


def test_axe_core_finds_nothing_in_light_and_in_dark(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    move(opened, "traffic", 15)
    move(opened, "streams.clicks.resharding.0.shards", 3)  # so that shards are drawn, and tries
    opened.seen_as("light", 1280)
    assert opened.violations() == []
    opened.seen_as("dark", 390)
    assert opened.violations("color-contrast") == []


def test_what_is_shown_and_copied_of_a_moved_setting_is_what_the_command_line_says(file: Path, opened: Opened) -> None:
    opened.open(file)
    today = status(opened)
    said = move(opened, "functions.enrich.duration", 14)
    opened.page.get_by_role("button", name="copy as --set").click()
    words = shlex.split(opened.page.evaluate("window.copied"))
    assert words[::2] == ["--set"]
    sets = dict(word.split("=", 1) for word in words[1::2])
    run = simulate(load(file.with_name("clicks.yaml"), sets))
    assert f"{usd(run.bill.usd_per_month)} a month" in said
    assert run.mappings[0].verdict.reason in opened.page.locator("#what-if .said").inner_text()
    back = simulate(load(file.with_name("clicks.yaml")))
    assert f"{usd(back.bill.usd_per_month)} a month" in today
    opened.page.get_by_role("button", name="back to today").click()
    opened.page.locator("#what-if [role=status]", has_text=usd(back.bill.usd_per_month)).wait_for()
    assert opened.page.locator("#what-if .figures th[scope=col]").all_inner_texts() == ["figure", "now"]


def test_a_link_holds_the_settings(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    move(opened, BATCH, 3)
    opened.page.get_by_role("button", name="copy as link").click()
    link = opened.page.evaluate("window.copied")
    opened.page.goto("about:blank")
    opened.page.goto(link)
    opened.page.locator("#what-if .tries td", has_text="batch size 10").wait_for()
    assert knob(opened, BATCH).get_attribute("aria-valuetext") == "10"


def test_a_link_to_what_there_is_not_is_the_page_of_today(file: Path, opened: Opened) -> None:
    opened.page.goto(f"{file.as_uri()}#what-if?traffic=1e9&__proto__=1&streams.none.shards=%00")
    status(opened)
    assert opened.page.locator("#what-if .knob.moved").count() == 0


def test_a_slider_is_moved_by_the_keyboard_and_its_value_is_told(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    slider = knob(opened, BATCH)
    slider.focus()
    assert slider.get_attribute("aria-valuetext") == "100"
    opened.page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "200"
    opened.page.locator("#what-if .tries td", has_text="batch size 200").wait_for()
    assert opened.page.locator("#what-if [role=status]").count() == 1


def test_of_several_moves_the_last_is_answered(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    for at in (17, 18, 19, 20):
        knob(opened, "traffic").evaluate(
            "(input, at) => { input.value = at; input.dispatchEvent(new Event('input')); }", at
        )
        opened.page.wait_for_timeout(90)  # longer than the pause after which a run begins
    opened.page.locator("#what-if .tries td", has_text="traffic 4 times").wait_for()
    assert "traffic 4 times" in opened.page.locator("#what-if .tries tbody tr").last.inner_text()


def test_without_scripts_the_page_of_a_run_is_what_it_was(tmp_path: Path, browser: Browser, opened: Opened) -> None:
    (tmp_path / "clicks.yaml").write_text(scenario_text(failures=OUTAGE), encoding="utf-8")
    texts = []
    for name, options in (("plain", []), ("more", ["--what-if"])):
        shardsim("run", str(tmp_path / "clicks.yaml"), "-q", "-o", str(tmp_path / name), *options)
        context = browser.new_context(offline=True, java_script_enabled=False)
        page = context.new_page()
        page.goto((tmp_path / name / "report.html").as_uri())
        texts.append(page.locator("body").inner_text())
        context.close()
    assert texts[0] == texts[1]
    opened.open(tmp_path / "more" / "report.html")
    opened.page.locator("#what-if").scroll_into_view_if_needed()
    assert "keeps up" in status(opened) or "was behind" in status(opened)
    shardsim("report", str(tmp_path / "plain"), "--what-if")
    assert (tmp_path / "plain/report.html").read_text() == (tmp_path / "more/report.html").read_text()
    summary = json.loads((tmp_path / "more/summary.json").read_text())
    assert summary["event_source_mappings"]["reader"]["verdict_reason"] in opened.page.locator(".said").inner_text()


def test_markup_in_names_is_text(tmp_path: Path, opened: Opened) -> None:
    dialogs: list[str] = []
    opened.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    opened.open(explored(tmp_path, name=MARKUP, readers=(MARKUP, "'a = `b` *c* $(d)'"), description=MARKUP))
    status(opened)
    move(opened, "event_source_mappings.0.batch_size", 3)
    opened.page.get_by_role("button", name="copy as --set").click()
    [_, word] = shlex.split(opened.page.evaluate("window.copied"))
    path, text = word.split("=", 1)
    assert load(tmp_path / "clicks.yaml", {path: text}).event_source_mappings[0].batch_size == 10
    assert MARKUP.strip("'") in opened.page.locator("#what-if").inner_text()
    opened.page.get_by_label("Figures of").select_option(label="a = `b` *c* $(d)")
    assert dialogs == []
    assert opened.complaints == []


def test_the_tries_can_be_compared_with_and_taken_up(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    move(opened, "traffic", 15)
    move(opened, BATCH, 3)
    opened.page.get_by_role("button", name="Compare with try 2").click()
    assert opened.page.locator("#what-if .figures th[scope=col]").all_inner_texts() == ["figure", "now", "try 2"]
    opened.page.get_by_role("button", name="Take up the settings of try 2").click()
    opened.page.locator("#what-if .figures thead", has_text=re.compile(r"^figure\s*now$")).wait_for()
    assert knob(opened, BATCH).get_attribute("aria-valuetext") == "100"
    assert opened.page.locator("#what-if .tries tbody tr").count() == 3


def test_what_the_account_has_not_is_told_and_not_simulated(tmp_path: Path, opened: Opened) -> None:
    more = "account: {concurrency: 5}\nobjectives: {}"
    content = scenario_text(reserved="2", more=more).replace(
        "functions:\n", "functions:\n  other: {duration: {per_batch: 1ms}, reserved_concurrency: 1}\n"
    )
    (tmp_path / "clicks.yaml").write_text(content, encoding="utf-8")
    shardsim("explore", str(tmp_path / "clicks.yaml"), "--no-open", "-q", "-o", str(tmp_path / "page.html"))
    opened.open(tmp_path / "page.html")
    status(opened)
    for name in ("functions.enrich.reserved_concurrency", "functions.other.reserved_concurrency"):
        knob(opened, name).evaluate(
            "(input) => { input.value = input.max - 1; input.dispatchEvent(new Event('input')); }"
        )
    assert "more than the account" in status(opened, "The reserves")
