"""What all sources together say of each thing: where they differ the running system is believed, then the state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.scenario.nodes import shortened
from simulator.twin.found import Kind, Remark, Thing, warning
from simulator.twin.said import Place, Said


@dataclass(frozen=True, slots=True)
class Known:
    """A thing, and what is known of it.

    described: the place that tells all of its settings, so that what is not there has AWS's default; None where there
    is no such place.
    """

    kind: Kind
    key: tuple[str, ...]
    place: Place
    described: Place | None
    settings: Mapping[str, Said]

    def get(self, name: str) -> Said | None:
        """What is said of a setting."""
        return self.settings.get(name)

    def value(self, name: str) -> object:
        """A setting's value; None if it is not known."""
        said = self.settings.get(name)
        return said.value if said and said.known else None


def merged(things: Sequence[Thing]) -> tuple[list[Known], list[Remark]]:
    """Each thing once, in the order of the sources' rank; and warnings about conflicts."""
    remarks: list[Remark] = []
    groups: dict[tuple[Kind, tuple[str, ...]], list[Thing]] = defaultdict(list)
    for each in _one_qualifier(sorted(things, key=lambda thing: thing.place.rank)):
        groups[each.kind, each.key].append(each)
    return [_together(kind, key, group, remarks) for (kind, key), group in groups.items()], remarks


def _one_qualifier(things: Iterable[Thing]) -> list[Thing]:
    """A mapping that sources name by several versions of its function is one, unless one source names several."""
    found = []
    first: dict[tuple[str, ...], Thing] = {}
    for each in things:
        if each.kind == "mapping":
            best = first.setdefault(each.key[:3], each)
            if best.place.rank < each.place.rank:
                each = Thing(each.kind, best.key, each.place, each.settings, each.made_up, each.whole)
        found.append(each)
    return found


def _together(kind: Kind, key: tuple[str, ...], group: Sequence[Thing], remarks: list[Remark]) -> Known:
    settings: dict[str, Said] = {}
    for thing in group:
        for name, said in thing.settings.items():
            best = settings.get(name)
            if best is None or (said.known and not best.known):
                settings[name] = said
            elif said.known and best.known and said.value != best.value:
                remarks.append(_conflict(kind, key, name, best, said))
    described = next((each.place for each in group if each.whole), None)
    return Known(kind, key, group[0].place, described, settings)


def _conflict(kind: Kind, key: tuple[str, ...], name: str, best: Said, other: Said) -> Remark:
    what = f"{kind} {' '.join(part for part in key if part)}: {name}"
    why = f"{best.place.rank.noun} goes before {other.place.rank.noun}"
    if best.place.rank == other.place.rank:
        why = "the first is taken"
    values = f"{_shown(best)} ({best.place}), and {_shown(other)} ({other.place})"
    return warning(f"{what} is {values}; {why}")


def _shown(said: Said) -> str:
    return "none" if said.value in (None, []) else shortened(str(said.value))
