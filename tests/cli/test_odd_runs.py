"""Runs that are very short, very long or nearly empty end with every table, plot and page, and without a warning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simulator import load, simulate
from simulator.report.page.build import RUN_PLOTS
from tests.results import read_csv

from .conftest import Command

Content = dict[str, Any]


def written(folder: Path, duration: str, shards: int, rate: str, read: bool = True, **more: Any) -> Path:
    """A scenario of one stream, read by a mapping or not; JSON is YAML."""
    content: Content = {
        "duration": duration,
        "streams": {"clicks": {"shards": shards}},
        "producers": [{"stream": "clicks", "rate": rate}],
        **more,
    }
    if read:
        content["functions"] = {"enrich": {"duration": {"per_batch": "1ms"}}}
        mapping: Content = {"stream": "clicks", "function": "enrich"}
        if duration.endswith("d"):  # thirty million polls would take a minute, and show nothing else
            mapping["polling"] = {"interval": "20m"}
        content["event_source_mappings"] = [mapping]
    path = folder / "odd.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("duration", "shards", "rate", "read", "drain"),
    [
        ("1e-6s", 1, "1000000000/s", True, "0s"),
        ("1e-5s", 100, "1000/s", True, "0s"),  # nothing arrives, and shards are sorted by their load
        ("1ms", 2, "1000/s", True, "0s"),  # rows shorter than a millisecond
        ("20ms", 2, "1000/s", True, "0s"),
        ("50ms", 2, "1000/s", False, "1h"),
        ("2s", 1, "0/s", True, "0s"),
        ("365d", 2, "1/h", True, "0s"),
    ],
)
def test_a_run_of_any_length_has_all_its_files(
    tmp_path: Path, shardsim: Command, duration: str, shards: int, rate: str, read: bool, drain: str
) -> None:
    path = written(tmp_path, duration, shards, rate, read, drain=drain)
    done = shardsim("run", path, "-o", tmp_path / "out", "--invocations")
    assert (
        done.exit_code,
        [line for line in done.stderr.splitlines() if "warning" not in line and "|" not in line],
    ) == (0, [])
    plots = {path.stem: path.stat().st_size for path in (tmp_path / "out" / "plots").glob("*.png")}
    assert set(plots) <= set(RUN_PLOTS)
    assert min(plots.values(), default=5001) > 5000  # what has nothing to show is a sentence of the page
    assert "</html>" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert shardsim("report", tmp_path / "out").exit_code == 0
    for table in (tmp_path / "out").glob("*.csv"):
        assert len(table.read_text(encoding="utf-8").splitlines()[0].split(",")) > 1, table


@pytest.mark.parametrize("duration", ["1e-6s", "20ms", "1s", "1h", "365d"])
def test_times_in_tables_have_the_digits_that_the_duration_needs(
    tmp_path: Path, duration: str, shardsim: Command, no_plots: None
) -> None:
    path = written(tmp_path, duration, 2, "10/h", drain="0s")
    assert shardsim("run", path, "-o", tmp_path / "out").exit_code == 0
    interval_s = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["interval_s"]
    times = read_csv(tmp_path / "out" / "timeseries.csv")["time_s"]
    assert len(times) > 300
    assert times.tolist() == pytest.approx([i * interval_s for i in range(len(times))], rel=1e-9)
    loads = read_csv(tmp_path / "out" / "shard_load-clicks.csv")["time_s"]
    assert (loads.diff().dropna() > 0).all()


def test_a_load_of_one_record_in_a_long_interval_is_not_rounded_to_nothing(
    tmp_path: Path, shardsim: Command, no_plots: None
) -> None:
    path = written(tmp_path, "365d", 1, "1/h", drain="0s")
    shardsim("run", path, "-o", tmp_path / "out")
    load = read_csv(tmp_path / "out" / "shard_load-clicks.csv")
    step_s = load["time_s"][1] - load["time_s"][0]
    accepted = json.loads((tmp_path / "out" / "summary.json").read_text())["streams"]["clicks"]["records_accepted"]
    assert (load["shard_0"] * step_s).round().sum() == accepted > 8000


# --- streams that no mapping reads ------------------------------------------------------------------------------------


def test_without_a_mapping_tables_have_their_heads_and_what_concerns_streams(tmp_path: Path) -> None:
    result = simulate(load(written(tmp_path, "10s", 2, "50/s", read=False)))
    read = simulate(load(written(tmp_path, "10s", 2, "50/s")))
    for name in ("timeseries", "shards", "latency", "incidents"):
        assert list(getattr(result, name).columns) == list(getattr(read, name).columns)
    produced = result.summary()["streams"]["clicks"]["records_produced"]
    assert result.timeseries["accepted_records"].sum() == result.shards["accepted_records"].sum() == produced > 0
    assert set(result.timeseries["mapping"]) == {""}
    assert result.timeseries[["attempts", "processed_records", "backlog_records"]].to_numpy().sum() == 0
    assert result.timeseries["latency_max_s"].isna().all()


def test_a_stream_that_none_of_the_mappings_reads_has_rows_too(tmp_path: Path) -> None:
    streams = {"clicks": {"shards": 2}, "unread": {"shards": 3}}
    producers = [{"stream": name, "rate": "20/s"} for name in streams]
    result = simulate(load(written(tmp_path, "10s", 2, "50/s", streams=streams, producers=producers)))
    rows: pd.Series[int] = result.shards.groupby(["mapping", "stream"])["shard"].count()
    assert rows.to_dict() == {("", "unread"): 3, ("enrich-clicks", "clicks"): 2}
    series = result.timeseries[result.timeseries["stream"] == "unread"]
    assert len(series) == result.rows
    assert series["produced_records"].sum() == result.summary()["streams"]["unread"]["records_produced"]


def test_without_a_mapping_the_files_say_what_the_shards_cost(
    tmp_path: Path, shardsim: Command, no_plots: None
) -> None:
    shardsim("run", written(tmp_path, "10s", 2, "50/s", read=False), "-o", tmp_path / "out")
    assert "kinesis_shard_hour" in read_csv(tmp_path / "out" / "bill.csv")["item"].tolist()
