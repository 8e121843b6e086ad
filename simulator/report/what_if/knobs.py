"""The settings that a reader may move: what each may be, what it is today, and what `--set` it stands for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from simulator.kernel.recipe import MANTISSAS, MEMORIES, WORK, memory_sizes, tabulated
from simulator.report.numbers import seconds as time_words
from simulator.report.numbers import size
from simulator.scenario.distributions import DURATIONS
from simulator.scenario.explain import all_fields
from simulator.scenario.memory import scaled
from simulator.scenario.scaling import scaled_traffic
from simulator.scenario.spec import EventSourceMapping, Function, Outage, Random, Scenario, Sine, UniqueKeys

Value = float | str | bool | None
Sets = tuple[tuple[str, str], ...]
Place = tuple[str | int, ...]

TRAFFIC: Final = (
    0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0,
)  # fmt: skip
TIMES: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
POWERS: Final = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # tables times these are exact
COUNTS: Final = (
    *range(1, 11), 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448,
    512, 640, 768, 896, 1000,
)  # fmt: skip
BATCHES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000)
WINDOWS_S: Final = (0, 1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300)
RETRIES: Final = (0, 1, 2, 3, 5, 10, 20, 50, 100, 1000, 10000)
AGES_S: Final = (60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 259200, 604800)
PARTS: Final = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
BEGINS: Final = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # parts of the traffic
KEPT_D: Final = (1, 2, 3, 7, 14, 30, 90, 365)
TIMEOUTS_S: Final = (1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 600, 900)
LASTS_S: Final = (0, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
NO_LIMIT: Final = -1
PLAIN: Final = re.compile("[A-Za-z0-9_.-]+")  # a name that a path may hold; others are told by their number
MOST_NAMES: Final = 50_000  # keys of a producer: which shard each belongs to is found anew at every move


@dataclass(frozen=True)
class Step:
    """A value that a setting may have, in words, and the overrides it stands for."""

    value: Value
    told: str
    sets: Sets


@dataclass(frozen=True)
class Knob:
    """One setting. `path`: where it stands in the recipe; `today`: which of its steps it has."""

    id: str
    group: str
    label: str
    path: Place
    steps: tuple[Step, ...]
    today: int
    allowed: str = ""
    aws: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def knobs(scenario: Scenario) -> list[Knob]:
    """All that a reader may move in a scenario."""
    return [
        *_traffic(scenario),
        *_streams(scenario),
        *(knob for i, each in enumerate(scenario.event_source_mappings) for knob in _mapping(i, each)),
        *(knob for i, name in enumerate(scenario.functions) for knob in _function(scenario, i, name)),
    ]


def _of(
    id_: str, group: str, label: str, path: Place, today: Value, values: Iterable[Value],
    told: Callable[[Any], str], sets: Callable[[Any], Sets], explained: str = "",
) -> Knob:  # fmt: skip
    """A setting with all these values, and the one of today among them, in order."""
    found = sorted({*values, today}, key=_place)
    field = _explained(explained) if explained else None
    return Knob(
        id_, group, label, path, tuple(Step(each, told(each), sets(each)) for each in found), found.index(today),
        field.allowed if field else "", field.aws if field else "",
    )  # fmt: skip


def _place(value: Any) -> float:
    """Numbers ascend; no limit comes last."""
    return math.inf if value in (NO_LIMIT, None) else float(value)


@cache
def _explanations() -> dict[str, Any]:
    return {each.path: each for each in all_fields()}


def _explained(path: str) -> Any:
    return _explanations()[path]


def _traffic(scenario: Scenario) -> Iterator[Knob]:
    if not scenario.producers:
        return
    waves = any(isinstance(each.rate, Sine) for each in scenario.producers)
    exact = {mantissa * 2.0**power for mantissa in MANTISSAS for power in range(-3, 3)}
    values = [each for each in (exact if waves else TRAFFIC) if TRAFFIC[0] <= each <= TRAFFIC[-1]]
    yield _of(
        "traffic", "Traffic", "traffic", ("traffic",), 1.0, values, _factor,
        lambda times: scaled_traffic(scenario, times) if times != 1 else (),
    )  # fmt: skip


def _factor(times: float) -> str:
    return "as it is" if times == 1 else f"{times:g} times"


def _streams(scenario: Scenario) -> Iterator[Knob]:
    for i, (name, stream) in enumerate(scenario.streams.items()):
        group, at = f"Stream {name}", f"streams.{name}"
        if all(_names(each.partition_keys) <= MOST_NAMES for each in scenario.producers if each.stream == name):
            values = [each for each in COUNTS if each <= max(16, 4 * stream.shards)]
            yield _plain(f"{at}.shards", group, "shards", ("streams", i, "shards"), stream.shards, values, _count,
                         "streams.shards")  # fmt: skip
        yield _plain(f"{at}.retention", group, "retention", ("streams", i, "retention_s"), stream.retention,
                     (24 * 3600.0 * days for days in KEPT_D), _time, "streams.retention", _seconds)  # fmt: skip


def _names(keys: Any) -> int:
    if isinstance(keys, UniqueKeys):
        return 0
    return int(keys.count) if hasattr(keys, "count") and isinstance(keys.count, int) else len(keys.keys)


def _plain(
    id_: str, group: str, label: str, path: Place, today: Value, values: Iterable[Value], told: Callable[[Any], str],
    explained: str, written: Callable[[Any], str] = str,
) -> Knob:  # fmt: skip
    """A setting that is one field of the scenario."""
    return _of(id_, group, label, path, today, values, told, lambda value: ((id_, written(value)),), explained)


def _mapping(i: int, mapping: EventSourceMapping) -> Iterator[Knob]:
    group = f"Mapping {mapping.name}"
    at = f"event_source_mappings.{mapping.name if PLAIN.fullmatch(mapping.name) else i}"

    def plain(
        field: str, key: str, label: str, today: Value, values: Iterable[Value], told: Callable[[Any], str] = str,
        written: Callable[[Any], str] = str,
    ) -> Knob:  # fmt: skip
        id_, path = f"{at}.{field}", ("mappings", i, key)
        return _plain(id_, group, label, path, today, values, told, f"event_source_mappings.{field}", written)

    def flag(field: str, key: str, label: str, today: bool) -> Knob:
        return plain(field, key, label, today, (False, True), _on_off, lambda value: str(value).lower())

    yield plain("batch_size", "batch_size", "batch size", mapping.batch_size, BATCHES, _count)
    yield plain("maximum_batching_window", "window_s", "batching window", mapping.maximum_batching_window,
                map(float, WINDOWS_S), _time, _seconds)  # fmt: skip
    yield plain("parallelization_factor", "parallelization_factor", "parallelization factor",
                mapping.parallelization_factor, range(1, 11))  # fmt: skip
    id_, path = f"{at}.consumer", ("mappings", i, "consumer")
    ways = ("polling", "push")
    field = _explained("event_source_mappings.consumer")
    yield Knob(id_, group, "read by", path, tuple(Step(each, each, ((id_, each),)) for each in ways),
               ways.index(mapping.consumer), field.allowed, field.aws)  # fmt: skip
    yield plain("maximum_retry_attempts", "retries", "retries", mapping.maximum_retry_attempts, (*RETRIES, NO_LIMIT),
                _limited(_count))  # fmt: skip
    yield plain("maximum_record_age", "record_age_s", "record age", mapping.maximum_record_age,
                (*map(float, AGES_S), NO_LIMIT), _limited(_time), _age)  # fmt: skip
    yield flag("bisect_batch_on_function_error", "bisect", "bisect on error", mapping.bisect_batch_on_function_error)
    yield flag("report_batch_item_failures", "partial", "partial response", mapping.report_batch_item_failures)
    yield flag("on_failure_destination", "destination", "on-failure destination", mapping.on_failure_destination)


def _function(scenario: Scenario, i: int, name: str) -> Iterator[Knob]:
    function, group, at = scenario.functions[name], f"Function {name}", f"functions.{name}"
    yield from _times(function, group, at, i)
    sizes = memory_sizes(function) if function.duration_measured_at else sorted({*MEMORIES, function.memory})
    yield _plain(f"{at}.memory", group, "memory", ("functions", i, "memory"), function.memory, sizes,
                 lambda value: size(value), "functions.memory", lambda value: f"{value // 2**20}MiB")  # fmt: skip
    yield _plain(f"{at}.reserved_concurrency", group, "reserved concurrency", ("functions", i, "reserved"),
                 function.reserved_concurrency, (*_reserves(scenario, name), None),
                 lambda value: "none" if value is None else _count(value), "functions.reserved_concurrency",
                 lambda value: "none" if value is None else str(value))  # fmt: skip
    yield _plain(f"{at}.provisioned_concurrency", group, "provisioned concurrency", ("functions", i, "provisioned"),
                 function.provisioned_concurrency, _provisions(scenario, name), _count,
                 "functions.provisioned_concurrency")  # fmt: skip
    yield _plain(f"{at}.timeout", group, "timeout", ("functions", i, "timeout_s"), function.timeout,
                 map(float, TIMEOUTS_S), _time, "functions.timeout", _seconds)  # fmt: skip
    yield from _failures(scenario, function, group, at, i)


def _times(function: Function, group: str, at: str, i: int) -> Iterator[Knob]:
    parts = {part: getattr(function.duration, part) for part in WORK}
    table = any(map(tabulated, parts.values()))
    if table and function.duration_measured_at is not None:
        return  # each memory is a table of its own already

    def sets(times: float) -> Sets:
        written = {part: DURATIONS.write(scaled(of, times), Path()) for part, of in parts.items()}
        return ((f"{at}.duration", json.dumps(written)),) if times != 1 else ()

    yield _of(f"{at}.duration", group, "function time", ("functions", i, "times"), 1.0, POWERS if table else TIMES,
              _factor, sets)  # fmt: skip


def _reserves(scenario: Scenario, name: str) -> list[int]:
    """What of the account is not the reserve of another function, at least what is provisioned."""
    others = [each for other, each in scenario.functions.items() if other != name]
    taken = sum(
        each.provisioned_concurrency if each.reserved_concurrency is None else each.reserved_concurrency
        for each in others
    )
    left = scenario.account.concurrency - scenario.account.other_concurrency - taken
    least = scenario.functions[name].provisioned_concurrency
    return [each for each in (0, *COUNTS) if least <= each <= left]


def _provisions(scenario: Scenario, name: str) -> list[int]:
    """Up to the function's reserve, or to what the account has."""
    reserve, account = scenario.functions[name].reserved_concurrency, scenario.account
    most = account.concurrency - account.other_concurrency if reserve is None else reserve
    return [each for each in (0, *COUNTS) if each <= most]


def _failures(scenario: Scenario, function: Function, group: str, at: str, i: int) -> Iterator[Knob]:
    """Of errors and outages that are there, and of one each that may be added."""
    begins_s = sorted({float(round(scenario.duration * part)) for part in BEGINS} | {_quarter_s(scenario)})
    numbered = [*enumerate(function.failures)]
    random = [(j, each) for j, each in numbered if isinstance(each, Random)]
    outages = [(j, each) for j, each in numbered if isinstance(each, Outage)]
    for j, probability in [(j, each.probability) for j, each in random] or [(_place_of_added(function, "random"), 0.0)]:
        yield _failure(at, group, "error rate", (i, j, "probability"), probability, PARTS, _percent)
    shown = [(j, each.from_, each.to - each.from_) for j, each in outages] or [
        (_place_of_added(function, "outage"), _quarter_s(scenario), 0.0)
    ]
    for n, (j, from_s, lasts_s) in enumerate(shown, 1):
        which = f"outage {n}" if len(shown) > 1 else "outage"
        yield _failure(at, group, f"{which} begins", (i, j, "from"), from_s, begins_s, _moment)
        yield _failure(at, group, f"{which} lasts", (i, j, "lasts"), lasts_s, map(float, LASTS_S), _time)


def _place_of_added(function: Function, kind: str) -> int:
    """The place in a function's failures of one that a reader may add."""
    return len(function.failures) + _missing(function).index(kind)


def _missing(function: Function) -> list[str]:
    """The kinds of failures that a reader may add to a function, in the order in which they would come."""
    kinds = {"random": Random, "outage": Outage}
    return [kind for kind, of in kinds.items() if not any(isinstance(each, of) for each in function.failures)]


def _failure(
    at: str, group: str, label: str, where: tuple[int, int, str], today: float, values: Iterable[float],
    told: Callable[[Any], str],
) -> Knob:  # fmt: skip
    """What it stands for is told for all failures of the function together (changed.js)."""
    i, j, field = where
    path = ("functions", i, "failures", j, field)
    return _of(f"{at}.failures.{j}.{field}", group, label, path, today, values, told, lambda _: ())


def with_added(recipe: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A recipe with the failures that may be added to its functions: without an effect as they are."""
    begin_s = _quarter_s(scenario)
    period = {"from": begin_s, "to": begin_s}
    new = {"random": {"probability": 0.0}, "outage": {**period, "probability": 1.0}}
    for of, function in zip(recipe["functions"], scenario.functions.values(), strict=True):
        of["failures"] += [
            {"kind": kind, **new[kind], "fails_after": 1.0, "added": True} for kind in _missing(function)
        ]
    return recipe


def _quarter_s(scenario: Scenario) -> float:
    """When an outage begins that a reader adds: a quarter into the traffic, in whole seconds."""
    return float(round(scenario.duration / 4))


def _count(value: float) -> str:
    return f"{value:,}"


def _time(value_s: float) -> str:
    return "none" if value_s == 0 else time_words(value_s)


def _moment(value_s: float) -> str:
    return "at once" if value_s == 0 else f"after {time_words(value_s)}"


def _percent(part: float) -> str:
    return f"{100 * part:g} %" if part else "none"


def _on_off(value: bool) -> str:
    return "on" if value else "off"


def _limited(told: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "no limit" if value == NO_LIMIT else told(value)


def _seconds(value_s: float) -> str:
    return f"{value_s!r}s"


def _age(value_s: float) -> str:
    return str(NO_LIMIT) if value_s == NO_LIMIT else _seconds(value_s)
