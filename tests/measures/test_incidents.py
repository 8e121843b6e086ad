"""Outages, slow periods and poison: what they did, and how long it took to recover."""

from __future__ import annotations

from functools import cache

import pytest

from simulator.measures.incident import Incident
from simulator.measures.incidents import MOST_POISONINGS
from simulator.measures.run import simulate
from tests.model.rows import Section, scenario, small


def incidents(**changes: Section) -> list[Incident]:
    return list(simulate(scenario(small(**changes))).mappings[0].incidents)


@cache
def outage() -> Incident:
    """400 records/s are not processed for 60 s; then 800 records/s can be."""
    found = incidents(
        run={"duration": "300s"},
        producer={"rate": "400/s", "record_size": "512B"},
        function={"duration": {"per_batch": "125ms"}, "failures": [{"kind": "outage", "from": "60s", "to": "120s"}]},
        mapping={"retry_backoff": {"initial": "100ms", "factor": 1}},
    )
    assert len(found) == 1
    return found[0]


def test_an_incident_is_when_the_scenario_says() -> None:
    assert (outage().mapping, outage().kind, outage().start_s, outage().end_s) == ("m", "outage", 60.0, 120.0)


def test_the_backlog_of_an_outage_is_what_came_in_it() -> None:
    assert outage().backlog_before_records <= 800
    assert outage().peak_backlog_records == pytest.approx(24_000, abs=800)
    assert outage().peak_iterator_age_s == pytest.approx(60, abs=1.5)


def test_recovery_lasts_until_the_capacity_to_spare_has_brought_the_lag_down_to_what_is_not_behind() -> None:
    """Of 60 s the lag falls by a second each second; up to 7 s are not behind. Attempts fail up to 0.225 s longer."""
    assert outage().recovery_time_s == pytest.approx(60 - 7, abs=1.2)
    assert outage().recovered_s == 120 + outage().recovery_time_s


def test_all_records_of_an_outage_and_of_the_recovery_are_delayed_and_none_is_lost() -> None:
    """Those that are processed until then, at 800 a second."""
    assert outage().records_delayed == pytest.approx(800 * outage().recovery_time_s, rel=0.01)
    assert (outage().records_lost, outage().records_sent_to_destination) == (0, 0)


def test_records_of_failed_attempts_are_done_again() -> None:
    """An attempt of 125 ms and a backoff of 100 ms, over and over."""
    assert outage().records_done_again == pytest.approx(60 / 0.225 * 100, rel=0.02)


@pytest.mark.parametrize("destination", [False, True])
def test_records_given_up_are_lost_or_sent_to_the_destination(destination: bool) -> None:
    found = incidents(
        run={"duration": "60s"},
        producer={"rate": "50/s"},
        function={"failures": [{"kind": "outage", "from": "20s", "to": "40s"}]},
        mapping={
            "maximum_retry_attempts": 1,
            "on_failure_destination": destination,
            "retry_backoff": {"initial": "10ms"},
        },
    )
    lost, sent = found[0].records_lost, found[0].records_sent_to_destination
    assert (lost, sent)[not destination] == 0
    assert lost + sent == pytest.approx(1000, abs=100)


def test_an_incident_that_is_not_over_when_the_run_ends_has_no_recovery() -> None:
    found = incidents(
        run={"duration": "60s", "drain": "0s"},
        producer={"rate": "50/s"},
        function={"failures": [{"kind": "outage", "from": "20s", "to": "1h"}]},
    )
    assert found[0].recovered_s != found[0].recovered_s
    assert found[0].peak_backlog_records == pytest.approx(2000, abs=100)


def test_an_incident_after_the_end_of_the_run_is_left_out() -> None:
    assert incidents(function={"failures": [{"kind": "slow", "from": "1h", "to": "2h", "factor": 3}]}) == []


def test_incidents_are_in_order_of_time_whatever_their_kind() -> None:
    failures = [
        {"kind": "slow", "from": "40s", "to": "50s", "factor": 2},
        {"kind": "poison", "at": ["25s"]},
        {"kind": "outage", "from": "5s", "to": "6s"},
    ]
    found = incidents(run={"duration": "60s"}, function={"failures": failures}, mapping={"maximum_retry_attempts": 2})
    assert [incident.kind for incident in found] == ["outage", "poison", "slow"]


def test_a_poison_record_is_an_incident_from_the_attempt_that_it_fails_until_the_batch_is_over() -> None:
    """The record of 25.068 s is read at 25.37 s; three attempts of 53 ms and more, and waits of 0.5 and 1 s."""
    found = incidents(
        run={"duration": "60s"},
        function={"failures": [{"kind": "poison", "at": ["25s"]}]},
        mapping={"maximum_retry_attempts": 2, "polling": {"phase": "370ms", "jitter": 0}},
    )
    assert len(found) == 1
    assert found[0].start_s == pytest.approx(25.38)
    assert found[0].end_s == pytest.approx(25.38 + 1.5 + 3 * 0.0607, abs=0.01)
    assert found[0].records_lost in (7, 8)


def test_a_poison_record_that_blocks_its_lane_to_the_end_is_not_over() -> None:
    found = incidents(
        run={"duration": "60s", "drain": "10s"}, function={"failures": [{"kind": "poison", "at": ["25s"]}]}
    )
    assert len(found) == 1
    assert found[0].end_s != found[0].end_s


def test_a_poison_record_that_no_batch_has_taken_is_no_incident() -> None:
    """The first batch, of three records, runs to the end; the poison record waits."""
    slow: Section = {
        "duration": {"per_batch": "100s"},
        "timeout": "900s",
        "failures": [{"kind": "poison", "at": ["8s"]}],
    }
    assert incidents(run={"drain": "0s"}, function=slow) == []


def test_records_that_expire_in_an_outage_are_lost() -> None:
    """A record each hour, at half past; those of 2.5 h to 5.5 h are a day old before the outage is over at 30 h."""
    found = incidents(
        run={"duration": "40h"},
        producer={"rate": "1/h"},
        function={"failures": [{"kind": "outage", "from": "2h", "to": "30h"}]},
        mapping={"consumer": "push"},
    )
    assert found[0].records_lost == 4


def outages(*begin_s: int, duration: str = "90s", interval_s: float | None = None) -> list[Incident]:
    """A record each second, done 0.17 s later but for outages of 10 s; what is 5.14 s old is behind."""
    content = small(
        run={"duration": duration, "drain": "20s"},
        producer={"rate": "1/s"},
        function={
            "duration": {"per_batch": "100ms"},
            "failures": [{"kind": "outage", "from": f"{at}s", "to": f"{at + 10}s"} for at in begin_s],
        },
        mapping={"consumer": "push", "retry_backoff": {"initial": "100ms", "factor": 1}},
    )
    return list(simulate(scenario(content), interval_s=interval_s).mappings[0].incidents)


def test_what_was_ordinary_is_told_by_the_twentieth_of_the_traffic_before_an_incident() -> None:
    """In the second one the record of 60.5 s is tried until 70.27 s, and the nine after it are done by 70.37 s."""
    first, second = outages(5, 60)
    for found in (first, second):
        assert (found.backlog_before_records, found.peak_backlog_records) == (1, 10)
        assert found.records_delayed == 10
    assert second.recovered_s == pytest.approx(70.37, abs=0.1)
    assert second.recovery_time_s == pytest.approx(second.recovered_s - 70)


def test_an_incident_has_recovered_when_all_that_came_by_its_end_is_over_even_if_it_was_never_behind() -> None:
    """Tried until 14.07 s: less than 5.14 s, but the four records of the outage were not done before."""
    content = small(
        producer={"rate": "1/s"},
        run={"duration": "20s"},
        function={"duration": {"per_batch": "100ms"}, "failures": [{"kind": "outage", "from": "10s", "to": "14s"}]},
        mapping={"consumer": "push", "retry_backoff": {"initial": "100ms", "factor": 1}},
    )
    (found,) = simulate(scenario(content)).mappings[0].incidents
    assert 0 < found.recovery_time_s < 0.4
    assert found.records_delayed == found.peak_backlog_records == 4


def test_an_incident_is_over_when_the_run_ends_with_the_last_record_that_it_has_delayed() -> None:
    (found,) = outages(80)
    assert found.recovered_s == pytest.approx(90.37, abs=0.1)


@pytest.mark.parametrize("interval_s", [0.5, 30.0])
def test_an_incident_does_not_depend_on_the_interval_of_the_time_series(interval_s: float) -> None:
    assert outages(5, 60, interval_s=interval_s) == outages(5, 60)


def test_a_batch_that_fails_by_poison_again_and_again_is_one_incident_with_all_its_parts() -> None:
    """Four records are read at once, of which the third is poison: four, then two and two, one and one, one again."""
    found = incidents(
        run={"duration": "4s"},
        producer={"rate": "1/s"},
        function={"failures": [{"kind": "poison", "at": ["2s"]}]},
        mapping={
            "maximum_retry_attempts": 1,
            "bisect_batch_on_function_error": True,
            "maximum_batching_window": "10s",
            "batch_size": 4,
        },
    )
    assert len(found) == 1
    assert (found[0].records_lost, found[0].records_done_again) == (1, 4 + 2 + 2)
    assert found[0].recovered_s >= found[0].end_s > found[0].start_s


def test_of_many_poisoned_batches_the_first_hundred_are_incidents() -> None:
    found = incidents(
        run={"duration": "70s"},
        producer={"rate": "2/s"},
        function={"failures": [{"kind": "poison", "probability": 1}], "duration": {"per_batch": "1ms"}},
        mapping={"maximum_retry_attempts": 0, "batch_size": 1, "consumer": "push"},
    )
    assert len(found) == MOST_POISONINGS
    assert found[-1].start_s < 52
