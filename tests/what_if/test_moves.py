"""What a reader is told of a move: what has no effect, what is refused, whose figures are shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator import load, simulate
from simulator.report.numbers import usd
from simulator.report.what_if.scripts import HERE
from tests.page.browser import Opened
from tests.page.folders import scenario_text

from .conftest import explored, knob, move, status

STREAM = "streams.clicks"
RULE = (
    "shards: 1, scaling: {delay: 0s, minimum: 1, up: {above: 0.1, period: 1m, points: 1, of: 1}, "
    "down: {below: 0.05, period: 1m, points: 1, of: 1}}"
)


def changing(stream: str, **how: object) -> str:
    """Eight minutes of traffic to a stream that changes."""
    text = scenario_text(**how).replace("duration: 60s", "duration: 8m")  # type: ignore[arg-type]
    return text.replace("shards: 2", stream)


def copied(opened: Opened) -> dict[str, str]:
    """What is copied as words of the command line."""
    opened.page.get_by_role("button", name=re.compile("copy as --set|copied")).click()
    words = shlex.split(opened.page.evaluate("window.copied"))
    return dict(word.split("=", 1) for word in words[1::2])


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a stream with a rule."""
    return explored(tmp_path_factory.mktemp("ruled"), changing(RULE))


def test_what_has_an_effect_only_with_another_setting_is_shown_with_it(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    pairs = [
        ("functions.enrich.failures.1.lasts", 2, "functions.enrich.failures.1.from"),
        (f"{STREAM}.resharding.0.shards", 3, f"{STREAM}.resharding.0.at"),
        (f"{STREAM}.scaling.up", 1, f"{STREAM}.scaling.up.above"),
        (f"{STREAM}.scaling.down", 1, f"{STREAM}.scaling.minimum"),
        (f"{STREAM}.mode", 0, f"{STREAM}.on_demand.split_above"),
    ]
    for first, at, then in pairs:
        assert not knob(opened, then).is_visible(), then
        move(opened, first, at)
        assert knob(opened, then).is_visible(), then
    assert not knob(opened, f"{STREAM}.scaling.up").is_visible()  # in on-demand mode no rule has any


def test_a_move_without_an_effect_is_said_to_have_none(file: Path, opened: Opened) -> None:
    opened.open(file)
    assert "Every figure" not in status(opened)
    mapping = "event_source_mappings.reader"
    assert move(opened, f"{mapping}.bisect_batch_on_function_error", 1).endswith("Every figure is that of today.")
    assert "Every figure" not in move(opened, "traffic", 15)
    assert move(opened, f"{mapping}.report_batch_item_failures", 1).endswith("Every figure is that of try 3.")


def test_a_request_that_is_refused_is_told_with_its_reason(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    said = move(opened, f"{STREAM}.resharding.0.shards", 9)
    assert "1 request for shards refused" in said
    told = opened.page.locator("#what-if .lag", has_text="Open shards").inner_text()
    assert "2 at the start, 2 at the end; no requests were carried out." in told
    assert "1 request was refused: more than twice the open shards." in told


def test_a_resharding_is_that_of_the_command_line_with_what_is_copied(tmp_path: Path, opened: Opened) -> None:
    requests = "shards: 2, resharding: [{at: 10s, split: 0, point: 0.2}, {at: 40s, shards: 4}]"
    opened.open(explored(tmp_path, changing(requests)))
    today = status(opened)
    move(opened, f"{STREAM}.resharding.0.made", 0)
    said = move(opened, f"{STREAM}.resharding.1.at", 0)
    run = simulate(load(tmp_path / "clicks.yaml", copied(opened)))
    assert [each.at for each in run.scenario.streams["clicks"].resharding] == [0.0]
    assert f"{usd(run.bill.usd_per_month)} a month" in said
    assert said.split("traffic in")[1] != today.split("traffic in")[1]
    ends = run.summary()["streams"]["clicks"]
    told = opened.page.locator("#what-if .lag", has_text="Open shards").inner_text()
    assert f"2 at the start, {ends['open_shards_at_end']} at the end; 1 request was carried out." in told


def test_a_rule_is_that_of_the_command_line_with_what_is_copied(ruled: Path, opened: Opened) -> None:
    opened.open(ruled)
    today = status(opened)
    for name, at in (("up.above", 3), ("down", 0), ("maximum", 2), ("up.period", 1)):
        said = move(opened, f"{STREAM}.scaling.{name}", at)
    run = simulate(load(ruled.with_name("clicks.yaml"), copied(opened)))
    scaling = run.scenario.streams["clicks"].scaling
    assert scaling is not None
    assert (scaling.down, scaling.maximum) == (None, 3)
    assert f"{usd(run.bill.usd_per_month)} a month" in said
    assert usd(run.bill.usd_per_month) not in today
    said = move(opened, f"{STREAM}.scaling.up", 0)
    assert copied(opened) == {f"{STREAM}.scaling": "none"}
    fixed = simulate(load(ruled.with_name("clicks.yaml"), copied(opened)))
    assert f"{usd(fixed.bill.usd_per_month)} a month" in said


def test_on_demand_mode_leaves_no_rule(ruled: Path, opened: Opened) -> None:
    opened.open(ruled)
    status(opened)
    said = move(opened, f"{STREAM}.mode", 0)
    sets = copied(opened)
    assert sets == {f"{STREAM}.mode": "on_demand", f"{STREAM}.scaling": "none"}
    run = simulate(load(ruled.with_name("clicks.yaml"), sets))
    assert f"{usd(run.bill.usd_per_month)} a month" in said


def test_a_rule_that_contradicts_itself_is_told_and_the_last_answer_stays(ruled: Path, opened: Opened) -> None:
    opened.open(ruled)
    status(opened)
    before = opened.page.locator("#what-if .figures").inner_text()
    said = move(opened, f"{STREAM}.scaling.down.below", 9, "The rule of clicks")
    assert "below 50%, and above 10%. What is shown is the last answer." in said
    assert opened.page.locator("#what-if .figures").inner_text() == before


def test_a_move_shows_the_figures_of_the_mapping_that_it_is_of(tmp_path: Path, opened: Opened) -> None:
    opened.open(explored(tmp_path, readers=("first", "second")))
    assert ": first keeps up" in status(opened)
    assert ": second keeps up" in move(opened, "event_source_mappings.second.batch_size", 3)
    assert ": second keeps up" in move(opened, "traffic", 10)
    assert ": first keeps up" in move(opened, "event_source_mappings.first.batch_size", 3)
    assert ": first is stuck" in move(opened, "functions.enrich.failures.0.probability", 10)


def test_the_value_of_a_figure_keeps_to_its_column(tmp_path: Path, opened: Opened) -> None:
    opened.open(explored(tmp_path, failures="{kind: outage, from: 10s, to: 2h}"))
    status(opened)
    move(opened, "traffic", 15)
    for width in (1280, 390):
        opened.seen_as("light", width)
        opened.page.wait_for_timeout(100)
        assert opened.page.evaluate(
            """(() => {
                const table = document.querySelector("#what-if .figures table");
                return table.scrollWidth <= table.parentElement.clientWidth + 1;
            })()"""
        ), width


def test_more_memory_without_durations_by_memory_is_said_to_move_the_cost_alone(file: Path, opened: Opened) -> None:
    opened.open(file)
    status(opened)
    note = opened.page.locator('[id="knob-functions.enrich.memory-note"]')
    assert "it moves the cost alone, as the scenario has no duration_by_memory" in note.inner_text()


def test_much_more_traffic_than_in_the_last_run_is_simulated_in_part_first(opened: Opened) -> None:
    known = {
        "recipe": {"duration_s": 3600, "producers": [{"start_s": 0}]},
        "knobs": [{"id": "traffic", "today": 0, "steps": [{"value": 1}, {"value": 5}]}],
    }
    opened.page.goto("about:blank")
    opened.page.add_script_tag(content="\n".join((HERE / f"{name}.js").read_text() for name in ("needs", "asking")))
    short = """([known, ms, at]) => {
        const page = { known, took: { ms, traffic: 1 } };
        return shortened(page, expectedMs(page, { traffic: at }));
    }"""
    assert opened.page.evaluate(short, [known, 1000, 0]) is None
    assert opened.page.evaluate(short, [known, 1000, 1]) == 240
    known["recipe"] = {"duration_s": 3600, "producers": [{"start_s": -86400}]}
    assert opened.page.evaluate(short, [known, 3000, 0]) is None, "what waits from before takes most of it"


def test_figures_of_a_part_of_the_traffic_are_said_to_be_until_all_of_it_is_there(opened: Opened) -> None:
    opened.page.goto("about:blank")
    scripts = "\n".join((HERE / f"{name}.js").read_text() for name in ("needs", "told", "asking"))
    opened.page.add_script_tag(content=f"{scripts}\nconst show = () => {{}}, worstOf = () => undefined;")
    told = opened.page.evaluate(
        """() => {
            const hears = [], status = document.body, recipe = { duration_s: 3600, producers: [{ start_s: 0 }] };
            const known = { recipe, knobs: [], words: { states: {} } }, runner = { ask: (_, hear) => hears.push(hear) };
            const page = { known, runner, status, progress: {}, took: { ms: 6000, traffic: 1 } };
            const figures = { bill: { usd_per_month: 1 }, event_source_mappings: {}, streams: {}, duration_s: 240 };
            const told = [];
            simulate(page, {});
            told.push(status.textContent);
            hears[0]({ figures, took_ms: 400 });
            told.push(status.textContent);
            hears[1]({ error: "no", tooLarge: "2.0 GiB" });
            return [...told, status.textContent, page.short ?? null];
        }"""
    )
    assert told[0] == "simulating the first 4 min of traffic …"
    so = told[1].replace("\u00a0", " ")
    assert so == "Simulated the first 4 min of traffic: USD 1.00 a month; all of it follows …"
    assert told[2].startswith("Too many records wait at once")
    assert told[3] is None
