"""The settings that a scenario's `search` names are checked like those of --set, one by one.

What needs several fields to see is found when a study tries them together.
"""

from collections.abc import Iterator
from dataclasses import replace

from simulator.scenario.document import UnparsableError, parse
from simulator.scenario.kinds import Kind
from simulator.scenario.overrides import UnknownPathError, kind_at
from simulator.scenario.place import Place, Problem, TooManyProblemsError, joined
from simulator.scenario.spec import Search

MOST_VALUES = 10_000  # as many settings as a study tries


def unfit_settings(search: Search, place: Place) -> Iterator[Problem]:
    """What is wrong with the paths and the values of a search in the scenario read at `place`."""
    if (total := sum(map(len, search.vary.values()))) > MOST_VALUES:
        yield Problem("search.vary", f"has {total:,} values in all; allowed: {MOST_VALUES:,}")
        return
    for path, values in search.vary.items():
        field = joined("search.vary", path)
        try:
            kind = kind_at(place.root, path)
        except UnknownPathError as error:
            yield Problem(field, str(error), error.hint)
            continue
        for i, text in enumerate(values):
            yield from _unfit(kind, text, joined(field, i), place)


def _unfit(kind: Kind, text: str, field: str, place: Place) -> Iterator[Problem]:
    problems: list[Problem] = []
    try:
        value = parse(text, problems)
        kind.read(value, replace(place, problems=problems, marks={}).at(field, value.mark))
    except UnparsableError as error:
        problems.append(error.problem)
    except TooManyProblemsError:
        pass  # a thousand are told
    for problem in problems:
        yield replace(problem, field=problem.field or field, mark=None)
