"""What a study may change when it looks for a better setting."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from simulator.scenario.bounds import SHARDS
from simulator.scenario.forms import ListOf, TableOf
from simulator.scenario.kinds import ScalarKind, Schema, Text, UnfitError
from simulator.scenario.nodes import Items, Node, Type
from simulator.scenario.place import Place
from simulator.scenario.records import Doc
from simulator.scenario.units import parse_number

COUNT: Final = "[1-9][0-9]{0,3}|10000"  # SHARDS as a pattern
RANGE: Final = re.compile(r"(0|[1-9][0-9]{0,8}) *- *(0|[1-9][0-9]{0,8})")


class ShardCounts(ScalarKind):
    """Numbers of shards, in ascending order, each once: of a range such as 1-16, a single number or a list."""

    allowed = f"a range such as 1-16, or a list, of {SHARDS.allowed}"
    _list = ListOf(SHARDS)

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, Items):
            return tuple(sorted(set(self._list.read(node, place))))
        return super().read(node, place)

    def parse(self, text: str) -> tuple[int, ...]:
        if parse_number(text) is not None:
            return (int(SHARDS.parse(text)),)
        match = RANGE.fullmatch(text)
        if match is None:
            raise UnfitError("is no range")
        low, high = sorted((int(match[1]), int(match[2])))
        if not (SHARDS.holds(low) and SHARDS.holds(high)):
            raise UnfitError("is out of range")
        return tuple(range(low, high + 1))

    def takes(self, text: str, type_: Type) -> bool:
        return type_ == ("string" if parse_number(text) is None else "number")

    def write(self, value: Any, folder: Path) -> list[Any]:
        return self._list.write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        text = {"type": "string", "pattern": f"^(?:{COUNT}) *- *(?:{COUNT})$"}
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
        TableOf(Text(longest=1000), ListOf(Setting())),
        Doc(
            "Values to try by the field's path, as in --set, such as event_source_mappings.0.batch_size: [100, 500].",
            default="none",
        ),
    ] = field(default_factory=dict)
