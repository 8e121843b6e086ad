"""The commands report and diff."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from tests.page.folders import RESULTS, scenario_text


def shardsim(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a run, as the command leaves it."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "clicks.yaml").write_text(scenario_text(), encoding="utf-8")
    assert shardsim("run", folder / "clicks.yaml", "-q", "-o", folder / "result").exit_code == 0
    return folder / "result"


def test_a_run_leaves_its_page_and_report_makes_the_same_one_again(folder: Path) -> None:
    written = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    done = shardsim("report", folder)
    assert done.exit_code == 0
    assert (folder / "report.html").read_bytes() == written


def test_markdown_and_json_are_printed(folder: Path) -> None:
    assert shardsim("report", "--format", "md", folder).stdout.startswith("# clicks: 2 shards keep up")
    assert json.loads(shardsim("report", "--format", "json", folder).stdout)["kind"] == "run"


def test_a_page_goes_where_out_says(folder: Path, tmp_path: Path) -> None:
    assert shardsim("report", folder, "-o", tmp_path / "page.html").exit_code == 0
    assert (tmp_path / "page.html").read_bytes() == (folder / "report.html").read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "page.html"]


def test_a_planted_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    page, victim = (folder / "report.html").read_bytes(), tmp_path / "victim"
    victim.write_text("mine")
    links = [folder / name for name in ("report.html", ".report.html.part")]
    links[0].unlink()
    for link in links:
        link.symlink_to(victim)
    assert shardsim("report", folder).exit_code == 0
    assert victim.read_text() == "mine"
    assert (folder / "report.html").read_bytes() == page
    assert not (folder / "report.html").is_symlink()
    links[1].unlink()


def test_out_may_be_a_device(folder: Path) -> None:
    done = shardsim("report", folder, "-o", "/dev/null")
    assert (done.exit_code, done.stderr) == (0, "wrote /dev/null\n")
    assert Path("/dev/null").is_char_device()


@pytest.mark.usefixtures("small_files")
def test_a_page_that_cannot_be_written_whole_is_as_it_was(folder: Path, tmp_path: Path) -> None:
    page = (folder / "report.html").read_bytes()
    for place in (folder / "report.html", tmp_path / "page.html"):
        done = shardsim("report", folder, *(["-o", place] if place.parent == tmp_path else []))
        assert (done.exit_code, done.stderr) == (
            2, f"error: {place}: cannot be written: File too large; name another place with --out\n"
        )  # fmt: skip
    assert (folder / "report.html").read_bytes() == page
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_result_is_one_line_and_the_others_are_made(folder: Path, tmp_path: Path) -> None:
    (folder / "report.html").unlink()
    done = shardsim("report", tmp_path, folder)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[0] == f"error: {tmp_path}: is not a result of shardsim: it has no run.json of its"
    assert (folder / "report.html").exists()


def test_out_takes_one_folder(folder: Path) -> None:
    assert "takes one DIR" in shardsim("report", folder, folder, "-o", "x.html").stderr


def test_a_page_that_cannot_be_written_is_one_line(folder: Path, tmp_path: Path) -> None:
    done = shardsim("report", folder, "-o", tmp_path / "nowhere" / "page.html")
    assert done.exit_code == 2
    assert "cannot be written: No such file or directory" in done.stderr


def test_diff_of_a_result_and_itself_finds_nothing(folder: Path) -> None:
    done = shardsim("diff", folder, folder)
    assert done.exit_code == 0
    assert "The scenarios are the same in every field" in done.stdout


def test_diff_says_first_that_a_mapping_keeps_up_no_more(folder: Path, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    words = ("run", folder.parent / "clicks.yaml", "-q", "-o", slow, "--set", "functions.enrich.duration.per_batch=3s")
    assert shardsim(*words).exit_code == 4
    worse, better = (shardsim("diff", *pair).stdout for pair in ((folder, slow), (slow, folder)))
    assert "1 field changed; reader keeps up in A and falls behind in B" in worse.splitlines()[0]
    assert "**✗ worse.** reader keeps up in A and falls behind in B." in worse
    assert "**✓ better.** reader falls behind in A and keeps up in B." in better


def test_diff_writes_what_the_name_of_the_file_says(folder: Path, tmp_path: Path) -> None:
    for name, begins in (("d.html", "<!doctype html>"), ("d.json", "{"), ("d.md", "# "), ("d", "# ")):
        assert shardsim("diff", folder, folder, "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_diff_refuses_what_is_not_a_run(folder: Path, tmp_path: Path) -> None:
    study = RESULTS["compare"](tmp_path / "study")
    done = shardsim("diff", folder, study)
    assert done.exit_code == 2
    assert "holds a compare; diff compares runs" in done.stderr
