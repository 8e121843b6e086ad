"""The reference of the fields."""

import pytest

from simulator.scenario.explain import UnknownFieldError, all_fields, explain


def test_a_field_is_found_by_its_name() -> None:
    (found,) = explain("batch_size")
    assert str(found) == (
        "event_source_mappings.batch_size\n"
        "  The records of one invocation at most.\n"
        "  allowed: a whole number from 1 to 10000\n"
        "  default: 100\n"
        "  AWS:     100 by default, 1..10000\n"
        "  source:  AWS Lambda API, CreateEventSourceMapping: BatchSize"
    )


@pytest.mark.parametrize(
    "path",
    [
        "polling.interval",
        "event_source_mappings.polling.interval",
        "event_source_mappings[0].polling.interval",
        "event_source_mappings.0.polling.interval",
    ],
)
def test_a_field_is_found_by_its_path(path: str) -> None:
    (found,) = explain(path)
    assert (found.unit, found.default) == ("s", "1s")


def test_a_name_that_several_groups_have_gives_all_of_them() -> None:
    assert [each.path for each in explain("initial")] == [
        "event_source_mappings.retry_backoff.initial",
        "event_source_mappings.throttle_backoff.initial",
    ]


@pytest.mark.parametrize(
    ("field", "nearest"),
    [("batch_sise", "batch_size"), ("polling.intervall", "interval"), ("polling.interva", "interval")],
)
def test_an_unknown_field_is_told_with_the_nearest(field: str, nearest: str) -> None:
    with pytest.raises(UnknownFieldError, match=nearest):
        explain(field)


def test_every_field_is_described() -> None:
    assert len(all_fields()) > 100
    assert all(each.text and each.allowed and each.default for each in all_fields())


def test_what_aws_limits_has_a_source() -> None:
    assert all(each.source for each in all_fields() if each.aws)
