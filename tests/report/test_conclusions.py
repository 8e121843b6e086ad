"""What is said of set-ups on which wrong conclusions were once drawn: in JSON, on the terminal and on the page."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simulator.cli import cli

PRODUCER = {"name": "p", "stream": "s", "record_size": "500B", "partition_keys": "unique"}
QUICK = {"duration": {"per_batch": "10ms"}}
MAPPING = {"name": "m", "stream": "s", "function": "f"}


@dataclass(frozen=True)
class Said:
    """What a run said of its only mapping."""

    code: int
    told: str
    mapping: dict[str, Any]
    objectives: dict[str, str]  # states by name
    page: str


def scenario(folder: Path, **of: Any) -> Path:
    """A scenario file; `producer`, `function` and `mapping` change these, all else stands at the top."""
    producer, function, mapping = ({**base, **of.pop(name, {})} for name, base in PARTS.items())
    content = {
        "name": "case", "duration": "3m", "streams": {"s": {"shards": of.pop("shards", 1)}}, "producers": [producer],
        "functions": {"f": function}, "event_source_mappings": [mapping], **of,
    }  # fmt: skip
    path = folder / "case.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    return path


PARTS: dict[str, dict[str, Any]] = {"producer": PRODUCER, "function": {}, "mapping": MAPPING}


@pytest.fixture
def said(tmp_path: Path) -> Any:
    def run(**of: Any) -> Said:
        path, out = scenario(tmp_path, **of), tmp_path / "out"
        done = CliRunner().invoke(cli, ["run", str(path), "-o", str(out), "--force"], catch_exceptions=False)
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        page = tmp_path / "page.md"
        CliRunner().invoke(cli, ["report", str(out), "--format", "md", "-o", str(page)], catch_exceptions=False)
        objectives = {each["name"]: each["state"] for each in summary["objectives"]}
        mapping = summary["event_source_mappings"]["m"]
        return Said(done.exit_code, done.stdout, mapping, objectives, page.read_text(encoding="utf-8"))

    return run


def test_one_of_twelve_shards_stuck_behind_poison_is_blocked_and_misses_its_objectives(said: Any) -> None:
    found = said(
        shards=12, drain="0s", producer={"rate": "600/s"},
        function={
            "duration": {"per_batch": "50ms", "per_record": "1ms"}, "failures": [{"kind": "poison", "at": ["20s"]}],
        },
        objectives={"latency_p99": "2s", "records_lost": 0},
    )  # fmt: skip
    assert (found.code, found.mapping["verdict"], found.mapping["binding_cause"]) == (4, "blocked", "poison")
    assert found.objectives == {"latency_p99": "missed", "records_lost": "met", "keeps up": "missed"}
    assert "poison records" in found.told
    assert "bisect_batch_on_function_error" in found.page


@pytest.mark.parametrize(
    ("producer", "mapping", "lost"),
    [
        ({"rate": "2000/s", "on_throttle": "drop"}, {"batch_size": 500}, "records_lost"),
        ({"rate": "500/s"}, {"maximum_record_age": "60s"}, "records_lost"),
        ({"rate": "500/s"}, {"maximum_record_age": "60s", "on_failure_destination": True}, "records_to_destination"),
    ],
)
def test_a_mapping_that_loses_records_does_not_keep_up_however_they_are_lost(
    producer: dict[str, Any], mapping: dict[str, Any], lost: str, said: Any
) -> None:
    """500 records/s, of which 100 in 0.3 s can be done: those that are 60 s old are given up."""
    slow = {"duration": {"per_batch": "20ms" if "on_throttle" in producer else "300ms"}}
    found = said(producer=producer, mapping=mapping, function=slow, duration="5m")
    assert found.code == 4
    assert found.mapping["verdict"] in ("losing", "overloaded")
    assert found.mapping[lost] > 10_000
    assert found.objectives == {"keeps up": "missed"}


def test_a_replay_waits_for_the_function_and_its_recovery_is_not_over(said: Any) -> None:
    found = said(
        drain="0s", producer={"rate": "60/s", "start": "-1h"},
        function={"duration": {"per_batch": "0s", "per_record": "10ms"}, "timeout": "60s"},
        mapping={"batch_size": 500, "starting_position": "trim_horizon"}, objectives={"recovery_time": "5m"},
    )  # fmt: skip
    assert (found.code, found.mapping["binding_cause"]) == (4, "function")
    assert found.mapping["limits"]["read_bytes"]["offered_mean"] < 0.05
    assert found.mapping["limits"]["lanes"]["offered_mean"] == pytest.approx(0.6, rel=0.02)
    assert found.objectives["recovery_time"] == "missed"
    assert found.mapping["episodes"][0]["end_s"] is None
    assert "starting-position LATEST" not in found.page


@pytest.mark.parametrize(
    ("function", "mapping", "cause"),
    [
        ({"duration": {"per_batch": "50ms"}}, {"disabled": [{"from": "60s", "to": "120s"}]}, "disabled"),
        ({"duration": {"per_batch": "900ms"}, "reserved_concurrency": 1}, {}, "concurrency"),
        ({"duration": {"per_batch": "50ms"}, "reserved_concurrency": 0}, {}, "concurrency"),
        ({"duration": {"per_batch": "50ms"}, "failures": [{"kind": "random", "probability": 1}]}, {}, "random_errors"),
    ],
)
def test_what_binds_is_what_records_wait_for(
    function: dict[str, Any], mapping: dict[str, Any], cause: str, said: Any
) -> None:
    found = said(shards=2, producer={"rate": "200/s"}, function=function, mapping=mapping)
    assert found.mapping["binding_cause"] == cause


def test_with_half_of_the_units_that_lanes_need_half_of_the_lanes_are_never_served(said: Any) -> None:
    found = said(
        shards=10, drain="0s", producer={"rate": "800/s"},
        function={"duration": {"per_batch": "1s"}, "reserved_concurrency": 5}, mapping={"consumer": "push"},
    )  # fmt: skip
    assert (found.mapping["verdict"], found.mapping["binding_cause"]) == ("blocked", "concurrency")
    assert found.mapping["limits"]["concurrency"]["offered_mean"] > 1
    assert "reserved_concurrency" in found.page
    assert found.mapping["unprocessed"] > 50_000


def test_for_one_hot_key_no_number_of_shards_is_advised(said: Any) -> None:
    found = said(
        shards=4,
        producer={"rate": "1500/s", "partition_keys": {"count": 1}},
        function={"duration": {"per_batch": "1ms"}},
    )
    assert (found.mapping["verdict"], found.mapping["binding_cause"]) == ("overloaded", "write_records")
    assert "no number of shards is enough" in found.page
    assert "update-shard-count" not in found.page


def test_advice_ends_at_a_setting_that_keeps_up_if_need_be_of_several_knobs(tmp_path: Path) -> None:
    path = scenario(
        tmp_path, duration="60s", shards=2, producer={"rate": "1200/s", "record_size": "2KB"},
        function={"duration": {"per_batch": "400ms", "per_record": "3ms"}},
    )  # fmt: skip
    out = tmp_path / "advice"
    done = CliRunner().invoke(cli, ["advise", str(path), "-n", "2", "-j", "1", "-o", str(out)], catch_exceptions=False)
    study = json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert study["changes"][0]["verdict"] in ("stable", "backlogged")
    assert "no single knob is enough; m keeps up with" in done.stdout


def test_of_several_runs_the_verdict_is_told_with_its_share(tmp_path: Path) -> None:
    path = scenario(tmp_path, producer={"rate": "100/s"}, function={"duration": {"per_batch": "50ms"}}, duration="20s")
    done = CliRunner().invoke(cli, ["run", str(path), "-n", "3", "-o", str(tmp_path / "out")], catch_exceptions=False)
    assert done.stdout.startswith("case: stable in 3 of 3 runs (")


def test_errors_that_bind_without_an_episode_have_a_page_too(said: Any) -> None:
    function = {"duration": {"per_batch": "50ms"}, "failures": [{"kind": "random", "probability": 0.5}]}
    found = said(duration="5s", producer={"rate": "100/s"}, function=function)
    assert (found.mapping["binding_cause"], found.mapping["episodes"]) == ("random_errors", [])
    assert "attempts of m fail" in found.page


def test_every_mapping_that_does_not_keep_up_is_explained(said: Any) -> None:
    """One is slow, the other poisoned."""
    slow = {"duration": {"per_record": "25ms"}}
    poisoned = {"duration": {"per_batch": "1ms"}, "failures": [{"kind": "poison", "at": ["10s"]}]}
    found = said(
        producer={"rate": "60/s"}, drain="0s", functions={"f": slow, "g": poisoned},
        event_source_mappings=[MAPPING, {"name": "n", "stream": "s", "function": "g"}],
    )  # fmt: skip
    assert found.code == 4
    for text in (found.told, found.page):
        assert "poison records" in text
        assert "the function's time" in text
    assert "\nm: overloaded (" in found.told or "\nn: blocked (" in found.told


def test_headroom_that_is_asked_for_is_told_not_to_be_judged_by_a_run(said: Any) -> None:
    found = said(producer={"rate": "60/s"}, function=QUICK, objectives={"latency_max": "20s", "headroom": 1.5})
    assert found.code == 0
    assert "headroom 1.5 is asked for and not judged here: shardsim size judges it" in found.told
    assert "Headroom 1.5 is asked for and not judged here: shardsim size judges it." in found.page
    without = said(producer={"rate": "60/s"}, function=QUICK, objectives={"latency_max": "20s"})
    assert "headroom 1.5" not in without.told


def test_a_short_run_is_told_to_be_too_short_for_its_percentile_and_a_long_one_is_not(said: Any) -> None:
    found = said(producer={"rate": "60/s"}, function=QUICK, duration="1m", objectives={"latency_p99": "20s"})
    assert re.fullmatch(
        r"\d+ batches are too few for a 99th percentile, which takes 381: .*", found.mapping["too_short"]
    )
    assert "batches are too few for a 99th percentile" in found.told
    assert "batches are too few for a 99th percentile" in found.page
    long = said(producer={"rate": "60/s"}, function=QUICK, duration="10m", objectives={"latency_p99": "20s"})
    assert (long.code, long.mapping["too_short"]) == (0, "")
    assert "beware" not in long.told


def test_the_command_on_the_page_of_a_size_searches_the_same_again(tmp_path: Path, monkeypatch: Any) -> None:
    """Of two streams and two mappings: one dimension each, of several paths."""
    monkeypatch.chdir(tmp_path)
    content = {
        "name": "case", "duration": "2m", "streams": {"s": {"shards": 1}, "t": {"shards": 1}},
        "producers": [{"stream": name, "rate": "50/s"} for name in ("s", "t")], "functions": {"f": QUICK},
        "event_source_mappings": [{"stream": name, "function": "f"} for name in ("s", "t")],
        "objectives": {"latency_max": "20s"},
    }  # fmt: skip
    Path("scenario.yaml").write_text(json.dumps(content), encoding="utf-8")
    searched = ("--shards", "1-2", "--vary", "batch_size=50,100")
    assert CliRunner().invoke(cli, ["size", "scenario.yaml", *searched, "-n", "2", "-o", "one"]).exit_code == 0
    page = CliRunner().invoke(cli, ["report", "one", "--format", "md", "-o", "one.md"], catch_exceptions=False)
    assert page.exit_code == 0
    command = re.search(r"shardsim (size scenario.yaml .*?)--out", Path("one.md").read_text(encoding="utf-8"))
    assert command
    done = CliRunner().invoke(cli, [*shlex.split(command[1]), "-o", "two"])
    assert done.exit_code == 0, done.output
    tables = [(Path(folder) / "search.csv").read_bytes() for folder in ("one", "two")]
    assert tables[0] == tables[1]


def test_the_keys_of_a_hot_shard_are_named(said: Any) -> None:
    """Of a Zipf distribution the first key has 41 % of ten keys' records with an exponent of 1.2."""
    keys = {"count": 10, "popularity": {"zipf": 1.2}}
    found = said(shards=4, producer={"rate": "60/s", "partition_keys": keys}, function=QUICK)
    weights = [i**-1.2 for i in range(1, 11)]
    assert f"The hottest shard is hot by its keys: p-0 ({weights[0] / sum(weights):.0%} of all)" in found.page
    assert "hot by its keys" not in said(shards=4, producer={"rate": "60/s"}, function=QUICK).page
