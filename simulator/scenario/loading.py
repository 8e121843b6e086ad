"""From a scenario file to a Scenario, or to everything that is wrong with it."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from simulator.scenario.advice import advice
from simulator.scenario.defaults import completed
from simulator.scenario.document import UnparsableError, parse, read_text
from simulator.scenario.faults import Fault, ScenarioError, errors
from simulator.scenario.foreign import foreign, foreign_text
from simulator.scenario.names import SCENARIO_NAME
from simulator.scenario.nodes import Group, Mark, shortened, shown, visible
from simulator.scenario.overrides import Overrides, overridden, pairs
from simulator.scenario.place import MOST_PROBLEMS, Place, Problem, TooManyProblemsError
from simulator.scenario.rules import broken_rules
from simulator.scenario.settings import unfit_settings
from simulator.scenario.spec import SCENARIO, Scenario

LONGEST_FIELD = 300  # characters of a field's path that are told


def load(path: str | Path, overrides: Overrides = ()) -> Scenario:
    """The scenario of a file, with `overrides` such as `("streams.clicks.shards", "8")` in place of what it says.

    Every name and stop is filled in, and traces, weights and values are read. Raises ScenarioError with all faults.
    """
    scenario, faults = examine(path, overrides)
    if scenario is None:
        raise ScenarioError(faults)
    return scenario


def check(path: str | Path, overrides: Overrides = ()) -> list[Fault]:
    """All errors and warnings of a file, in order of line. Never raises for what is in the file."""
    return examine(path, overrides)[1]


def examine(path: str | Path, overrides: Overrides = ()) -> tuple[Scenario | None, list[Fault]]:
    """The scenario, or None when it has errors; and its errors and warnings in order of line."""
    try:
        text = read_text(Path(path))
    except UnparsableError as error:
        return None, [_fault(error.problem, str(path), (), {})]
    return examine_text(text, path, overrides)


def examine_text(text: str, path: str | Path, overrides: Overrides = ()) -> tuple[Scenario | None, list[Fault]]:
    """As `examine`, of a text that was read before; its CSV files are looked for beside `path`."""
    scenario, problems, marks = _interpreted(text, Path(path), overrides)
    lines = text.splitlines()
    faults = sorted((_fault(each, str(path), lines, marks) for each in problems), key=_order)
    return (None if errors(faults) else scenario), faults


def _interpreted(text: str, path: Path, overrides: Overrides) -> tuple[Scenario | None, list[Problem], dict[str, Mark]]:
    """The scenario, what is wrong with it, and where each field was written."""
    problems: list[Problem] = []
    try:
        root = parse(text, problems)
    except UnparsableError as error:
        what = foreign_text(text)
        return None, [_foreign(what)] if what else [*problems, error.problem], {}
    if what := foreign(root) if isinstance(root, Group) else foreign_text(text):
        return None, [_foreign(what)], {}
    root = overridden(root, pairs(overrides), problems)
    if not isinstance(root, Group):
        problem = Problem("", f"{shown(root)} is given; allowed: a scenario's fields", mark=root.mark)
        return None, [*problems, problem], {}
    place = Place(root, path.resolve().parent, problems=problems)
    try:
        scenario = completed(SCENARIO.read(root, place), SCENARIO_NAME.nearest(path.stem) or "scenario")
    except TooManyProblemsError:
        return None, problems, place.marks
    problems.extend(islice(broken_rules(scenario), MOST_PROBLEMS))
    if not problems:
        problems.extend(islice(unfit_settings(scenario.search, place), MOST_PROBLEMS))
    if not problems:
        problems.extend(islice(advice(scenario), MOST_PROBLEMS))
    return scenario, problems, place.marks


def _foreign(what: str) -> Problem:
    """One line, whatever else a scenario may not have is in such a file."""
    return Problem("", f"is {what}, not a scenario", "make one of it with shardsim import", mark=Mark(0, 0))


def _fault(problem: Problem, path: str, lines: Sequence[str], marks: Mapping[str, Mark]) -> Fault:
    mark = problem.mark or nearest_mark(problem.field, marks)
    return Fault(
        path=mark.source or path,
        line=mark.line,
        column=mark.column,
        field=shortened(problem.field, LONGEST_FIELD),
        message=visible(problem.message),
        hint=visible(problem.hint),
        severity=problem.severity,
        excerpt=lines[mark.line - 1] if 0 < mark.line <= len(lines) else "",
    )


def nearest_mark(field: str, marks: Mapping[str, Mark]) -> Mark:
    """Where a field was written, or the nearest group around it."""
    while field and field not in marks:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return marks.get(field, Mark(1, 1))


def _order(fault: Fault) -> tuple[bool, int, int]:
    """By place in the file, what the command line set last."""
    return fault.path.startswith("--set "), fault.line, fault.column
