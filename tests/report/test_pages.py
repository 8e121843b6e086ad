"""What pages say, in sentences and tables; the golden files were read line by line when they were accepted."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from simulator.cli import cli
from simulator.report.folder import OutputError
from simulator.report.page.build import REPORT, as_json, diff_of, page_of, write_page
from simulator.report.page.markdown import markdown
from simulator.report.page.view import Code, Facts, Figure, Page, Section, Table
from tests.page.folders import MARKUP, RESULTS, run_folder, study


class MarkdownFile(SingleFileSnapshotExtension):
    """A golden file of its own for each text."""

    file_extension = "md"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(MarkdownFile)


def made(kind: str, folder: Path) -> Page:
    return page_of(RESULTS[kind](folder))


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.id == name)


def to_do(page: Page) -> Section:
    assert page.actions
    return page.actions


def unfolded(page: Page) -> Page:
    """The page without what is folded away, which is much the same on every page."""
    return replace(page, sections=tuple(each for each in page.sections if not each.folded))


def table(page: Page, name: str) -> Table:
    return next(each for each in section(page, name).blocks if isinstance(each, Table))


# --- golden files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["run", "replications", "compare", "size", "advise", "sweep-load"])
def test_a_page_as_markdown(kind: str, tmp_path: Path, golden: SnapshotAssertion) -> None:
    assert markdown(unfolded(made(kind, tmp_path / "result"))) == golden


def test_a_difference_as_markdown(tmp_path: Path, golden: SnapshotAssertion) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    before = run_folder(tmp_path / "a", replications=3)
    after = run_folder(tmp_path / "b", replications=3, shards=3, settings="parallelization_factor: 2")
    assert markdown(diff_of(before, after)) == golden


# --- titles and verdicts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "title", "word"),
    [
        ("nothing arrived", "clicks: nothing arrived", "no verdict"),
        ("nothing reads", r"clicks: 2 shards took in [\d,]+ records; nothing reads them", "no verdict"),
        ("everything failed", r"clicks: nothing was processed: all \d+ attempts failed", "is stuck"),
        ("everything was lost", r"clicks: all [\d,]+ records are lost", "loses records"),
        ("everything was throttled", r"clicks: nothing was processed: all \d+ attempts were throttled", "is stuck"),
        ("written too fast", r"clicks: 2 shards lose records; [\d,]+ records are lost", "loses records"),
        ("one shard", r"clicks: 1 shard keeps up; the iterator age is at most \d+ ms", "keeps up"),
        ("a thousand shards", r"clicks: 1,000 shards keep up; .*", "keeps up"),
    ],
)
def test_the_title_is_a_sentence_that_says_how_it_went(kind: str, title: str, word: str, tmp_path: Path) -> None:
    page = made(kind, tmp_path)
    assert re.fullmatch(title, page.title), page.title
    assert page.verdict.word == word
    assert len(page.tiles) == 6


def test_objectives_that_are_missed_stand_in_the_title_the_verdict_and_the_table(tmp_path: Path) -> None:
    page = made("run", tmp_path)
    assert re.fullmatch(r"clicks: 2 shards miss iterator age max of \w+: .* s, at most 5 s", page.title)
    assert page.verdict.word == "missed"
    rows = [row.cells for row in table(page, "objectives").rows]
    assert [(cells[0], cells[1], cells[-1]) for cells in rows] == [
        ("iterator age max", "first", "✗ missed"),
        ("iterator age max", "second", "✗ missed"),
        ("records lost", "first", "✓ met"),
        ("records lost", "second", "✓ met"),
        ("keeps up", "first", "✓ met"),
        ("keeps up", "second", "✓ met"),
    ]


def test_the_sections_stand_in_the_order_in_which_a_reader_asks(tmp_path: Path) -> None:
    page = made("run", tmp_path)
    assert [(each.id, each.folded) for each in page.sections] == [
        ("plots", False), ("objectives", False), ("mappings", False), ("shards", False), ("incidents", False),
        ("latency", False), ("batches", False), ("bill", False), ("more", True), ("limits", True),
        ("assumptions", True), ("scenario", True), ("reproduce", True), ("definitions", True),
    ]  # fmt: skip
    assert page.actions
    assert [each.name for each in section(page, "plots").blocks if isinstance(each, Figure)] == [
        "lag", "waiting", "offered",
    ]  # fmt: skip
    assert [tile.label for tile in page.tiles] == [
        "unprocessed", "records lost", "limit most used", "age at send p99", "caught up", "cost a month",
    ]  # fmt: skip


def test_an_incident_has_its_story(tmp_path: Path) -> None:
    incidents = section(made("run", tmp_path), "incidents")
    story = incidents.blocks[0]
    assert "by outage 1" in str(story)
    assert "after the end of outage 1" in str(story)
    assert "nothing was lost" in str(story)
    cause, mapping, start, end, *_ = table(made("run", tmp_path), "incidents").rows[0].cells
    assert (cause, mapping, start, end) == ("outage 1", "first", "16.2 s", "26.1 s")


def test_every_line_of_the_bill_adds_up_to_the_tile(tmp_path: Path) -> None:
    page = made("one shard", tmp_path)
    *lines, total = (row.cells for row in table(page, "bill").rows)
    amounts = [float(cells[4].removeprefix("USD ")) for cells in lines]
    assert sum(amounts) == pytest.approx(float(total[4].removeprefix("USD ")), abs=0.011)
    assert page.tiles[-1].value == total[4]


def test_what_a_run_has_not_simulated_is_told_to_be_tried_and_has_no_command_for_aws(tmp_path: Path) -> None:
    blocks = to_do(made("written too fast", tmp_path)).blocks
    ((path, change),) = next(block for block in blocks if isinstance(block, Facts)).items
    first, alone = (block.text for block in blocks if isinstance(block, Code))
    wanted = re.fullmatch(r"2 → (\d+)", change)
    assert path == "streams.clicks.shards"
    assert wanted
    assert "Nothing of what follows has been simulated yet." in str(blocks[0])
    assert first == "shardsim advise scenario.yaml --out ../clicks-advise"
    assert alone == f"shardsim run scenario.yaml --set streams.clicks.shards={wanted[1]} --out ../clicks-changed"
    assert "aws " not in str(blocks)


@pytest.mark.parametrize("kind", ["run", "written too fast", "compare", "size, nothing will do"])
def test_every_command_of_a_page_can_be_pasted_where_it_says(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = made(kind, tmp_path / "result")
    monkeypatch.chdir(tmp_path / "result")
    sections = [*page.sections, *([page.actions] if page.actions else [])]
    codes = [block.text for each in sections for block in each.blocks if isinstance(block, Code)]
    lines = [text for text in codes if text.startswith("shardsim ")]
    assert lines
    for line in lines:
        done = CliRunner().invoke(cli, shlex.split(line)[1:])
        assert done.exit_code in (0, 4), f"{line}: {done.output}"


def test_what_an_advice_has_simulated_is_told_with_its_effect_and_the_commands(tmp_path: Path) -> None:
    page = page_of(study("advise", "-n", "2", rate="2500/s")(tmp_path / "result"))
    blocks = to_do(page).blocks
    assert "With it reader keeps up; latency p99 from" in str(blocks)
    assert "(simulated, 2 runs)" in str(blocks)
    assert any(isinstance(block, Code) and "aws kinesis update-shard-count" in block.text for block in blocks)


def test_nothing_is_advised_where_nothing_is_amiss(tmp_path: Path) -> None:
    text = str(to_do(made("one shard", tmp_path)).blocks[0])
    assert "Nothing has to change" in text


def test_a_function_that_always_fails_is_not_blamed_on_the_stream(tmp_path: Path) -> None:
    assert "the function does" in str(to_do(made("everything failed", tmp_path)).blocks)


def test_no_setting_that_misses_the_objectives_is_to_be_made(tmp_path: Path) -> None:
    text = str(to_do(made("compare, overloaded", tmp_path / "result")))
    assert "None of these settings will do" in text
    assert "aws " not in text


def test_throttling_for_want_of_any_concurrency_is_named(tmp_path: Path) -> None:
    assert "functions.enrich.reserved_concurrency" in str(to_do(made("everything was throttled", tmp_path)))


# --- studies ------------------------------------------------------------------------------------------------------


def test_a_comparison_says_what_to_run_and_what_is_wrong_with_less(tmp_path: Path) -> None:
    page = page_of(
        study(
            "compare",
            "--shards",
            "1-3",
            "-n",
            "2",
            rate="2500/s",
            on_throttle="drop",
            more="objectives: {records_lost: 0}",
        )(tmp_path / "result")
    )
    assert re.fullmatch(r"clicks: run 3 shards; 2 shards would lose [\d,]+ records an hour", page.title), page.title
    marked = [row.cells[0] for row in table(page, "settings").rows]
    assert marked == ["1 shard", "2 shards (today, one step cheaper)", "3 shards (chosen)"]


def test_where_no_setting_will_do_the_page_says_so(tmp_path: Path) -> None:
    page = made("size, nothing will do", tmp_path / "result")
    assert "no setting meets the objectives" in page.title
    assert page.verdict.word == "missed"


# --- text of a scenario -------------------------------------------------------------------------------------------


def test_markdown_shows_the_text_of_a_scenario_as_it_is(tmp_path: Path) -> None:
    text = markdown(made("markup in names", tmp_path))
    outside = re.sub(r"(?s)^(`{3,})\n.*?\n\1$", "", text, flags=re.M)
    assert MARKUP.strip("'") not in outside
    assert r"\<script\>alert(1)\</script\>" in outside


# --- the same result, the same bytes ------------------------------------------------------------------------------


def test_the_same_result_gives_the_same_page_wherever_it_is(tmp_path: Path) -> None:
    pages = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        folder = RESULTS["run"](tmp_path / name)
        write_page(folder)
        pages.append((folder / REPORT).read_bytes())
    assert pages[0] == pages[1]
    assert len(pages[0]) < 1_000_000
    assert b"://" not in pages[0].replace(b"https://github.com/leeoniya/uPlot", b"")  # in a comment of its code


def test_json_holds_the_same_words_without_the_drawings(tmp_path: Path) -> None:
    page = made("one shard", tmp_path)
    data = json.loads(as_json(page))
    assert data["title"] == page.title
    assert [tile["value"] for tile in data["tiles"]] == [tile.value for tile in page.tiles]
    assert "<svg" not in json.dumps(data)


# --- folders that are no results ----------------------------------------------------------------------------------


def test_a_folder_that_is_not_a_result_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=f"{tmp_path}: is not a result of shardsim"):
        page_of(tmp_path)
    with pytest.raises(OutputError, match="there is no such folder"):
        page_of(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file, not a folder"):
        page_of(tmp_path / "file")


@pytest.mark.parametrize("file", ["summary.json", "shards.csv", "scenario.yaml", "plots/backlog.svg"])
def test_a_folder_that_lacks_a_file_is_one_clear_line(file: str, tmp_path: Path) -> None:
    folder = RESULTS["one shard"](tmp_path)
    (folder / file).unlink()
    with pytest.raises(OutputError, match=Path(file).name) as caught:
        page_of(folder)
    assert "\n" not in str(caught.value)


def test_a_result_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    folder = RESULTS["one shard"](tmp_path)
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    about["versions"]["shardsim"] = "99.1"
    (folder / "run.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(OutputError, match=r"was made by shardsim 99\.1, which is newer than this one"):
        page_of(folder)
