"""What a field of a scenario means: the reference of all fields, made from the scenario's classes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.scenario.aws_names import aws_hint
from simulator.scenario.forms import Forms, ListOf, MapOf, NoneOr, Tagged, Under
from simulator.scenario.kinds import Kind
from simulator.scenario.place import did_you_mean, joined
from simulator.scenario.records import Described, Record
from simulator.scenario.spec import SCENARIO


class UnknownFieldError(ValueError):
    """There is no such field; the message names the nearest ones."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a field. `aws` and `source` are empty where AWS has no such setting."""

    path: str
    text: str
    unit: str
    allowed: str
    default: str
    aws: str
    source: str

    def __str__(self) -> str:
        facts = {
            "unit": self.unit,
            "allowed": self.allowed,
            "default": self.default,
            "AWS": self.aws,
            "source": self.source,
        }
        lines = [f"  {name + ':':<9}{fact}" for name, fact in facts.items() if fact]
        return "\n".join([self.path, f"  {self.text}", *lines])


def explain(field: str) -> list[Explanation]:
    """The fields of that name or path, such as `batch_size` or `polling.interval`. Raises UnknownFieldError."""
    wanted = re.sub(r"\[\d+\]|\.\d+(?=\.|$)", "", field)
    found = [each for each in all_fields() if each.path == wanted or each.path.endswith(f".{wanted}")]
    if not found:
        raise UnknownFieldError(_unknown(field, wanted))
    exact = [each for each in found if each.path == wanted]
    return exact or found


def all_fields() -> list[Explanation]:
    """Every field of a scenario, in the order of the file."""
    return list(_below(SCENARIO, ""))


def _unknown(field: str, wanted: str) -> str:
    paths = [each.path for each in all_fields()]
    last = {path.rpartition(".")[2]: path for path in reversed(paths)}
    name = wanted.rpartition(".")[2]
    hint = aws_hint(name) or did_you_mean(wanted, paths if "." in wanted else last) or did_you_mean(name, last)
    return f"there is no field '{field}'" + (f"; {hint}" if hint else "")


def _below(kind: Kind, path: str) -> Iterator[Explanation]:
    match kind:
        case Record():
            for name, each in kind.fields.items():
                yield _explained(each, joined(path, name))
                yield from _below(each.kind, joined(path, name))
        case ListOf() | MapOf():
            yield from _below(kind.kind, path)
        case Under():
            yield from _below(kind.kind, joined(path, kind.key))
        case NoneOr():
            yield from _below(kind.group, path)
        case Forms():
            for form in kind.groups.values():
                yield from _below(form, path)
        case Tagged():
            for name, group in kind.groups.items():
                yield from _below(group, joined(path, name))


def _explained(each: Described, path: str) -> Explanation:
    doc = each.doc
    return Explanation(path, doc.text, each.kind.unit, each.kind.allowed, each.default_text, doc.aws, doc.source)
