"""Streams that change, other readers and filters from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.model.rows import small
from tests.results import read_csv

from .conftest import Command


def all_of_them(folder: Path) -> Path:
    """A scenario with each of the new things."""
    stream = {"shards": 1, "resharding": [{"at": "2s", "split": 0}, {"at": "2s", "split": 0}]}
    content = small(
        run={"account": {"requests_per_concurrency": "10/s"}},
        stream={**stream, "resharding_time": {"begin": "1s", "each": "1s"}},
        mapping={"filter": {"passes": 0.5}},
    )
    content["readers"] = [{"stream": "s"}]
    path = folder / "changing.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_run_of_a_stream_that_changes_with_another_reader_and_a_filter_tells_all(
    tmp_path: Path, shardsim: Command
) -> None:
    done = shardsim("run", all_of_them(tmp_path), "-o", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads((tmp_path / "out" / "run.json").read_text())["engine"].startswith("kernel ")
    shards, requests = read_csv(tmp_path / "out" / "shards.csv"), read_csv(tmp_path / "out" / "reshardings.csv")
    assert shards["opened_at_s"].tolist() == [0, 4, 4]
    assert requests["refused"].fillna("").tolist() == ["", "not open"]
    assert read_csv(tmp_path / "out" / "readers.csv")["read_records"].sum() > 60
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["streams"]["s"]["reshardings_refused"] == {"not open": 1}
    assert summary["event_source_mappings"]["m"]["records"]["filtered"] > 10
    assert summary["readers"]["reader-1"]["records"] > 60
    again = shardsim("run", tmp_path / "out" / "scenario.yaml", "-o", tmp_path / "again")
    assert again.exit_code == 0
    assert (tmp_path / "again" / "summary.json").read_text() == (tmp_path / "out" / "summary.json").read_text()
