"""What a study may change when it looks for a better setting."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from simulator.scenario.bounds import SHARDS
from simulator.scenario.forms import ListOf, TableOf
from simulator.scenario.kinds import ScalarKind, Schema, Text, UnfitError
from simulator.scenario.nodes import Items, Node, Type
from simulator.scenario.place import Place
from simulator.scenario.ranges import WHOLE, WRITTEN, RangeError, ranged
from simulator.scenario.records import Doc
from simulator.scenario.units import parse_number

COUNT: Final = "[1-9][0-9]{0,3}|10000"  # SHARDS as a pattern
STEPS: Final = "(?: */ *[1-9][0-9]{0,8})?"


class ShardCounts(ScalarKind):
    """Numbers of shards, in ascending order, each once: of a range such as 1-16, a single number or a list."""

    allowed = f"a range such as 1-16 or 2-16/2, or a list, of {SHARDS.allowed}"
    _list = ListOf(SHARDS)

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, Items):
            return tuple(sorted(set(self._list.read(node, place))))
        return super().read(node, place)

    def parse(self, text: str) -> tuple[int, ...]:
        if parse_number(text) is not None:
            return (int(SHARDS.parse(text)),)
        numbers = _range(text)
        if numbers is None:
            raise UnfitError("is no range")
        if not (SHARDS.holds(numbers.start) and SHARDS.holds(numbers.stop - 1)):
            raise UnfitError("is out of range")
        return tuple(numbers)

    def takes(self, text: str, type_: Type) -> bool:
        return type_ == ("string" if parse_number(text) is None else "number")

    def write(self, value: Any, folder: Path) -> list[Any]:
        return self._list.write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        text = {"type": "string", "pattern": f"^(?:{COUNT}) *- *(?:{COUNT}){STEPS}$"}
        return {"anyOf": [text, SHARDS.schema(definitions), self._list.schema(definitions)]}

    def accepts(self, value: Any) -> bool:
        return self._list.accepts(value)


class Setting(Text):
    """A value as it stands after `--set PATH=`: kept as text, and checked by the field that it is for."""

    allowed = "a single value, or in quotes a list or a group"

    def takes(self, text: str, type_: Type) -> bool:
        return True

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [super().schema(definitions), {"type": "number"}, {"type": "boolean"}]}


class Settings(ScalarKind):
    """Values of a field, and ranges of whole numbers, as texts: a list of them, or a single range."""

    allowed = "a list, or a range of whole numbers such as 100-500/100"
    _list = ListOf(Setting())

    def read(self, node: Node, place: Place) -> Any:
        return self._list.read(node, place) if isinstance(node, Items) else super().read(node, place)

    def parse(self, text: str) -> tuple[str, ...]:
        if _range(text) is None:
            raise UnfitError("is given")
        return (text,)

    def write(self, value: Any, folder: Path) -> list[Any]:
        return self._list.write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        text = {"type": "string", "pattern": f"^(?:{WHOLE}) *- *(?:{WHOLE}){STEPS}$"}
        return {"anyOf": [text, self._list.schema(definitions)]}

    def accepts(self, value: Any) -> bool:
        return self._list.accepts(value)


def _range(text: str) -> range | None:
    """The numbers of a range; None for any other text. Raises UnfitError."""
    try:
        return ranged(text)
    except RangeError as error:
        raise UnfitError(error.why, WRITTEN) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The settings that `size` and `compare` may try."""

    shards: Annotated[
        tuple[int, ...],
        ShardCounts(),
        Doc("Numbers of shards to try, of every stream.", default="as the streams have"),
    ] = ()
    vary: Annotated[
        dict[str, tuple[str, ...]],
        TableOf(Text(longest=1000), Settings()),
        Doc(
            "Values to try by the field's path, as in --set, such as batch_size: [50, 100-500/100] for all mappings.",
            default="none",
        ),
    ] = field(default_factory=dict)
