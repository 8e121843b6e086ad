"""What the function answers to an attempt, as Lambda hands it to the mapping."""

from __future__ import annotations

import json
from typing import Any, Final

from simulator.events.events import Events
from simulator.events.records import Batch
from simulator.handlers.answered import Answered
from simulator.scenario.spec import Scenario
from simulator.twin.events.seen import Seen

WHY: Final = {
    "poison": "a record of the batch makes the function fail",
    "outage": "the function fails, as in an outage",
    "random_errors": "the function fails, as at random",
}


def answer(scenario: Scenario, events: Events, seen: Seen) -> Any:
    """The response to an attempt: the one that the function's own handler gave, if it has one.

    Else of a partial response the record that failed; of an error what Lambda says of it.
    """
    attempt, mapping = seen.attempt, scenario.event_source_mappings[seen.attempt.mapping]
    if seen.answered and (seen.answered.kind or attempt.failure in ("", "poison")):
        return _by_handler(seen.answered)
    request = events.names.uuid("attempt", mapping.name, seen.number)
    if attempt.failure == "timeouts":
        took = f"Task timed out after {scenario.functions[mapping.function].timeout:.2f} seconds"
        return {"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {request} Error: {took}"}
    if attempt.failure == "poison" and mapping.report_batch_item_failures:
        first = attempt.places[attempt.done : attempt.done + 1]
        failed = events.records.of(mapping.stream, Batch.of(seen.shard, first))
        return {"batchItemFailures": [{"itemIdentifier": each.sequence_number} for each in failed]}
    if attempt.failure:
        return {"errorMessage": WHY[attempt.failure], "errorType": "Exception", "requestId": request, "stackTrace": []}
    return {"batchItemFailures": []}


def _by_handler(answered: Answered) -> Any:
    if not answered.kind:
        return json.loads(answered.response)
    where = [f'  File "{answered.file}", line {answered.line}'] if answered.line else []
    return {"errorMessage": answered.message, "errorType": answered.kind, "stackTrace": where}
