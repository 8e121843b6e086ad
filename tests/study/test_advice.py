"""Which knob fixes it, in scenarios that are made so that one does."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from simulator import load
from simulator.report.advice_words import conclusion, reason
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.study.advice import MEASURES, Advice, Advised, Effect, advise, effect
from simulator.study.change import Change
from simulator.study.changes import changes
from simulator.study.settings import Setting, SettingsError, require_mapping
from simulator.study.statistics import interval
from tests.study import synthetic
from tests.study.scenarios import content, loaded, written

POISSON = {"arrivals": "poisson"}


def advised(folder: Path, replications: int = 3, **fields: Any) -> Advice:
    return advise(written(folder, content(**fields)), replications=replications)


def words(advice: Advice) -> dict[str, str]:
    """By change: better, worse, no gain or cannot tell."""
    return {str(each.change): each.gain.word for each in advice.advised}


# effects


def test_a_ratio_that_is_the_same_in_each_replication_is_better_however_much_they_differ() -> None:
    found = effect("iterator_age_max_s", [0.5, 5.0, 50.0], [1.0, 10.0, 100.0])
    assert (found.relative, found.low, found.high) == pytest.approx((-0.5, -0.5, -0.5))
    assert found.word == "better"


def test_the_interval_is_students_of_the_logarithms() -> None:
    """Ratios 2 and 1/2: logarithms +-0.693, whose mean is 0 +- 12.706 x 0.693."""
    found = effect("iterator_age_max_s", [2.0, 1.0], [1.0, 2.0])
    assert found.relative == pytest.approx(0.0)
    assert found.high == pytest.approx(math.exp(12.7062 * math.log(2)) - 1, rel=1e-3)
    assert found.word == "cannot tell"


@pytest.mark.parametrize(
    ("then", "today", "word"),
    [
        ([1.0, 1.0], [1.0, 1.0], "no gain"),
        ([0.995, 0.995], [1.0, 1.0], "no gain"),  # surely half a percent
        ([0.9, 0.9], [1.0, 1.0], "better"),
        ([1.1, 1.1], [1.0, 1.0], "worse"),
        ([0.5, 1.5], [1.0, 1.0], "cannot tell"),
        ([7.0, 7.0], [0.0, 0.0], "worse"),
        ([0.0, 0.0], [7.0, 7.0], "better"),
        ([9.0, 9.0], [math.inf, math.inf], "better"),
        ([math.inf, math.inf], [9.0, 9.0], "worse"),
        ([math.nan, math.nan], [math.nan, math.nan], "no gain"),  # nothing to recover from
    ],
)
def test_an_effect_in_a_word(then: list[float], today: list[float], word: str) -> None:
    assert effect("recovery_s", then, today).word == word


def test_one_replication_cannot_tell() -> None:
    assert effect("recovery_s", [1.0], [2.0]).word == "cannot tell"


# scenarios


def test_too_little_concurrency_is_fixed_by_more_of_it(tmp_path: Path) -> None:
    """4 lanes that need 0.8 of a unit each share 2."""
    advice = advised(
        tmp_path, rate="400/s", shards=4, batch="700ms", duration="120s", producer=POISSON,
        function={"reserved_concurrency": 2}, mapping={"batch_size": 100},
    )  # fmt: skip
    found = words(advice)
    assert found["reserved concurrency 2 -> 4"] == "better"
    assert advice.binding == "concurrency"
    assert "concurrency" in reason(advice)
    assert found["parallelization factor 1 -> 2"] != "better"


def test_lanes_without_time_are_fixed_by_more_lanes(tmp_path: Path) -> None:
    """100 records in 0.5 s: 200 a second of a lane, and 350 come to each of 2."""
    advice = advised(tmp_path, rate="700/s", shards=2, batch="0s", record="5ms", producer=POISSON)
    found = words(advice)
    assert found["parallelization factor 1 -> 2"] == "better"
    assert found["shards 2 -> 4"] == "better"
    assert found["shards 2 -> 1"] == "worse"
    assert advice.binding == "function"
    assert "reserved concurrency" not in " ".join(found)


def test_neither_shards_nor_lanes_help_a_single_key(tmp_path: Path) -> None:
    """All records of one key are of one lane, however many there are; a larger batch makes its time go further."""
    advice = advised(
        tmp_path, rate="300/s", shards=2, batch="400ms", record="0.1ms",
        producer={"partition_keys": {"count": 1}, **POISSON}, mapping={"batch_size": 100},
    )  # fmt: skip
    found = words(advice)
    assert found["parallelization factor 1 -> 2"] == "no gain"
    assert found["shards 2 -> 4"] != "better"
    assert found["batch size 100 -> 500"] == "better"
    assert advice.advised[0].change.knob == "batch size"
    assert any(line.startswith("no gain") and "parallelization factor" in line for line in conclusion(advice))


def test_after_an_outage_changes_are_ranked_by_the_recovery(tmp_path: Path) -> None:
    """Half of the capacity is spare; twice the lanes have three times as much to spare."""
    advice = advised(
        tmp_path, rate="100/s", shards=1, batch="0s", record="5ms", duration="300s", drain="600s", producer=POISSON,
        function={"failures": [{"kind": "outage", "from": "60s", "to": "120s"}]}, mapping={"batch_size": 50},
    )  # fmt: skip
    assert advice.ranked_by == "recovery_s"
    first = advice.advised[0]
    assert first.gain.word == "better"
    assert {each.change.knob for each in advice.advised[:2]} == {"shards", "parallelization factor"}
    loses = next(each for each in advice.advised if each.change.knob == "retries")
    assert loses.effects["records_lost"].then.mean > 0
    assert loses is not advice.best


def test_what_is_infinite_with_and_without_a_change_tells_nothing_of_it() -> None:
    found = effect("recovery_s", [math.inf, math.inf], [math.inf, math.inf])
    assert (found.word, found.relative) == ("cannot tell", 0.0)


def test_a_backlog_that_is_being_worked_off_when_the_run_ends_is_judged_by_what_is_left(tmp_path: Path) -> None:
    advice = advised(
        tmp_path, rate="50/s", shards=1, batch="0s", record="10ms", duration="120s", drain="0s",
        producer={"start": "-30m"}, mapping={"batch_size": 500, "starting_position": "trim_horizon"},
    )  # fmt: skip
    assert advice.ranked_by == "records_unprocessed"
    assert advice.best
    assert advice.best.change.knob in ("parallelization factor", "shards")
    assert words(advice)["batching window 0s -> 1s"] != "better"


def test_poison_is_isolated_and_given_up_rather_than_dropped_with_its_batch(tmp_path: Path) -> None:
    advice = advised(
        tmp_path, rate="200/s", shards=2, batch="50ms", record="1ms", duration="240s", drain="0s",
        function={"failures": [{"kind": "poison", "at": ["20s"]}]}, mapping={"batch_size": 100},
    )  # fmt: skip
    assert advice.best
    assert advice.best.change.knob == "bisect on error + retries"
    assert advice.best.effects["records_lost"].then.mean == 1
    assert "but 1 record is lost (today 0)" in " ".join(conclusion(advice))


def test_a_key_that_is_too_hot_for_a_shard_is_told_beside_what_was_tried(tmp_path: Path) -> None:
    advice = advised(
        tmp_path, rate="1300/s", shards=2, batch="5ms", record="0.1ms", duration="120s", drain="0s",
        producer={"partition_keys": {"count": 1}}, mapping={"batch_size": 500},
    )  # fmt: skip
    assert conclusion(advice)[0].startswith("no number of shards is enough for the write records")


def test_what_makes_it_keep_up_is_best_also_where_two_runs_do_not_tell_how_much_it_gains() -> None:
    def of(knob: str, verdict: str, low: float, high: float) -> Advised:
        gain = Effect("latency_p99_s", interval([9.0]), interval([1.0]), -0.5, low, high)
        change = Change(((knob, "1", "2"),), Setting(((knob, "2"),)))
        return Advised(change, dict.fromkeys(MEASURES, gain), verdict, (), gain)

    runs = (synthetic.run(0, verdict="overloaded"),)
    some = (of("a", "stable", -0.9, 0.4), of("b", "overloaded", -0.6, -0.4), of("c", "losing", -0.9, -0.8))
    mapping = cast(EventSourceMapping, SimpleNamespace(name="reader"))
    advice = Advice("made up", mapping, runs, "latency_p99_s", some, ())
    assert advice.best is some[0]
    assert replace(advice, advised=some[1:]).best is some[1]
    assert replace(advice, advised=some[2:]).best is None


def test_a_price_is_told_with_the_gain(tmp_path: Path) -> None:
    advice = advised(tmp_path, rate="700/s", shards=2, batch="0s", record="5ms", producer=POISSON)
    assert any("a month" in line for line in conclusion(advice))


# changes


def knobs(scenario: Scenario) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in changes(scenario, scenario.event_source_mappings[0]):
        found.setdefault(each.knob, []).append(each.after)
    return found


def test_only_what_applies_is_tried(tmp_path: Path) -> None:
    assert knobs(loaded(tmp_path)) == {
        "shards": ["2"],
        "consumer": ["push"],
        "parallelization factor": ["2"],
        "batch size": ["500", "20"],
        "batching window": ["1s"],
    }


def test_failures_make_retries_and_bisecting_apply_and_poison_partial_responses(tmp_path: Path) -> None:
    random = loaded(tmp_path, function={"failures": [{"kind": "random", "probability": 0.1}]})
    poison = loaded(tmp_path, function={"failures": [{"kind": "poison", "probability": 0.1}]})
    assert {"retries", "bisect on error"} <= knobs(random).keys()
    assert "partial response" not in knobs(random)
    assert {"retries", "bisect on error", "partial response"} <= knobs(poison).keys()


def test_memory_applies_with_a_table_of_durations(tmp_path: Path) -> None:
    table = {"128MiB": "200ms", "256MiB": "100ms", "512MiB": "60ms"}
    function = {"memory": "256MiB", "duration_by_memory": table, "duration_measured_at": "256MiB"}
    assert knobs(loaded(tmp_path, function=function))["memory"] == ["512MiB", "128MiB"]


def test_concurrency_applies_where_it_is_below_the_lanes(tmp_path: Path) -> None:
    assert knobs(loaded(tmp_path, shards=8, function={"reserved_concurrency": 3}))["reserved concurrency"] == ["6", "8"]
    assert "reserved concurrency" not in knobs(loaded(tmp_path, shards=8, function={"reserved_concurrency": 8}))
    account = {"concurrency": 5, "other_concurrency": 1}
    assert knobs(loaded(tmp_path, shards=8, account=account))["account's concurrency"] == ["9"]


def test_every_change_is_a_valid_scenario_and_changes_something(tmp_path: Path) -> None:
    from simulator.study.source import Source

    fields = content(
        shards=2, function={"failures": [{"kind": "poison", "probability": 0.01}], "reserved_concurrency": 1},
        mapping={"maximum_batching_window": "200s", "parallelization_factor": 8, "batch_size": 9000},
    )  # fmt: skip
    source = Source.of(written(tmp_path, fields))
    scenario = source.scenario()
    for each in changes(scenario, scenario.event_source_mappings[0]):
        assert source.scenario(each.setting) != scenario


def test_a_mapping_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="known: m"):
        require_mapping(loaded(tmp_path), "n")
    with pytest.raises(SettingsError, match="no event source mapping"):
        require_mapping(loaded(tmp_path, event_source_mappings=[]), None)


def test_no_more_is_reserved_than_the_account_has(tmp_path: Path) -> None:
    """4 lanes share 1 unit; of the account's 10, 5 are in use elsewhere and 3 are another function's: 2 can be had."""
    functions = {
        "f": {"duration": {"per_batch": "10ms"}, "reserved_concurrency": 1},
        "g": {"duration": {"per_batch": "10ms"}, "reserved_concurrency": 3},
    }
    scenario = loaded(tmp_path, shards=4, functions=functions, account={"concurrency": 10, "other_concurrency": 5})
    tried = changes(scenario, scenario.event_source_mappings[0])
    assert [str(each) for each in tried if each.knob == "reserved concurrency"] == ["reserved concurrency 1 -> 2"]


# streams that change


def turned(scenario: Scenario) -> dict[str, dict[str, str]]:
    """By change: the overrides."""
    return {str(each): dict(each.setting.overrides) for each in changes(scenario, scenario.event_source_mappings[0])}


def test_a_backlog_is_tried_with_more_shards_from_when_it_stands_and_they_help_less_than_from_the_start(
    tmp_path: Path,
) -> None:
    """New shards are read after the old ones, in which all that waits is."""
    mapping = {"starting_position": "trim_horizon"}
    fields: dict[str, Any] = {"rate": "300/s", "shards": 2, "batch": "50ms", "record": "3ms", "mapping": mapping}
    found = advised(tmp_path, **fields, producer={"start": "-5m"}, duration="10m", drain="20m")
    by = {str(each.change): each for each in found.advised}
    start, now = by["shards 2 -> 4"], by["shards 2 -> 4 from 0s on"]
    assert start.gain.then.mean < now.gain.then.mean < now.gain.today.mean


def test_after_an_outage_more_shards_are_tried_from_its_end(tmp_path: Path) -> None:
    outage = {"failures": [{"kind": "outage", "from": "10s", "to": "20s"}]}
    tried = turned(loaded(tmp_path, function=outage))
    assert tried["shards 1 -> 2 from 20s on"] == {"streams.s.resharding": '[{"at": "20s", "shards": 2}]'}
    assert not any(" on" in each for each in turned(loaded(tmp_path)))


def test_a_hot_shard_is_split_where_it_divides_best_and_a_single_key_is_told_to_be_indivisible(tmp_path: Path) -> None:
    zipf = {"partition_keys": {"count": 200, "popularity": {"zipf": 1.2}}}
    assert any("split at" in each for each in turned(loaded(tmp_path, shards=4, producer=zipf)))
    one = {"name": "p", "partition_keys": {"count": 3, "popularity": {"zipf": 3}}}  # 1, 1/8 and 1/27
    found = advised(tmp_path, shards=4, producer=one, rate="20/s")
    assert not any("split at" in str(each.change) for each in found.advised)
    assert any("of its records have the key p-0" in sentence for sentence in conclusion(found))


def test_a_rule_is_made_quicker_and_more_careful_and_on_demand_mode_is_compared_with_shards_for_the_peak(
    tmp_path: Path,
) -> None:
    rule = {"minimum": 1, "maximum": 8, "up": {"above": 0.75}, "down": {"below": 0.6}}
    spikes = {"steps": [{"at": "0s", "rate": "100/s"}, {"at": "50s", "rate": "2500/s"}]}
    path = "streams.s.scaling"
    tried = turned(loaded(tmp_path, rate=spikes, streams={"s": {"shards": 2, "scaling": rule}}))
    assert tried["scale up above 0.75 -> 0.6"] == {f"{path}.up.above": "0.6"}  # not below where it scales down
    assert tried["periods before it scales up 5 -> 1"] == {f"{path}.up.points": "1"}
    assert tried["least shards 1 -> 2"] == {f"{path}.minimum": "2"}
    assert tried["mode provisioned -> on demand"] == {path: "none", "streams.s.mode": "on_demand"}
    tried = turned(loaded(tmp_path, rate=spikes, streams={"s": {"mode": "on_demand"}}))
    back = {"streams.s.mode": "provisioned", "streams.s.shards": "4"}
    assert tried["mode on demand -> provisioned with 4 shards"] == back


@pytest.mark.parametrize(
    "stream",
    [
        {"shards": 2, "scaling": {"up": {"above": 0.75}}},
        {"shards": 1, "scaling": {"maximum": 1, "down": {"below": 0.1}}},
        {"mode": "on_demand"},
        {"shards": 3, "resharding": [{"at": "10s", "shards": 4}]},
    ],
)
def test_every_change_of_a_stream_that_changes_is_a_valid_scenario(stream: dict[str, Any], tmp_path: Path) -> None:
    spikes = {"steps": [{"at": "0s", "rate": "100/s"}, {"at": "50s", "rate": "2500/s"}]}
    zipf = {"partition_keys": {"count": 200, "popularity": {"zipf": 1.2}}}
    path = written(tmp_path, content(rate=spikes, producer=zipf, streams={"s": stream}))
    for overrides in turned(load(path)).values():
        load(path, overrides)


def test_a_change_with_which_a_mapping_is_never_behind_has_nothing_to_recover_from(tmp_path: Path) -> None:
    found = effect("recovery_s", [0.0, 0.0], [70.0, 80.0])
    assert (found.word, found.relative) == ("better", -1.0)
    spikes = {"steps": [{"at": "0s", "rate": "100/s"}, {"at": "30s", "rate": "1500/s"}, {"at": "60s", "rate": "10/s"}]}
    advice = advised(tmp_path, rate=spikes, duration="150s")
    assert advice.ranked_by == "recovery_s"
    assert words(advice)["shards 1 -> 2"] == "better"
    assert str(advice.advised[0].change) == "shards 1 -> 2"
