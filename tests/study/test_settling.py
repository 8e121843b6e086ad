"""`warmup: auto`: where a run has settled, and that all settings leave out the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import load, simulate
from simulator.scenario.units import parse_duration
from simulator.study.compare import compare
from simulator.study.evaluate import Evaluator
from simulator.study.settings import AS_IT_IS, Setting
from simulator.study.settling import mean_latency_s, settled
from simulator.study.source import Source

# 60 s of 300 records/s are there at t = 0; a batch of 100 takes 200 ms, so 200 of 500 records/s are left to catch up:
# 18,000 records take 90 s
BACKLOG = {
    "duration": "600s",
    "streams.clicks.shards": "1",
    "producers.0.rate": "300/s",
    "producers.0.start": "-60s",
    "functions.enrich.duration": "{per_batch: 200ms}",
    "event_source_mappings.0.starting_position": "trim_horizon",
}


def test_the_warmup_ends_where_a_backlog_has_gone(small: Path) -> None:
    found, remark = settled(Source.of(small, {**BACKLOG, "warmup": "auto"}))
    warmup_s = parse_duration(dict(found.overrides)["warmup"])
    assert warmup_s == pytest.approx(90, abs=8)
    assert remark.startswith("warm-up ")
    assert "may not have settled" not in remark
    assert found.scenario().warmup_s == warmup_s


def test_what_never_settles_is_told(small: Path) -> None:
    slow = {**BACKLOG, "functions.enrich.duration": "{per_batch: 500ms}", "warmup": "auto"}
    assert "it may not have settled in this time: make the run longer" in settled(Source.of(small, slow))[1]


def test_a_warmup_that_is_given_stays(small: Path) -> None:
    source = Source.of(small, {"warmup": "5s"})
    assert settled(source) == (source, "")


def test_all_settings_leave_out_the_same_and_the_choice_is_shown(small: Path) -> None:
    evaluator = Evaluator(Source.of(small, {**BACKLOG, "warmup": "auto"}))
    other = Setting((("event_source_mappings.0.batch_size", "50"),))
    warmups = {evaluator.scenario(setting).warmup for setting in (AS_IT_IS, other)}
    assert len(warmups) == 1
    assert isinstance(warmups.pop(), float)
    found = compare(small, shards="1-2", replications=1, overrides={"warmup": "auto"})
    assert "by MSER-5" in found.warmup


def test_the_course_of_the_mean_latency_is_that_of_the_table(small: Path) -> None:
    result = simulate(load(small))
    table = result.timeseries
    parts = [name for name in table.columns if name.endswith("_mean_s") and not name.startswith("function")]
    series = mean_latency_s(result, result.mappings[0])
    assert series == pytest.approx(table[parts].sum(axis=1, min_count=1).to_numpy()[: len(series)], nan_ok=True)
    assert len(series) * result.measures.interval_s == 20.0
    assert not np.isnan(series).all()
