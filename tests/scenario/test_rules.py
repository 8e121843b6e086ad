"""Errors that need two fields to see (docs/model.md, section 1)."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

import pytest

from .conftest import Told

WORK = "{per_batch: 20ms}"
BATCH = "batch_size: 100"
RATE = "rate: 2000/s"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            WORK,
            WORK + "\n    failures: [{kind: outage, from: 2m, to: 1m}]",
            "12: functions.enrich.failures[0].to: 1m is not later than from 2m",
        ),
        (
            WORK,
            WORK + "\n    failures: [{kind: slow, from: 2m, to: 2m, factor: 2}]",
            "12: functions.enrich.failures[0].to: 2m is not later than from 2m",
        ),
        (
            BATCH,
            "disabled: [{from: 2m, to: 1m}]",
            "15: event_source_mappings[0].disabled[0].to: 1m is not later than from 2m",
        ),
        (
            BATCH,
            "polling: {phase: 1s}",
            "15: event_source_mappings[0].polling.phase: 1s is not below the interval of 1s",
        ),
        (RATE, RATE + "\n    start: 5m\n    stop: 5m", "9: producers[0].start: 5m is not before the stop at 5m"),
        (RATE, RATE + "\n    stop: 11m", "9: producers[0].stop: 11m is later than the scenario's duration of 10m"),
        (RATE, RATE + "\n    start: 10m", "9: producers[0].start: 10m is not before the stop at 10m"),
        (
            RATE,
            RATE + "\n    record_size: 2MiB",
            "9: producers[0].record_size: can be 2MiB, above the max_record_size of 1MiB of 'clicks'",
        ),
        (
            RATE,
            RATE + "\n    record_size: {uniform: {low: 1KiB, high: 2MiB}}",
            "9: producers[0].record_size: can be 2MiB, above the max_record_size of 1MiB of 'clicks'",
        ),
        (
            RATE,
            RATE + "\n    record_size: {exponential: {mean: 2MiB}}",
            "9: producers[0].record_size: is centred at 2MiB, above the max_record_size of 1MiB of 'clicks'",
        ),
        (
            RATE,
            "rate: {spikes: {base: 1/s, peak: 2/s, every: 1s, lasts: 2s}}",
            "8: producers[0].rate.spikes.lasts: 2s is longer than every 1s; a spike ends before the next begins",
        ),
        (
            RATE,
            "rate: {steps: [{at: 1s, rate: 1/s}, {at: 1s, rate: 2/s}]}",
            "8: producers[0].rate.steps[1].at: 1s is not later than 1s of the step before",
        ),
        (RATE, "rate: {steps: []}", "8: producers[0].rate.steps: the list is empty; allowed: one step or more"),
        (
            RATE,
            RATE + "\n    record_size: {uniform: {low: 2KiB, high: 1KiB}}",
            "9: producers[0].record_size.uniform.low: is above high",
        ),
        (
            WORK,
            "{per_batch: {lognormal: {median: 2s, p99: 1s}}}",
            "11: functions.enrich.duration.per_batch.lognormal.median: is above p99",
        ),
        (
            WORK,
            WORK + "\n    cold_start: {lognormal: {median: 0s, p99: 1s}}",
            "12: functions.enrich.cold_start.lognormal.median: is 0; allowed: above 0",
        ),
        (
            WORK,
            WORK + "\n    reserved_concurrency: 8\n    provisioned_concurrency: 9",
            "13: functions.enrich.provisioned_concurrency: 9 is above the reserved_concurrency of 8",
        ),
        (
            WORK,
            WORK + "\n    provisioned_concurrency: 1001",
            "12: functions.enrich.provisioned_concurrency: 1001 is more than the 1000 that other_concurrency and the reserves leave of 1000",
        ),
        (
            WORK,
            WORK + "\n    provisioned_concurrency: 500\n  other: {duration: {}, provisioned_concurrency: 501}\n"
            "account: {other_concurrency: 1}",
            "13: functions.other.provisioned_concurrency: 501, with the 500 of those before it, is more than the 999 that other_concurrency and the reserves leave of 1000",
        ),
        (
            WORK,
            WORK
            + "\n    provisioned_concurrency: 11\n  other: {duration: {}, reserved_concurrency: 990, provisioned_concurrency: 990}",
            "12: functions.enrich.provisioned_concurrency: 11 is more than the 10 that other_concurrency and the reserves leave of 1000",
        ),
        (
            WORK,
            WORK + "\n    reserved_concurrency: 1001",
            "12: functions.enrich.reserved_concurrency: 1001 is more than the 1000 that other_concurrency and the reserves before it leave of 1000",
        ),
        (
            "duration: 10m",
            "duration: 10m\naccount: {concurrency: 5, other_concurrency: 6}",
            "2: account.other_concurrency: 6 is above the account's concurrency of 5",
        ),
        (
            RATE,
            RATE + "\n    partition_keys: {count: 9, popularity: {zipf: 1}, order: round_robin}",
            "9: producers[0].partition_keys.order: round_robin takes every key in turn; popularity says how often each is drawn; give one of the two",
        ),
    ],
)
def test_fields_that_contradict_each_other_are_told(told: Told, old: str, new: str, expected: str) -> None:
    assert told({old: new}) == [expected]


def test_a_producers_name_is_unique(told: Told) -> None:
    twin = "rate: 2000/s\n  - {name: web, stream: clicks, rate: 1/s}"
    assert told({RATE: twin}) == [
        "9: producers[1].name: 'web' is also the name of producers[0]; names are unique; give each a name of its own"
    ]


def test_two_mappings_with_the_same_default_name_need_names(told: Told) -> None:
    (fault,) = told({BATCH: "batch_size: 100\n  - {stream: clicks, function: enrich}"})
    assert fault.startswith("16: event_source_mappings[1].name: 'enrich-clicks' is also the name of")


@pytest.mark.parametrize(
    "shape", ["exponential: {mean: 1KiB}", "normal: {mean: 1KiB, sd: 1KiB}", "lognormal: {median: 1KiB, p99: 9KiB}"]
)
def test_an_unbounded_record_size_is_allowed(told: Told, shape: str) -> None:
    assert told({RATE: f"{RATE}\n    record_size: {{{shape}}}"}) == []


@pytest.mark.parametrize(
    "size",
    [
        "{empirical: {file: none.csv, column: n}}",
        "{uniform: {low: 1KiB, high: x}}",
        "{lognormal: {median: 1KiB, p99: x}}",
    ],
)
def test_nothing_more_is_said_of_a_distribution_that_could_not_be_read(told: Told, size: str) -> None:
    assert len(told({RATE: f"{RATE}\n    record_size: {size}"})) == 1


def test_nothing_is_said_twice_of_a_value_that_could_not_be_read(told: Told) -> None:
    changes = {"10m": "ten", RATE: f"{RATE}\n    stop: 5m", "shards: 4": "max_record_size: 0B"}
    assert [fault.split(": ")[1] for fault in told(changes)] == [
        "duration",
        "streams.clicks.shards",
        "streams.clicks.max_record_size",
    ]
