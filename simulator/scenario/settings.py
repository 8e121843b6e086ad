"""The settings that a scenario's `search` names are checked like those of --set, one by one.

What needs several fields to see is found when a study tries them together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from simulator.scenario.document import UnparsableError, parse
from simulator.scenario.kinds import Kind
from simulator.scenario.overrides import kind_at
from simulator.scenario.place import Place, Problem, TooManyProblemsError, UnknownPathError, joined
from simulator.scenario.ranges import RangeError, spread
from simulator.scenario.short_names import full_paths
from simulator.scenario.spec import Search

MOST_VALUES = 10_000  # as many settings as a study tries


def unfit_settings(search: Search, place: Place) -> Iterator[Problem]:
    """What is wrong with the paths and the values of a search in the scenario read at `place`."""
    problems: list[Problem] = []
    spreads = {path: _spread(texts, joined("search.vary", path), problems) for path, texts in search.vary.items()}
    yield from problems
    if (total := sum(len(each) for values in spreads.values() for each in values)) > MOST_VALUES:
        yield Problem("search.vary", f"has {total:,} values in all; allowed: {MOST_VALUES:,}")
        return
    for path, values in spreads.items():
        field = joined("search.vary", path)
        try:
            kinds = [kind_at(place.root, each) for each in full_paths(place.root, path)]
        except UnknownPathError as error:
            yield Problem(field, str(error), error.hint)
            continue
        for i, texts in enumerate(values):
            for text in map(str, texts):
                yield from _unfit(kinds[0], text, joined(field, i), place)


def _spread(texts: Sequence[str], field: str, problems: list[Problem]) -> list[range | tuple[str, ...]]:
    """The values of each text; of one that is nearly a range none, and that is added to the problems."""
    found: list[range | tuple[str, ...]] = []
    for i, text in enumerate(texts):
        try:
            found.append(spread(text))
        except RangeError as error:
            problems.append(Problem(joined(field, i), str(error)))
            found.append(())
    return found


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
