"""Finished runs that are kept: found again, told apart from other scenarios', redone when damaged."""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest

from simulator.study import jobs
from simulator.study.evaluate import Evaluator
from simulator.study.executors import Outcome, inline
from simulator.study.figures import values_of
from simulator.study.jobs import Job, run, scenario_digest
from simulator.study.settings import AS_IT_IS, Setting
from simulator.study.source import Source
from simulator.study.store import Store, StoreError

ONE_SHARD = Setting((("streams.clicks.shards", "1"),))


class Counting:
    """Runs jobs in this process, and notes which."""

    def __init__(self) -> None:
        self.done: list[Job] = []

    def __call__(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
        for job, outcome in inline(jobs):
            self.done.append(job)
            yield job, outcome


def simulated(path: Path, folder: Path, replications: int, seed: int | None = None) -> list[int]:
    """Evaluate two settings; the replications that had to be simulated for it."""
    counting = Counting()
    Evaluator(Source.of(path), counting, seed, Store(folder))([AS_IT_IS, ONE_SHARD], replications)
    return sorted(job.replication for job in counting.done)


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_study_again_simulates_nothing_and_gives_the_same(small: Path, tmp_path: Path) -> None:
    assert simulated(small, tmp_path / "runs", 3) == [0, 0, 1, 1, 2, 2]
    before = kept(tmp_path / "runs")
    assert simulated(small, tmp_path / "runs", 3) == []
    assert kept(tmp_path / "runs") == before
    first, again = (Evaluator(Source.of(small), store=s)([AS_IT_IS], 3) for s in (None, Store(tmp_path / "runs")))
    assert json.dumps([f.as_dict() for f in first[AS_IT_IS]]) == json.dumps([f.as_dict() for f in again[AS_IT_IS]])


def test_more_replications_simulate_only_the_new_ones(small: Path, tmp_path: Path) -> None:
    simulated(small, tmp_path / "runs", 2)
    assert simulated(small, tmp_path / "runs", 4) == [2, 2, 3, 3]


def test_another_setting_simulates_only_its_own_runs(small: Path, tmp_path: Path) -> None:
    Evaluator(Source.of(small), store=Store(tmp_path / "runs"))([ONE_SHARD], 2)
    assert simulated(small, tmp_path / "runs", 2) == [0, 1]


@pytest.mark.parametrize(
    "change", [("rate: 150/s", "rate: 151/s"), ("seed: 3", "seed: 4"), ("mean: 50ms", "mean: 51ms")]
)
def test_a_changed_scenario_is_simulated_again(small: Path, tmp_path: Path, change: tuple[str, str]) -> None:
    simulated(small, tmp_path / "runs", 1)
    text = small.read_text(encoding="utf-8")
    small.write_text(text.replace(*change), encoding="utf-8")
    assert simulated(small, tmp_path / "runs", 1) == [0, 0]


def test_what_a_run_does_not_depend_on_changes_nothing(small: Path, tmp_path: Path) -> None:
    simulated(small, tmp_path / "runs", 1)
    text = small.read_text(encoding="utf-8").replace("name: small", "# renamed\nname: other\ndescription: more words")
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(text + "objectives: {latency_p99: 1s}\nsearch: {shards: 1-3}\n", encoding="utf-8")
    assert simulated(elsewhere, tmp_path / "runs", 1) == []


def test_another_seed_is_simulated_again(small: Path, tmp_path: Path) -> None:
    simulated(small, tmp_path / "runs", 1)
    assert simulated(small, tmp_path / "runs", 1, seed=5) == [0, 0]
    assert simulated(small, tmp_path / "runs", 1, seed=3) == []  # the scenario's own


def test_the_contents_of_csv_files_count_and_not_where_they_are(tmp_path: Path) -> None:
    def digest(folder: str, records: int) -> str:
        place = tmp_path / folder
        place.mkdir()
        (place / "trace.csv").write_text(f"time_s,records\n0,{records}\n10,20\n", encoding="utf-8")
        path = place / "traced.yaml"
        text = "duration: 20s\nstreams: {s: {shards: 1}}\nproducers: [{stream: s, rate: {trace: trace.csv}}]\n"
        path.write_text(text, encoding="utf-8")
        return scenario_digest(Source.of(path).scenario())

    assert digest("a", 10) == digest("b", 10)
    assert digest("c", 11) != digest("d", 10)


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"{}", b'{"key": 1, "checksum": 2, "figures": 3}', b"\xff\xfe", b"[" * 200_000]
)
def test_a_damaged_file_is_noticed_and_simulated_again(small: Path, tmp_path: Path, damage: bytes) -> None:
    simulated(small, tmp_path / "runs", 2)
    before = kept(tmp_path / "runs")
    victim = sorted((tmp_path / "runs").iterdir())[1]
    victim.write_bytes(damage)
    assert len(simulated(small, tmp_path / "runs", 2)) == 1
    assert kept(tmp_path / "runs") == before


def test_a_changed_digit_is_noticed(small: Path, tmp_path: Path) -> None:
    source, store = Source.of(small), Store(tmp_path / "runs")
    scenario = source.scenario()
    job = Job.of(scenario, scenario_digest(scenario), 3, 0)
    store.put(job, run(job))
    [path] = (tmp_path / "runs").iterdir()
    content = json.loads(path.read_text(encoding="utf-8"))
    content["figures"]["values"]["enrich-clicks"]["attempts"] += 1
    path.write_text(json.dumps(content), encoding="utf-8")
    assert store.get(job) is None
    assert store.damaged == [path]


def test_another_version_of_the_program_does_not_use_the_runs_of_this_one(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated(small, tmp_path / "runs", 1)
    monkeypatch.setattr(jobs, "program", lambda: "another")
    assert simulated(small, tmp_path / "runs", 1) == [0, 0]


def test_a_full_disk_is_told_in_a_line_and_leaves_what_was_kept(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated(small, tmp_path / "runs", 1)
    before = kept(tmp_path / "runs")

    def full(*_: object) -> TextIO:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("simulator.files.whole.open_new", full)
    with pytest.raises(StoreError, match=r"cannot be kept: No space left on device; what was kept before stays"):
        simulated(small, tmp_path / "runs", 2)
    assert kept(tmp_path / "runs") == before


def test_settings_that_come_to_the_same_scenario_are_simulated_once(small: Path) -> None:
    counting = Counting()
    same = Setting((("streams.clicks.shards", "2"),))
    found = Evaluator(Source.of(small), counting)([AS_IT_IS, same], 2)
    assert len(counting.done) == 2
    assert [id(each) for each in found[AS_IT_IS]] == [id(each) for each in found[same]]


# --- runs that are somebody else's ----------------------------------------------------------------------------------


def made_to_look_whole(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the figures of a kept run, and give it the checksum that they then have."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    change(kept["figures"])
    kept["checksum"] = hashlib.sha256(json.dumps(kept["figures"], sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda figures: figures.update(replication=7),
        lambda figures: figures.update(values=[]),
        lambda figures: figures["values"].pop("enrich-clicks"),
        lambda figures: figures["values"]["enrich-clicks"].update(attempts="many"),
        lambda figures: figures["verdicts"].update({"enrich-clicks": "splendid"}),
        lambda figures: figures["verdicts"].update(another="stable"),
        lambda figures: figures["curves"].clear(),
        lambda figures: figures["curves"]["enrich-clicks"].pop("lag_max_s"),
        lambda figures: figures["tallies"].clear(),
        lambda figures: figures["tallies"]["enrich-clicks"]["ages"].pop("iterator_age"),
        lambda figures: figures["tallies"]["enrich-clicks"]["latency"].update(packed="no counts"),
        lambda figures: figures["whole"].update(usd_per_month=10**400),
    ],
)
def test_figures_that_are_none_of_the_run_are_simulated_again_whatever_their_checksum(
    small: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    simulated(small, tmp_path / "runs", 2)
    before = kept(tmp_path / "runs")
    made_to_look_whole(sorted((tmp_path / "runs").iterdir())[0], change)
    assert len(simulated(small, tmp_path / "runs", 2)) == 1
    assert kept(tmp_path / "runs") == before


def test_a_measure_that_a_kept_run_has_not_is_unknown_in_it(small: Path, tmp_path: Path) -> None:
    simulated(small, tmp_path / "runs", 2)
    for path in (tmp_path / "runs").iterdir():
        made_to_look_whole(path, lambda figures: figures["values"]["enrich-clicks"].pop("latency_p99_s"))
        break
    runs = Evaluator(Source.of(small), store=Store(tmp_path / "runs"))([AS_IT_IS, ONE_SHARD], 2)
    known = [value for some in runs.values() for value in values_of(some, "enrich-clicks", "latency_p99_s")]
    assert sum(math.isnan(value) for value in known) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
def test_a_pipe_in_the_place_of_a_run_is_not_waited_for(small: Path, tmp_path: Path) -> None:
    simulated(small, tmp_path / "runs", 2)
    before = kept(tmp_path / "runs")
    victim = sorted((tmp_path / "runs").iterdir())[0]
    victim.unlink()
    os.mkfifo(victim)
    assert len(simulated(small, tmp_path / "runs", 2)) == 1
    assert kept(tmp_path / "runs") == before


@pytest.mark.parametrize("content", ["", "[", "[]", '{"scenario": 1}', "[" * 200_000, "\x00"])
def test_a_damaged_note_of_the_last_study_is_unknown_and_written_again(content: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.last_study({"seed": "1"}) == {}
    (tmp_path / "study.json").write_text(content, encoding="utf-8")
    assert store.last_study({"seed": "2"}) is None
    assert store.last_study({"seed": "3"}) == {"seed": "2"}
