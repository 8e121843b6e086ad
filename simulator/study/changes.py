"""The changes that advice tries: one knob of a mapping at a time, up and down; only those that apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from simulator.model.concurrency import pool_sizes
from simulator.scenario.spec import EventSourceMapping, Function, Poison, Scenario
from simulator.scenario.units import format_duration, format_size
from simulator.study.change import Change
from simulator.study.settings import Setting
from simulator.study.stream_changes import stream_changes

BATCH_STEP: Final = 5
MOST_BATCH: Final = 10_000
MOST_LANES: Final = 10
FIRST_WINDOW_S: Final = 1.0
LONGEST_WINDOW_S: Final = 300.0
FEW_RETRIES: Final = 2
GROWING: Final = (
    "shards", "parallelization factor", "batch size", "reserved concurrency", "account's concurrency",
)  # fmt: skip


Values = Iterator[tuple[str, str, str]]  # what it is now, what it is to be, and that as --set takes it


def changes(scenario: Scenario, mapping: EventSourceMapping) -> list[Change]:
    """Every change of a mapping, its stream and its function that may do something, in the order of the data's way."""
    number = scenario.event_source_mappings.index(mapping)
    own, function = f"event_source_mappings.{number}", f"functions.{mapping.function}"
    knobs: list[tuple[str, str, Callable[[Scenario, EventSourceMapping], Values]]] = [
        ("consumer", f"{own}.consumer", _consumer),
        ("parallelization factor", f"{own}.parallelization_factor", _lanes),
        ("batch size", f"{own}.batch_size", _batch_size),
        ("batching window", f"{own}.maximum_batching_window", _window),
        ("memory", f"{function}.memory", _memory),
        ("reserved concurrency", f"{function}.reserved_concurrency", _reserve),
        ("account's concurrency", "account.concurrency", _account),
        ("retries", f"{own}.maximum_retry_attempts", _retries),
        ("bisect on error", f"{own}.bisect_batch_on_function_error", _bisect),
        ("partial response", f"{own}.report_batch_item_failures", _partial_response),
    ]
    alone = [
        Change(((knob, before, after),), Setting(((path, text),)))
        for knob, path, values in knobs
        for before, after, text in values(scenario, mapping)
    ]
    isolating = _isolating(scenario, mapping, {each.knob: each for each in alone})
    return [*stream_changes(scenario, mapping), *alone, *isolating]


def _isolating(scenario: Scenario, mapping: EventSourceMapping, alone: dict[str, Change]) -> Iterator[Change]:
    """A poison record by itself, and then given up: of bisecting and a limit of retries neither does it alone."""
    poison = any(isinstance(each, Poison) for each in _function(scenario, mapping).failures)
    unlimited = mapping.maximum_retry_attempts < 0
    if poison and unlimited and not mapping.bisect_batch_on_function_error:
        yield alone["bisect on error"].with_(alone["retries"])


def growing(scenario: Scenario, mapping: EventSourceMapping) -> list[Change]:
    """Those of the changes that give a mapping more of something that it may lack."""
    of = [each for each in changes(scenario, mapping) if each.knob in GROWING]
    return [each for each in of if _number(each.after) > _number(each.before)]


def _number(text: str) -> int:
    """Of what is no number, as shards from a moment on, 0: there is no more of that."""
    bare = text.replace(",", "")
    return int(bare) if bare.isdecimal() else 0


def _consumer(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    other = "push" if mapping.consumer == "polling" else "polling"
    yield mapping.consumer, other, other


def _lanes(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    lanes = mapping.parallelization_factor
    yield from _numbers(lanes, min(2 * lanes, MOST_LANES), lanes // 2)


def _batch_size(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    size = mapping.batch_size
    yield from _numbers(size, min(BATCH_STEP * size, MOST_BATCH), size // BATCH_STEP)


def _window(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    window = mapping.maximum_batching_window
    others = (0.0, min(2 * window, LONGEST_WINDOW_S)) if window else (FIRST_WINDOW_S,)
    for other in others:
        if other != window:
            yield format_duration(window), format_duration(other), format_duration(other)


def _memory(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    """The next sizes of the table of durations; without one the memory is for the bill only."""
    function = scenario.functions[mapping.function]
    sizes = sorted(function.duration_by_memory) if function.duration_measured_at is not None else []
    larger = [size for size in sizes if size > function.memory][:1]
    smaller = [size for size in sizes if size < function.memory][-1:]
    for size in larger + smaller:
        yield format_size(function.memory), format_size(size), format_size(size)


def _reserve(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    """More of it, as far as the account goes, where it is less than the lanes: else nothing waits for it."""
    reserve, most = scenario.functions[mapping.function].reserved_concurrency, _all_lanes(scenario, mapping)
    if reserve is not None:
        others = sum(each.reserved_concurrency or 0 for each in scenario.functions.values()) - reserve
        most = min(most, scenario.account.concurrency - scenario.account.other_concurrency - others)
        for more in sorted({min(2 * max(1, reserve), most), most}):
            if more > reserve:
                yield str(reserve), str(more), str(more)


def _account(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    """More of it, where the function has no reserve and what the account leaves is less than the lanes."""
    function, account = scenario.functions[mapping.function], scenario.account
    short = _all_lanes(scenario, mapping) - pool_sizes(scenario)[mapping.function]
    if function.reserved_concurrency is None and short > 0:
        yield str(account.concurrency), str(account.concurrency + short), str(account.concurrency + short)


def _retries(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    if _function(scenario, mapping).failures:
        other = -1 if mapping.maximum_retry_attempts == FEW_RETRIES else FEW_RETRIES
        yield _retries_text(mapping.maximum_retry_attempts), _retries_text(other), str(other)


def _bisect(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    if _function(scenario, mapping).failures:
        yield from _switched(mapping.bisect_batch_on_function_error)


def _partial_response(scenario: Scenario, mapping: EventSourceMapping) -> Values:
    """It is for poison records alone: of other errors the function does not know which record they are of."""
    if any(isinstance(each, Poison) for each in _function(scenario, mapping).failures):
        yield from _switched(mapping.report_batch_item_failures)


def _function(scenario: Scenario, mapping: EventSourceMapping) -> Function:
    return scenario.functions[mapping.function]


def _all_lanes(scenario: Scenario, mapping: EventSourceMapping) -> int:
    """The batches of the function that may be in flight, of all its mappings."""
    return sum(
        scenario.streams[each.stream].shards * each.parallelization_factor
        for each in scenario.event_source_mappings
        if each.function == mapping.function
    )


def _numbers(now: int, *others: int) -> Values:
    for other in others:
        if other >= 1 and other != now:
            yield f"{now:,}", f"{other:,}", str(other)


def _switched(on: bool) -> Values:
    yield ("on", "off", "false") if on else ("off", "on", "true")


def _retries_text(attempts: int) -> str:
    return "no limit" if attempts < 0 else str(attempts)
