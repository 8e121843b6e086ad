"""The times in which a mapping is behind: what they go back to, what they did, and how long it took to catch up."""

from __future__ import annotations

from functools import cache
from math import isnan

import pytest

from simulator.measures.episodes import Episode
from simulator.measures.run import simulate
from tests.model.rows import Section, scenario, small


def episodes(**changes: Section) -> list[Episode]:
    return list(simulate(scenario(small(**changes))).mappings[0].episodes)


@cache
def outage() -> Episode:
    """400 records/s are not processed for 60 s; then 800 records/s can be."""
    found = episodes(
        run={"duration": "300s"},
        producer={"rate": "400/s", "record_size": "512B"},
        function={"duration": {"per_batch": "125ms"}, "failures": [{"kind": "outage", "from": "60s", "to": "120s"}]},
        mapping={"retry_backoff": {"initial": "100ms", "factor": 1}},
    )
    assert len(found) == 1
    return found[0]


def test_an_episode_begins_when_the_lag_exceeds_what_is_ordinary_and_names_the_event_before_it() -> None:
    """The oldest record was produced up to 1.5 s before the outage; 7 s are not behind."""
    assert (outage().mapping, outage().event, outage().cause) == ("m", "outage 1", "outage")
    assert (outage().event_start_s, outage().event_end_s) == (60.0, 120.0)
    assert outage().start_s == pytest.approx(60 + 7, abs=1.6)
    assert outage().peak_lag_s == pytest.approx(60, abs=1.6)


def test_it_ends_when_the_capacity_to_spare_has_brought_the_lag_down_to_what_is_ordinary() -> None:
    """Of 60 s the lag falls by a second each second; up to 7 s are not behind. Attempts fail up to 0.225 s longer."""
    assert outage().recovery_time_s == pytest.approx(60 - 7, abs=1.2)
    assert outage().end_s == 120 + outage().recovery_time_s


def test_the_records_of_the_outage_and_of_the_recovery_are_delayed_and_none_is_lost() -> None:
    """Those that are processed until then, at 800 a second."""
    assert outage().records_delayed == pytest.approx(800 * outage().recovery_time_s, rel=0.01)
    assert (outage().records_lost, outage().records_sent_to_destination) == (0, 0)
    assert isnan(outage().first_loss_s)


def test_records_of_failed_attempts_are_done_again() -> None:
    """An attempt of 125 ms and a backoff of 100 ms, over and over, from when it is behind."""
    assert outage().records_done_again == pytest.approx((120 - outage().start_s) / 0.225 * 100, rel=0.02)


def test_a_mapping_that_was_not_behind_when_the_run_ended_has_caught_up_then_at_the_latest() -> None:
    assert not isnan(outage().end_s)
    found = episodes(
        run={"duration": "60s", "drain": "0s"},
        producer={"rate": "50/s"},
        function={"failures": [{"kind": "outage", "from": "20s", "to": "1h"}]},
    )
    assert len(found) == 1
    assert isnan(found[0].end_s)
    assert isnan(found[0].recovery_time_s)


@pytest.mark.parametrize("destination", [False, True])
def test_records_given_up_are_lost_or_sent_to_the_destination_and_the_first_time_is_told(destination: bool) -> None:
    """The first failed batch is given up at the first retry at which it is 60 s old: behind since it was 7 s old."""
    (found,) = episodes(
        run={"duration": "200s"},
        producer={"rate": "50/s"},
        function={"failures": [{"kind": "outage", "from": "20s", "to": "120s"}]},
        mapping={
            "maximum_record_age": "60s",
            "on_failure_destination": destination,
            "retry_backoff": {"initial": "1s", "factor": 1},
        },
    )
    ended = (found.records_lost, found.records_sent_to_destination)
    assert ended[not destination] == 0
    assert ended[destination] == pytest.approx(50 * (120 - 60 - 20), rel=0.1)
    assert found.first_loss_s == pytest.approx(60 - 7, abs=2.5)


def test_a_replay_is_an_event_of_its_own() -> None:
    """3,600 records of an hour before, 100 a second can be done, one a second comes: 36 s."""
    (found,) = episodes(
        run={"duration": "100s"},
        producer={"rate": "1/s", "start": "-3600s"},
        function={"duration": {"per_batch": "1s"}},
        mapping={"starting_position": "trim_horizon"},
    )
    assert (found.event, found.start_s, found.cause) == ("replay", 0.0, "function")
    assert found.recovery_time_s == pytest.approx(36, rel=0.1)


def test_disabled_periods_are_events_by_their_number() -> None:
    periods = [{"from": "20s", "to": "50s"}, {"from": "100s", "to": "130s"}]
    found = episodes(run={"duration": "200s"}, mapping={"disabled": periods})
    assert [(each.event, each.cause) for each in found] == [("disabled 1", "disabled"), ("disabled 2", "disabled")]


def test_what_no_event_explains_has_none_and_recovery_counts_from_its_begin() -> None:
    """For 20 s twice as many records come as can be done."""
    steps = {"steps": [{"at": "0s", "rate": "50/s"}, {"at": "50s", "rate": "200/s"}, {"at": "90s", "rate": "50/s"}]}
    (found,) = episodes(
        run={"duration": "300s"}, producer={"rate": steps}, function={"duration": {"per_batch": "1s"}}
    )  # fmt: skip
    assert (found.event, found.cause) == ("", "function")
    assert found.recovery_time_s == pytest.approx(found.end_s - found.start_s)


def test_records_that_expire_in_an_outage_are_lost() -> None:
    """A record each hour, at half past; those of 2.5 h to 5.5 h are a day old before the outage is over at 30 h."""
    found = episodes(
        run={"duration": "40h"},
        producer={"rate": "1/h"},
        function={"failures": [{"kind": "outage", "from": "2h", "to": "30h"}]},
        mapping={"consumer": "push"},
    )
    assert found[0].records_lost == 4


@pytest.mark.parametrize("interval_s", [0.5, 30.0])
def test_an_episode_does_not_depend_on_the_interval_of_the_time_series(interval_s: float) -> None:
    outages = [{"kind": "outage", "from": f"{at}s", "to": f"{at + 10}s"} for at in (5, 60)]
    changes: dict[str, Section] = {
        "run": {"duration": "90s", "drain": "20s"},
        "producer": {"rate": "1/s"},
        "function": {"failures": outages},
    }
    found = episodes(**changes)
    assert len(found) == 2
    again = simulate(scenario(small(**changes)), interval_s=interval_s).mappings[0].episodes
    assert repr(again) == repr(tuple(found))
