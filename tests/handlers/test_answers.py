"""What a handler answers decides how its attempt ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.handlers.responses import first_failed
from tests.handlers.own import own, told

REPORT = ", report_batch_item_failures: true"
NUMBERS = ["1", "2", "3"]


@pytest.mark.parametrize(
    ("response", "failed"),
    [
        # complete success, as recorded on AWS
        ("null", None), ('""', None), ("[]", None), ("{}", None),
        ('{"batchItemFailures": []}', None), ('{"batchItemFailures": null}', None), ('{"statusCode": 200}', None),
        # progress up to the lowest that is named
        ('{"batchItemFailures": [{"itemIdentifier": "2"}]}', 1),
        ('{"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}', 1),
        ('{"batchItemFailures": [{"itemIdentifier": "1"}]}', 0),
        # complete failure, as recorded on AWS
        ('{"batchItemFailures": [{"itemIdentifier": ""}]}', 0),
        ('{"batchItemFailures": [{"itemIdentifier": null}]}', 0),
        ('{"batchItemFailures": [{"itemIdentifer": "2"}]}', 0),
        ('{"batchItemFailures": [{"itemIdentifier": "4"}]}', 0),
        ('{"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "4"}]}', 0),
        # what AWS does not document
        ('{"batchItemFailures": ["2"]}', 0), ('{"batchItemFailures": "2"}', 0), ('"ok"', 0), ("17", 0), ("[1]", 0),
    ],
)  # fmt: skip
def test_a_response_is_read_by_the_rules_of_report_batch_item_failures(response: str, failed: int | None) -> None:
    assert first_failed(response, NUMBERS) == failed


FAILS = """
def handler(event, context):
    for record in event["Records"]:
        assert data(record) != 7
"""
NAMES = """
def handler(event, context):
    failed = [r["kinesis"]["sequenceNumber"] for r in event["Records"] if data(r) in (7, 8)]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
"""


def batches_with(number: int, batches: list[tuple[list[int], str, int]]) -> list[tuple[list[int], str, int]]:
    return [each for each in batches if number in each[0]]


def test_an_exception_fails_the_batch_which_is_retried_and_given_up(tmp_path: Path) -> None:
    found = told(own(tmp_path, FAILS))
    assert batches_with(7, found.batches) == [([5, 6, 7, 8, 9], "error", 0)] * 3
    assert found.lost == [5, 6, 7, 8, 9]
    assert found.kinds == {("AssertionError", "app.py", 7)}


def test_bisecting_finds_the_record_that_an_exception_is_about(tmp_path: Path) -> None:
    found = told(own(tmp_path, FAILS, mapping=", bisect_batch_on_function_error: true"))
    assert [batch for batch, _, _ in batches_with(7, found.batches)] == [[5, 6, 7, 8, 9], [7, 8, 9], [7], [7], [7]]
    assert found.lost == [7]


def test_a_partial_response_is_progress_and_the_rest_a_new_batch(tmp_path: Path) -> None:
    found = told(own(tmp_path, NAMES, mapping=REPORT))
    about = batches_with(7, found.batches)
    assert about == [([5, 6, 7, 8, 9], "partial", 2), *[([7, 8, 9], "error", 0)] * 3]
    assert found.lost == [7, 8, 9]


def test_without_report_batch_item_failures_the_response_is_not_looked_at(tmp_path: Path) -> None:
    found = told(own(tmp_path, NAMES))
    assert {outcome for _, outcome, _ in found.batches} == {"ok"}
    assert found.lost == []


def test_an_exception_is_no_partial_response(tmp_path: Path) -> None:
    found = told(own(tmp_path, FAILS, mapping=REPORT))
    assert {outcome for _, outcome, _ in batches_with(7, found.batches)} == {"error"}


def test_the_batch_processor_of_powertools_reports_what_fails(tmp_path: Path) -> None:
    code = """
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
    from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord

    processor = BatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)

    def one(record: KinesisStreamRecord):
        if record.kinesis.data_as_text() == "7":
            raise ValueError("seven")

    def handler(event, context):
        return process_partial_response(event=event, record_handler=one, processor=processor, context=context)
    """
    found = told(own(tmp_path, code, ", memory: 1GiB", REPORT))
    assert batches_with(7, found.batches) == [([5, 6, 7, 8, 9], "partial", 2), *[([7, 8, 9], "error", 0)] * 3]


def test_the_context_is_lambda_s(tmp_path: Path) -> None:
    code = """
    def handler(event, context):
        assert context.function_name == "f" and context.memory_limit_in_mb == 128
        assert context.invoked_function_arn == "arn:aws:lambda:us-east-1:123456789012:function:f"
        assert 0 < context.get_remaining_time_in_millis() <= 3000 and len(context.aws_request_id) == 36
    """
    assert told(own(tmp_path, code)).kinds == set()


def test_the_environment_is_what_is_named_and_lambda_s_own(tmp_path: Path) -> None:
    code = """
    def handler(event, context):
        own = {name for name in os.environ if not name.startswith(("AWS_", "PYTHONHASHSEED", "LC_"))}
        assert own == {"TABLE"} and os.environ["TABLE"] == "orders", own
    """
    assert told(own(tmp_path, code, ", environment: {TABLE: orders}")).kinds == set()


def test_other_failures_of_the_scenario_strike_too_and_the_earliest_counts(tmp_path: Path) -> None:
    outage = ", failures: [{kind: outage, from: 0s, to: 10s, fails_after: 0.5}]"
    found = told(own(tmp_path, FAILS, outage))
    early = [each for each in found.attempts if each.started_ns < 10_000_000_000]
    assert {each.failure for each in early} == {"outage"}


@pytest.mark.parametrize(("failures", "second"), [("", "cold"), (", failures: [OUTAGE]", "on_demand")])
def test_an_environment_is_lost_when_the_handler_ends_its_process_unless_another_failure_came_first(
    failures: str, second: str, tmp_path: Path
) -> None:
    outage = "{kind: outage, from: 0s, to: 5s, fails_after: 0}"
    found = told(own(tmp_path, "def handler(event, context):\n    os._exit(0)\n", failures.replace("OUTAGE", outage)))
    assert [attempt.environment for attempt in found.attempts[:2]] == ["cold", second]


def test_an_attempt_takes_the_scenario_s_duration(tmp_path: Path) -> None:
    found = told(own(tmp_path, "def handler(event, context):\n    time.sleep(0.05)\n"))
    assert {each.finished_ns - each.started_ns for each in found.attempts} == {20_000_000}


def test_a_measured_duration_is_the_handler_s_own_times_a_factor(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    time.sleep(0.02)\n"
    one = own(tmp_path, code)
    text = (tmp_path / "own.yaml").read_text().replace("{per_batch: 20ms}", "{measured: 10}")
    (tmp_path / "own.yaml").write_text(text)
    from simulator.scenario.loading import load

    found = told(load(tmp_path / "own.yaml"))
    assert all(each.finished_ns - each.started_ns >= 200_000_000 for each in found.attempts)
    assert one.functions["f"].duration.measured is None
