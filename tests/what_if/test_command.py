"""The command `explore`, and --what-if, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator import load
from simulator.cli import cli
from simulator.report.what_if import scripts
from simulator.report.what_if.packed import packed
from tests.page.folders import scenario_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def shardsim(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder with a scenario."""
    monkeypatch.chdir(tmp_path)
    Path("clicks.yaml").write_text(scenario_text(), encoding="utf-8")


def test_explore_writes_a_page_and_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[str] = []
    monkeypatch.setattr("click.launch", launched.append)
    done = shardsim("explore", "clicks.yaml")
    assert done.exit_code == 0, done.output
    assert launched == [Path("reports/clicks-explore.html").absolute().as_uri()]
    assert done.stderr == "wrote reports/clicks-explore.html\n"


def test_the_same_scenario_gives_the_same_page() -> None:
    for name in ("one.html", "two.html"):
        assert shardsim("explore", "clicks.yaml", "--no-open", "-o", name).exit_code == 0
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()
    assert Path("one.html").stat().st_size < 300_000


@pytest.mark.parametrize("name", ["polling-or-push", "cold-starts"])
def test_a_page_with_tables_and_all_their_multiples_grows_by_less_than_300_kb(name: str) -> None:
    simulating = packed(load(SCENARIOS / f"{name}.yaml"))
    assert len(simulating) + len(scripts.page()) + len(scripts.style()) < 300_000


def test_a_setting_of_the_command_line_is_the_pages_today() -> None:
    assert shardsim("explore", "clicks.yaml", "--no-open", "--set", "shards=7", "-o", "one.html").exit_code == 0
    assert "shards: 7" in Path("one.html").read_text(encoding="utf-8")


def test_a_scenario_that_is_not_valid_is_told_and_no_page_is_written() -> None:
    Path("clicks.yaml").write_text("duration: soon\n", encoding="utf-8")
    done = shardsim("explore", "clicks.yaml", "--no-open")
    assert done.exit_code == 3
    assert "clicks.yaml:1:11" in done.output
    assert not Path("reports").exists()


def test_a_place_that_cannot_be_written_is_told() -> None:
    done = shardsim("explore", "clicks.yaml", "--no-open", "-o", "clicks.yaml/page.html")
    assert done.exit_code == 2
    assert done.output.startswith("error: clicks.yaml/page.html: ")


def test_a_page_may_only_run_its_own_scripts_and_the_kernel() -> None:
    assert shardsim("explore", "clicks.yaml", "--no-open", "-o", "one.html").exit_code == 0
    text = Path("one.html").read_text(encoding="utf-8")
    policy = text.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    parts = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert parts["default-src"] == ["'none'"]
    assert parts["worker-src"] == ["blob:"]
    assert all(each.startswith("'sha256-") or each == "'wasm-unsafe-eval'" for each in parts["script-src"])


def test_a_page_that_does_not_simulate_may_not_run_what_it_needs_not() -> None:
    assert shardsim("run", "clicks.yaml", "-q", "-o", "run").exit_code == 0
    text = Path("run/report.html").read_text(encoding="utf-8")
    assert "wasm-unsafe-eval" not in text
    assert "what-if" not in text


@pytest.mark.parametrize(
    "command", [("explore", "--no-open"), ("run", "--what-if"), ("compare", "--what-if", "--shards", "1-2")]
)
def test_a_scenario_with_a_handler_is_refused_before_anything_is_done(command: tuple[str, ...]) -> None:
    Path("app.py").write_text("def handler(event, context):\n    return None\n", encoding="utf-8")
    name, *options = command
    done = shardsim(name, "clicks.yaml", *options, "--set", "functions.enrich.handler=app.py:handler")
    assert done.exit_code == 2
    assert "function 'enrich' has a handler, which a page cannot call" in done.output
    assert not Path("reports").exists()
