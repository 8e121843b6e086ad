"""What is wrong with a single field: told with its line, its value, what is allowed, and the nearest known name."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

import pytest

from .conftest import Told


def test_the_valid_scenario_has_no_faults(told: Told) -> None:
    assert told({}) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "batch_size",
            "batch_sise",
            "15: event_source_mappings[0].batch_sise: unknown field; did you mean 'batch_size'?",
        ),
        ("streams:", "steams:", "2: steams: unknown field; did you mean 'streams'?"),
        ("shards", "shard", "4: streams.clicks.shard: unknown field; did you mean 'shards'?"),
        ("per_batch", "per_bach", "11: functions.enrich.duration.per_bach: unknown field; did you mean 'per_batch'?"),
    ],
)
def test_a_misspelled_field_is_told_with_the_name_that_was_meant(told: Told, old: str, new: str, expected: str) -> None:
    assert expected in told({old: new})


def test_a_misspelled_required_field_is_not_also_told_as_missing(told: Told) -> None:
    assert told({"shards": "shard"}) == ["4: streams.clicks.shard: unknown field; did you mean 'shards'?"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("shards: 4", "shards: yes", "yes is not a whole number; allowed: a whole number from 1 to 10000"),
        ("shards: 4", "shards: 4.5", "4.5 is not a whole number; allowed: a whole number from 1 to 10000"),
        ("shards: 4", "shards: '4'", "'4' is text; allowed: a whole number from 1 to 10000; write 4 without quotes"),
        ("shards: 4", "shards: 4.0001", "4.0001 is not a whole number; allowed: a whole number from 1 to 10000"),
        ("shards: 4", "shards: [4]", "a list is given; allowed: a whole number from 1 to 10000"),
        ("shards: 4", "shards: {n: 4}", "a group of fields is given; allowed: a whole number from 1 to 10000"),
        ("shards: 4", "shards:", "nothing is given; allowed: a whole number from 1 to 10000"),
        ("shards: 4", "shards: .nan", ".nan is not a whole number; allowed: a whole number from 1 to 10000"),
        (
            "batch_size: 100",
            "bisect_batch_on_function_error: yes",
            "yes is not true or false; allowed: true or false; did you mean true?",
        ),
        (
            "{per_batch: 20ms}",
            "20ms",
            "20ms is given; allowed: measured or a group with per_batch, per_record, per_mib, measured",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_told_with_what_is_allowed(told: Told, old: str, new: str, expected: str) -> None:
    (fault,) = told({old: new})
    assert fault.endswith(f": {expected}")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("10m", "600", "600 has no unit; allowed: a duration from 0.001ms to 3650d; did you mean '600s'?"),
        (
            "10m",
            "10 min",
            "10 min has an unknown unit 'min'; allowed: a duration from 0.001ms to 3650d; did you mean '10m'?",
        ),
        (
            "10m",
            "10w",
            "10w has an unknown unit 'w'; allowed: a duration from 0.001ms to 3650d; units: ms, s, m, h, d",
        ),
        ("2000/s", "2000 /S", "did you mean '2000/s'?"),
        (
            "shards: 4",
            "shards: 4\n    retention: 48",
            "48 has no unit; allowed: a duration from 1d to 365d in whole hours; did you mean '48h'?",
        ),
        ("shards: 4", "shards: 4\n    max_record_size: 2mib", "did you mean '2MiB'?"),
        ("shards: 4", "shards: 4\n    max_record_size: 2", "did you mean '2MiB'?"),
        (
            "10m",
            "ten minutes",
            "ten minutes is not a number with a unit; allowed: a duration from 0.001ms to 3650d; units: ms, s, m, h, d",
        ),
    ],
)
def test_a_missing_or_wrong_unit_is_told_with_the_value_that_was_meant(
    told: Told, old: str, new: str, expected: str
) -> None:
    (fault,) = told({old: new})
    assert fault.endswith(expected)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("shards: 4", "shards: 0"),
        ("shards: 4", "shards: 10001"),
        ("shards: 4", "shards: 99999999999999999999999999"),
        ("batch_size: 100", "batch_size: 0"),
        ("batch_size: 100", "maximum_record_age: 59s"),
        ("batch_size: 100", "maximum_retry_attempts: -2"),
        ("batch_size: 100", "parallelization_factor: 11"),
        ("batch_size: 100", "retry_backoff: {factor: 0.9}"),
        ("batch_size: 100", "retry_backoff: {initial: 0s}"),
        ("batch_size: 100", "throttle_backoff: {jitter: 1.1}"),
        ("batch_size: 100", "polling: {interval: 0s}"),
        ("batch_size: 100", "starts_after: -1s"),
        ("10m", "1e30 h"),
        ("10m", "1e999999999999999999999h"),
        ("10m", "0"),
        ("10m", "-5m"),
        ("2000/s", "-1/s"),
        ("{per_batch: 20ms}", "{per_batch: -20ms}"),
        ("{per_batch: 20ms}", "{}\n    failures: [{kind: random, probability: 1.5}]"),
        ("{per_batch: 20ms}", "{}\n    failures: [{kind: random, probability: 1, fails_after: 1.5}]"),
        ("{per_batch: 20ms}", "{}\n    memory: 64MiB"),
        ("{per_batch: 20ms}", "{}\n    timeout: 16m"),
    ],
)
def test_a_value_out_of_range_is_told_with_the_range(told: Told, old: str, new: str) -> None:
    (fault,) = told({old: new})
    assert "is out of range; allowed: " in fault


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("batch_size: 100", "maximum_batching_window: 2.5s", "2.5s is not in whole seconds; allowed: a duration from 0s to 5m in whole seconds; nearest: 2s and 3s"),
        ("batch_size: 100", "maximum_record_age: 60001ms", "60001ms is not in whole seconds; allowed: -1 or a duration from 1m to 7d in whole seconds; nearest: 1m and 61s"),
        ("{per_batch: 20ms}", "{}\n    timeout: 899.5s", "899.5s is not in whole seconds; allowed: a duration from 1s to 15m in whole seconds; nearest: 899s and 15m"),
        ("shards: 4", "shards: 4\n    retention: 24.5h", "24.5h is not in whole hours; allowed: a duration from 1d to 365d in whole hours; nearest: 1d and 25h"),
        ("shards: 4", "shards: 4\n    max_record_size: 1.1MB", "1.1MB is not in whole KiB; allowed: a size from 1MiB to 10MiB in whole KiB; nearest: 1074KiB and 1075KiB"),
        ("{per_batch: 20ms}", "{}\n    memory: 0.2GiB", "0.2GiB is not in whole MiB; allowed: a size from 128MiB to 10GiB in whole MiB; nearest: 204MiB and 205MiB"),
        ("{per_batch: 20ms}", "{}\n    duration_measured_at: 128.5MiB", "128.5MiB is not in whole MiB; allowed: none or a size from 128MiB to 10GiB in whole MiB; nearest: 128MiB and 129MiB"),
    ],
)  # fmt: skip
def test_a_value_between_awss_steps_is_told_with_the_nearest_allowed(
    told: Told, old: str, new: str, expected: str
) -> None:
    assert told({old: new})[0].endswith(f": {expected}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("batch_size: 100", "maximum_batching_window: 2000ms"),
        ("{per_batch: 20ms}", "{}\n    timeout: 0.05m"),
        ("shards: 4", "shards: 4\n    retention: 1.5d"),
        ("{per_batch: 20ms}", "{}\n    memory: 0.5GiB"),
    ],
)
def test_a_value_in_awss_steps_may_be_written_in_any_unit(told: Told, old: str, new: str) -> None:
    assert told({old: new}) == []


def test_nan_and_infinity_are_no_numbers(told: Told) -> None:
    for value in (".nan", ".inf", "-.inf", "nan", "inf"):
        (fault,) = told({"batch_size: 100": f"retry_backoff: {{factor: {value}}}"})
        assert f"{value} is not a number" in fault


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "- stream: clicks",
            "- stream: click",
            "13: event_source_mappings[0].stream: there is no stream 'click'; did you mean 'clicks'?",
        ),
        (
            "function: enrich",
            "function: enrch",
            "14: event_source_mappings[0].function: there is no function 'enrch'; did you mean 'enrich'?",
        ),
        (
            "stream: clicks\n    rate",
            "stream: xyz\n    rate",
            "7: producers[0].stream: there is no stream 'xyz'; known: clicks",
        ),
    ],
)
def test_a_reference_to_nothing_is_told_with_the_nearest_name(told: Told, old: str, new: str, expected: str) -> None:
    assert told({old: new}) == [expected]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("consumer: pushed", "pushed is not known; allowed: polling or push; did you mean 'push'?"),
        (
            "starting_position: latst",
            "latst is not known; allowed: latest or trim_horizon or {at_timestamp: …}; did you mean 'latest'?",
        ),
        ("polling: {phase: sprad}", "did you mean 'spread'?"),
        ("polling: {repoll: full-batch}", "did you mean 'full_batch'?"),
    ],
)
def test_an_unknown_word_is_told_with_the_nearest_one(told: Told, new: str, expected: str) -> None:
    (fault,) = told({"batch_size: 100": new})
    assert fault.endswith(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2000/s", "{sines: {mean: 1/s}}", "8: producers[0].rate.sines: unknown field; did you mean 'sine'?"),
        ("2000/s", "{}", "8: producers[0].rate: an empty group is given"),
        ("2000/s", "{spikes: {base: 1/s}}", "8: producers[0].rate.spikes.peak: is missing; it is required"),
        ("20ms", "{lognormal: {median: 1s}}", "11: functions.enrich.duration.per_batch.lognormal.p99: is missing"),
        (
            "{per_batch: 20ms}",
            "{}\n    failures: [{kind: outrage}]",
            "12: functions.enrich.failures[0].kind: outrage is not known",
        ),
        (
            "{per_batch: 20ms}",
            "{}\n    failures: [{}]",
            "12: functions.enrich.failures[0]: kind is missing; allowed: random",
        ),
        (
            "{per_batch: 20ms}",
            "{}\n    failures: [{kind: slow, from: 1s, to: 2s, factor: 2, fails_after: 1}]",
            "12: functions.enrich.failures[0].fails_after: unknown field; known: from, to, factor",
        ),
        (
            "{per_batch: 20ms}",
            "{}\n    failures: [{kind: poison, probability: 0.1, at: [1s]}]",
            "12: functions.enrich.failures[0]: probability and at given; allowed: just one of probability, at",
        ),
    ],
)
def test_a_faulty_form_of_a_field_is_told_where_it_is(told: Told, old: str, new: str, expected: str) -> None:
    assert told({old: new})[0].startswith(expected)


def test_a_missing_required_field_is_told_at_its_group(told: Told) -> None:
    assert told({"    shards: 4\n": "    retention: 24h\n"}) == [
        "4: streams.clicks.shards: is missing; it is required: a whole number from 1 to 10000"
    ]


def test_all_faults_are_told_at_once_in_order_of_line(told: Told) -> None:
    changes = {
        "10m": "10",
        "shards: 4": "shards: yes",
        "stream: clicks\n    rate": "stream: klicks\n    rat",
        "batch_size: 100": "batch_sise: 0\n    polling: {interval: 1s, phase: 2s}",
    }
    assert [fault.split(":")[:2] for fault in told(changes)] == [
        ["1", " duration"],
        ["4", " streams.clicks.shards"],
        ["7", " producers[0].stream"],
        ["8", " producers[0].rat"],
        ["15", " event_source_mappings[0].batch_sise"],
        ["16", " event_source_mappings[0].polling.phase"],
    ]
