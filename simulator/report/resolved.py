"""scenario.yaml of a result: the resolved scenario as plain data, read with the guards of a scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.reading.documents import fit
from simulator.reading.files import UnreadableError, text
from simulator.reading.scalars import Flag, Number, OneOf, Scalar, Text, Whole, Word, shown
from simulator.reading.shapes import Group, ListOf
from simulator.scenario import nodes
from simulator.scenario.document import UnparsableError, parse
from simulator.scenario.kinds import ScalarKind
from simulator.scenario.overrides import kind_at
from simulator.scenario.place import Place, Problem, UnknownPathError
from simulator.scenario.units import UnitError, parse_duration, parse_number
from simulator.study.objectives import MEASURES

LARGEST_YAML: Final = 32 * 2**20  # bytes: a scenario of 1 MiB, with every field written out
CONSTANTS: Final = {"true": True, "True": True, "false": False, "False": False}


class Duration(Scalar):
    """A time such as 10m."""

    allowed = "a duration"

    def __init__(self, above_s: float = -1.0) -> None:
        self.above_s = above_s

    def fits(self, value: Any) -> bool:
        try:
            return self.above_s < parse_duration(str(value)) <= 1e15
        except UnitError:
            return False


SHARDS: Final = Whole(1, 1_000_000)
NAMED: Final = Group({"name": Text(1)})
STREAM: Final = Group({"shards": SHARDS, "retention": Duration(0)})
FUNCTION: Final = Group({"reserved_concurrency": OneOf(Word("none"), Whole())})
MAPPING: Final = Group(
    {
        "name": Text(1),
        "stream": Text(1),
        "function": Text(1),
        "consumer": Word("polling", "push"),
        "batch_size": Whole(1),
        "parallelization_factor": Whole(1, 1000),
        "maximum_retry_attempts": Whole(-1),
        "bisect_batch_on_function_error": Flag(),
        "report_batch_item_failures": Flag(),
        "on_failure_destination": Flag(),
    }
)
BOUNDS: Final = {"records_lost": Whole(), "cost_per_month": Number(0)}  # of the other objectives: durations
RESOLVED: Final = Group(
    {
        "name": Text(1),
        "description": Text(),
        "duration": Duration(1e-12),  # it is divided by
        "warmup": OneOf(Word("auto"), Duration()),
        "account": Group({"concurrency": Whole(), "other_concurrency": Whole()}),
        "streams": Group(others=STREAM),
        "producers": ListOf(NAMED),
        "functions": Group(others=FUNCTION),
        "event_source_mappings": ListOf(MAPPING),
    },
    known={"objectives": Group(known={name: OneOf(Word("none"), BOUNDS.get(name, Duration())) for name in MEASURES})},
)


@dataclass(frozen=True)
class Resolved:
    """The resolved scenario of a result: its text, and the same as plain data: names, numbers, texts such as 10m."""

    text: str
    data: dict[str, Any]
    root: nodes.Group

    def unfit(self, path: str, value: str) -> str:
        """What is wrong with a value in place of what the scenario has at a path; nothing if it may stand there."""
        problems: list[Problem] = []
        try:
            kind, node = kind_at(self.root, path), parse(value, problems)
            if isinstance(kind, ScalarKind):  # groups name files, which need not be here
                kind.read(node, Place(self.root, Path(), path, problems))
        except UnknownPathError as error:
            return str(error)
        except UnparsableError as error:
            problems.append(error.problem)
        return problems[0].message if problems else ""


def read_resolved(path: Path) -> Resolved:
    """Read the resolved scenario of a result. Raises UnreadableError."""
    found = text(path, LARGEST_YAML)
    if found and not found.endswith("\n"):
        raise UnreadableError(path, "its last line is cut short")
    root = _parsed(path, found)
    data = _plain(root)
    fit(path, data, RESOLVED)
    known = data["streams"], data["functions"]
    for each in data["event_source_mappings"]:
        for names, kind in zip(known, ("stream", "function"), strict=True):
            if each[kind] not in names:
                raise UnreadableError(path, f"there is no {kind} {shown(each[kind])}")
    return Resolved(found, data, root)


def _parsed(path: Path, found: str) -> nodes.Group:
    """The tree of a scenario. Raises UnreadableError for what a scenario may not have, such as an alias."""
    problems: list[Problem] = []
    try:
        root = parse(found, problems)
        if not problems and isinstance(root, nodes.Group):
            return root
        problems.append(Problem("", f"{nodes.shown(root)} is given; allowed: a scenario's fields", mark=root.mark))
    except UnparsableError as error:
        problems.append(error.problem)
    first = problems[0]
    where = f"line {first.mark.line}: " if first.mark and first.mark.line else ""
    raise UnreadableError(path, where + first.message)


def _plain(node: nodes.Node) -> Any:
    """A node as plain data. No time is read as a date, and no name as a number: those are written with quotes."""
    match node:
        case nodes.Group():
            return {name: _plain(entry.node) for name, entry in node.entries.items()}
        case nodes.Items():
            return [_plain(item) for item in node.items]
        case nodes.Scalar(text=word, plain=False):
            return word
        case nodes.Scalar(text=word) if node.is_null:
            return None
        case nodes.Scalar(text=word) if word in CONSTANTS:
            return CONSTANTS[word]
        case nodes.Scalar(text=word):
            return int(word) if re.fullmatch(r"[+-]?[0-9]{1,20}", word) else _number_or(word)


def _number_or(word: str) -> float | str:
    number = parse_number(word)
    return word if number is None else number
