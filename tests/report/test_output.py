"""The output folder: whole or not there, never over what is not ours."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd
import pytest

from simulator.report.csvfiles import rounded, write_csv
from simulator.report.folder import OutputError, fresh_folder
from simulator.report.output import write_run
from simulator.report.tables import load_files
from tests.results import read_csv, read_tables

from .conftest import Simulated

OURS = json.dumps({"program": "shardsim"})


def ours(folder: Path, text: str = "old") -> Path:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(OURS, encoding="utf-8")
    (folder / "summary.json").write_text(text, encoding="utf-8")
    return folder


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_appears_whole_at_the_end_with_its_missing_parents(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "result"
    with fresh_folder(target) as folder:
        (folder / "summary.json").write_text("{}", encoding="utf-8")
        assert folder.parent == target.parent
        assert not target.exists()
    assert everything(tmp_path) == ["a", "a/b", "a/b/result", "a/b/result/summary.json"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), fresh_folder(tmp_path / "a" / "result") as folder:  # noqa: PT012
        (folder / "summary.json").write_text("{}", encoding="utf-8")
        raise error
    assert everything(tmp_path) == []


def test_an_interrupted_run_leaves_the_earlier_result_as_it_was(tmp_path: Path) -> None:
    target = ours(tmp_path / "result")
    with pytest.raises(KeyboardInterrupt), fresh_folder(target, force=True) as folder:  # noqa: PT012
        (folder / "summary.json").write_text("new", encoding="utf-8")
        raise KeyboardInterrupt
    assert everything(tmp_path) == ["result", "result/run.json", "result/summary.json"]
    assert (target / "summary.json").read_text(encoding="utf-8") == "old"


def test_an_earlier_result_is_refused_without_force(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="holds an earlier result; --force replaces it"),
        fresh_folder(ours(tmp_path / "r")),
    ):
        pass


def test_an_earlier_result_is_replaced_whole_with_force(tmp_path: Path) -> None:
    target = ours(tmp_path / "result")
    (target / "invocations.csv").touch()
    with fresh_folder(target, force=True) as folder:
        (folder / "summary.json").write_text("new", encoding="utf-8")
    assert everything(tmp_path) == ["result", "result/summary.json"]
    assert (target / "summary.json").read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("run", [None, "{}", "[]", "no json", '{"program": "other"}'])
def test_a_folder_that_is_not_ours_is_refused_even_with_force(tmp_path: Path, run: str | None) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    if run is not None:
        (tmp_path / "run.json").write_text(run, encoding="utf-8")
    before = everything(tmp_path)
    with (
        pytest.raises(OutputError, match="is not a result of shardsim, so it stays"),
        fresh_folder(tmp_path, force=True),
    ):
        pass
    assert everything(tmp_path) == before


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    target = tmp_path / "empty"
    target.mkdir()
    with fresh_folder(target) as folder:
        (folder / "summary.json").touch()
    assert everything(tmp_path) == ["empty", "empty/summary.json"]


def test_a_file_in_the_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "result").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file, not a folder"), fresh_folder(tmp_path / "result", force=True):
        pass
    assert (tmp_path / "result").read_text(encoding="utf-8") == "mine"


def test_a_place_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError) as caught, fresh_folder(tmp_path / "file" / "result"):
        pass
    assert (
        str(caught.value)
        == f"{tmp_path}/file/result: cannot be written: Not a directory; name another place with --out"
    )


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(
    simulated: Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, target = simulated(), tmp_path / "out" / "result"

    def full(*_: object) -> TextIO:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("simulator.files.whole.open_new", full)
    with pytest.raises(OutputError) as caught, fresh_folder(target) as folder:
        write_run(result, folder, "shardsim run small.yaml", 0.1)
    assert str(caught.value) == (
        f"{target}: cannot be written: No space left on device; free some space, or name another place with --out"
    )
    assert not (tmp_path / "out").exists()


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    real = ours(tmp_path / "real")
    (tmp_path / "link").symlink_to(real)
    with fresh_folder(tmp_path / "link", force=True) as folder:
        (folder / "summary.json").write_text("new", encoding="utf-8")
    assert (tmp_path / "link").is_symlink()
    assert (real / "summary.json").read_text(encoding="utf-8") == "new"


def test_a_broken_pipe_is_not_taken_for_a_fault_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), fresh_folder(tmp_path / "result"):
        raise BrokenPipeError


# --- the files ------------------------------------------------------------------------------------------------------


def test_two_equal_runs_differ_in_run_json_alone(simulated: Simulated, tmp_path: Path) -> None:
    for name, wall_s in (("a", 1.0), ("b", 2.0)):
        with fresh_folder(tmp_path / name) as folder:
            write_run(simulated(), folder, f"shardsim run {name}", wall_s)
    files = everything(tmp_path / "a")
    assert files == [
        "bill.csv", "incidents.csv", "latency.csv", "run.json", "scenario.yaml", "shard_load-clicks.csv", "shards.csv",
        "summary.json", "timeseries.csv",
    ]  # fmt: skip
    differing = [f for f in files if (tmp_path / "a" / f).read_bytes() != (tmp_path / "b" / f).read_bytes()]
    assert differing == ["run.json"]
    run = json.loads((tmp_path / "a" / "run.json").read_text(encoding="utf-8"))
    assert list(run) == ["program", "command", "seed", "engine", "versions", "wall_s", "files"]
    assert run["files"] == files


def test_the_tables_read_back_are_those_that_were_written(simulated: Simulated, tmp_path: Path) -> None:
    written = write_run(simulated(names=("001", "NA", "'null'")), tmp_path, "", 0.0)
    read = read_tables(tmp_path)
    assert read.summary == written.summary
    assert read.mappings == ["001", "NA", "null"]
    for name in ("timeseries", "shards", "latency", "incidents"):
        pd.testing.assert_frame_equal(getattr(read, name), getattr(written, name), check_exact=True, check_dtype=False)
    pd.testing.assert_frame_equal(
        read.shard_load["clicks"], written.shard_load["clicks"], check_exact=True, check_dtype=False
    )


def test_a_scenario_without_mappings_is_written_and_read(simulated: Simulated, tmp_path: Path) -> None:
    write_run(simulated(names=()), tmp_path, "", 0.0)
    assert read_tables(tmp_path).mappings == []


def test_csv_has_no_needless_digits_nothing_for_nan_and_lines_that_end_with_a_line_feed(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "mapping": ["a,b", 'c"d', "é"],
            "n": [1, 2, 3],
            "x_s": [0.1 + 0.2, np.nan, 1e-9],
            "y_s": [-0.0, 2.5, 1234567.0],
        }
    )
    write_csv(rounded(table), tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_bytes().decode()
    assert text == 'mapping,n,x_s,y_s\n"a,b",1,0.3,0\n"c""d",2,,2.5\né,3,0,1234567\n'
    assert read_csv(tmp_path / "t.csv")["mapping"].tolist() == ["a,b", 'c"d', "é"]


def test_streams_whose_names_are_no_file_names_have_files_of_their_own() -> None:
    files = load_files(["clicks", "Clicks", "a/b", "a b", "../x", "ü" * 128])
    assert list(files.values()) == [
        "shard_load-clicks.csv", "shard_load-Clicks-2.csv", "shard_load-a-b-3.csv", "shard_load-a-b-4.csv",
        "shard_load-..-x-5.csv", "shard_load---6.csv",
    ]  # fmt: skip
