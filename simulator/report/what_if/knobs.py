"""The settings that a reader may move: what each may be, what it is today, and what `--set` it stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from simulator.kernel.recipe import MEMORIES, TIMES, TRAFFIC, WORK, memory_sizes, tabulated
from simulator.report.what_if.knob import (
    COUNTS,
    NO_LIMIT,
    Knob,
    Sets,
    Value,
    counted,
    knob,
    lasting,
    limited,
    moment,
    on_off,
    percent,
    plain,
    seconds,
    times,
    told_whole,
)
from simulator.report.what_if.stream_knobs import added_request, stream_knobs
from simulator.scenario.distributions import DURATIONS
from simulator.scenario.memory import scaled
from simulator.scenario.scaling import scaled_traffic
from simulator.scenario.spec import EventSourceMapping, Function, Outage, Random, Scenario

BATCHES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000)
WINDOWS_S: Final = (0, 1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300)
RETRIES: Final = (0, 1, 2, 3, 5, 10, 20, 50, 100, 1000, 10000)
AGES_S: Final = (60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 259200, 604800)
PARTS: Final = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
BEGINS: Final = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # parts of the traffic
TIMEOUTS_S: Final = (1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 600, 900)
LASTS_S: Final = (0, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
NO_FASTER: Final = "it moves the cost alone, as the scenario has no duration_by_memory"
PLAIN: Final = re.compile("[A-Za-z0-9_.-]+")  # a name that a path may hold; others are told by their number


def knobs(scenario: Scenario) -> list[Knob]:
    """All that a reader may move in a scenario."""
    return [
        *_traffic(scenario),
        *(each for i, name in enumerate(scenario.streams) for each in stream_knobs(scenario, i, name)),
        *(each for i, mapping in enumerate(scenario.event_source_mappings) for each in _mapping(i, mapping)),
        *(each for i, name in enumerate(scenario.functions) for each in _function(scenario, i, name)),
    ]


def _traffic(scenario: Scenario) -> Iterator[Knob]:
    if not scenario.producers:
        return
    yield knob(
        "traffic", "Traffic", "traffic", ("traffic",), 1.0, TRAFFIC, times,
        lambda factor: scaled_traffic(scenario, factor) if factor != 1 else (),
    )  # fmt: skip


def _mapping(i: int, mapping: EventSourceMapping) -> Iterator[Knob]:
    group = f"Mapping {mapping.name}"
    at = f"event_source_mappings.{mapping.name if PLAIN.fullmatch(mapping.name) else i}"

    def field(
        name: str, key: str, label: str, today: Value, values: Iterable[Value], told: Callable[[Any], str] = str,
        written: Callable[[Any], str] = str,
    ) -> Knob:  # fmt: skip
        id_, path = f"{at}.{name}", ("mappings", i, key)
        return plain(id_, group, label, path, today, values, told, f"event_source_mappings.{name}", written)

    def flag(name: str, key: str, label: str, today: bool) -> Knob:
        return field(name, key, label, today, (False, True), on_off, lambda value: str(value).lower())

    yield field("batch_size", "batch_size", "batch size", mapping.batch_size, BATCHES, counted)
    yield field("maximum_batching_window", "window_s", "batching window", mapping.maximum_batching_window,
                map(float, WINDOWS_S), lasting, seconds)  # fmt: skip
    yield field("parallelization_factor", "parallelization_factor", "parallelization factor",
                mapping.parallelization_factor, range(1, 11))  # fmt: skip
    yield field("consumer", "consumer", "read by", mapping.consumer, ("polling", "push"))
    yield field("maximum_retry_attempts", "retries", "retries", mapping.maximum_retry_attempts, (*RETRIES, NO_LIMIT),
                limited(counted))  # fmt: skip
    yield field("maximum_record_age", "record_age_s", "record age", mapping.maximum_record_age,
                (*map(float, AGES_S), NO_LIMIT), limited(lasting), _age)  # fmt: skip
    yield flag("bisect_batch_on_function_error", "bisect", "bisect on error", mapping.bisect_batch_on_function_error)
    yield flag("report_batch_item_failures", "partial", "partial response", mapping.report_batch_item_failures)
    yield flag("on_failure_destination", "destination", "on-failure destination", mapping.on_failure_destination)


def _function(scenario: Scenario, i: int, name: str) -> Iterator[Knob]:
    function, group, at = scenario.functions[name], f"Function {name}", f"functions.{name}"
    yield from _times(function, group, at, i)
    sizes = memory_sizes(function) if function.duration_measured_at else sorted({*MEMORIES, function.memory})
    memory = plain(f"{at}.memory", group, "memory", ("functions", i, "memory"), function.memory, sizes,
                   lambda value: f"{value // 2**20:,} MiB", "functions.memory",
                   lambda value: f"{value // 2**20}MiB")  # fmt: skip
    yield memory if function.duration_measured_at else replace(memory, remark=NO_FASTER)
    yield plain(f"{at}.reserved_concurrency", group, "reserved concurrency", ("functions", i, "reserved"),
                 function.reserved_concurrency, (*_reserves(scenario, name), None),
                 lambda value: "none" if value is None else counted(value), "functions.reserved_concurrency",
                 lambda value: "none" if value is None else str(value))  # fmt: skip
    yield plain(f"{at}.provisioned_concurrency", group, "provisioned concurrency", ("functions", i, "provisioned"),
                 function.provisioned_concurrency, _provisions(scenario, name), counted,
                 "functions.provisioned_concurrency")  # fmt: skip
    yield plain(f"{at}.timeout", group, "timeout", ("functions", i, "timeout_s"), function.timeout,
                 map(float, TIMEOUTS_S), lasting, "functions.timeout", seconds)  # fmt: skip
    yield from _failures(scenario, function, group, at, i)


def _times(function: Function, group: str, at: str, i: int) -> Iterator[Knob]:
    parts = {part: getattr(function.duration, part) for part in WORK}
    if any(map(tabulated, parts.values())) and function.duration_measured_at is not None:
        return  # each memory is a table of its own already

    def sets(factor: float) -> Sets:
        written = {part: DURATIONS.write(scaled(of, factor), Path()) for part, of in parts.items()}
        return ((f"{at}.duration", json.dumps(written)),) if factor != 1 else ()

    yield knob(f"{at}.duration", group, "function time", ("functions", i, "times"), 1.0, TIMES,
               times, sets)  # fmt: skip


def _reserves(scenario: Scenario, name: str) -> list[int]:
    """What of the account others have not taken, at least what is provisioned."""
    least = scenario.functions[name].provisioned_concurrency
    return [each for each in (0, *COUNTS) if least <= each <= _left(scenario, name)]


def _provisions(scenario: Scenario, name: str) -> list[int]:
    """Up to the function's reserve, or to what others have not taken of the account."""
    reserve = scenario.functions[name].reserved_concurrency
    most = _left(scenario, name) if reserve is None else reserve
    return [each for each in (0, *COUNTS) if each <= most]


def _left(scenario: Scenario, name: str) -> int:
    """What of the account is neither the reserve of another function nor provisioned for one without a reserve."""
    others = [each for other, each in scenario.functions.items() if other != name]
    taken = (
        each.provisioned_concurrency if each.reserved_concurrency is None else each.reserved_concurrency
        for each in others
    )
    return scenario.account.concurrency - scenario.account.other_concurrency - sum(taken)


def _failures(scenario: Scenario, function: Function, group: str, at: str, i: int) -> Iterator[Knob]:
    """Of errors and outages that are there, and of one each that may be added."""
    begins_s = sorted({float(round(scenario.duration * part)) for part in BEGINS} | {_quarter_s(scenario)})
    numbered = [*enumerate(function.failures)]
    random = [(j, each) for j, each in numbered if isinstance(each, Random)]
    outages = [(j, each) for j, each in numbered if isinstance(each, Outage)]
    for j, probability in [(j, each.probability) for j, each in random] or [(_place_of_added(function, "random"), 0.0)]:
        yield told_whole(f"{at}.failures.{j}.probability", group, "error rate",
                         ("functions", i, "failures", j, "probability"), probability, PARTS, percent)  # fmt: skip
    shown = [(j, each.from_, each.to - each.from_) for j, each in outages] or [
        (_place_of_added(function, "outage"), _quarter_s(scenario), 0.0)
    ]
    for n, (j, from_s, lasts_s) in enumerate(shown, 1):
        which = f"outage {n}" if len(shown) > 1 else "outage"
        path, id_ = ("functions", i, "failures", j), f"{at}.failures.{j}"
        yield told_whole(
            f"{id_}.lasts", group, f"{which} lasts", (*path, "lasts"), lasts_s, map(float, LASTS_S), lasting
        )
        yield told_whole(f"{id_}.from", group, f"{which} begins", (*path, "from"), from_s, begins_s, moment,
                         needs=((f"{id_}.lasts", 0.0),))  # fmt: skip


def _place_of_added(function: Function, kind: str) -> int:
    """The place in a function's failures of one that a reader may add."""
    return len(function.failures) + _missing(function).index(kind)


def _missing(function: Function) -> list[str]:
    """The kinds of failures that a reader may add to a function, in the order in which they would come."""
    kinds = {"random": Random, "outage": Outage}
    return [kind for kind, of in kinds.items() if not any(isinstance(each, of) for each in function.failures)]


def with_added(recipe: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A recipe with what may be added: failures of functions, a request for shards; without an effect as they are."""
    begin_s = _quarter_s(scenario)
    period = {"from": begin_s, "to": begin_s}
    new = {"random": {"probability": 0.0}, "outage": {**period, "probability": 1.0}}
    for of, function in zip(recipe["functions"], scenario.functions.values(), strict=True):
        of["failures"] += [
            {"kind": kind, **new[kind], "fails_after": 1.0, "added": True} for kind in _missing(function)
        ]
    for stream in recipe["streams"]:
        stream["requests"] += [added_request(scenario)] if not stream["requests"] else []
    return recipe


def _quarter_s(scenario: Scenario) -> float:
    """When an outage begins that a reader adds: a quarter into the traffic, in whole seconds."""
    return float(round(scenario.duration / 4))


def _age(value_s: float) -> str:
    return str(NO_LIMIT) if value_s == NO_LIMIT else seconds(value_s)
