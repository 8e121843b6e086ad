"""CloudFormation's functions: Ref, GetAtt, Sub and the others, as far as a template alone can tell their values.

Nothing is looked up anywhere: what is imported, or a parameter without a default, is Unknown, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.scenario.nodes import shortened
from simulator.twin.said import Unknown
from simulator.twin.sources.resources import Resource, attribute, reference

NO_VALUE: Final = object()  # AWS::NoValue: the property is as if it were not there
PSEUDO: Final[Mapping[str, Any]] = {
    "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws", "AWS::StackName": "stack",
    "AWS::StackId": "stack", "AWS::URLSuffix": "amazonaws.com", "AWS::NotificationARNs": [], "AWS::NoValue": NO_VALUE,
}  # fmt: skip
DEEPEST: Final = 100
LONGEST: Final = 10_000  # characters of a text
VARIABLE: Final = re.compile(r"\$\{(!?)([^}]*)\}")


class Resolver:
    """The values of a template: its parameters, mappings, conditions, and names of its resources."""

    def __init__(
        self,
        parameters: Mapping[str, Any],
        mappings: Mapping[str, Any],
        conditions: Mapping[str, Any],
        resources: Mapping[str, Resource],
    ) -> None:
        self.parameters, self.mappings, self.conditions, self.resources = parameters, mappings, conditions, resources
        self._depth = 0
        self._known: dict[tuple[str, str], Any] = {}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import_value,
        }

    def resolve(self, value: Any) -> Any:
        """A value with all functions in it replaced, by Unknown where that cannot be done."""
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                return Unknown("is nested too deeply")
            return self._resolved(value)
        finally:
            self._depth -= 1

    def condition(self, condition: Any) -> bool | Unknown:
        """Whether a condition holds, by its name or its content."""
        if isinstance(condition, str):
            if condition not in self.conditions:
                return Unknown(f"there is no condition '{shortened(condition)}'")
            return bool_of(self._once("condition", condition, lambda: self._holds(self.conditions[condition])))
        return bool_of(self._holds(condition))

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [found for each in value if (found := self.resolve(each)) is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in self._functions:
                return self._functions[name](argument)
            if str(name).startswith("Fn::"):
                return Unknown(f"{shortened(str(name))} is not worked out")
        found = {name: self.resolve(each) for name, each in value.items()}
        return {name: each for name, each in found.items() if each is not NO_VALUE}

    def _once(self, kind: str, name: str, find: Callable[[], Any]) -> Any:
        """What is found of a name, looked for once; Unknown while it is being looked for: it refers to itself."""
        key = (kind, name)
        if key not in self._known:
            self._known[key] = Unknown(f"'{shortened(name)}' refers to itself")
            self._known[key] = find()
        return self._known[key]

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            return Unknown("Ref names nothing")
        if name in self.parameters:
            return self.parameters[name]
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.resources:
            return self._once("ref", name, lambda: reference(self.resources[name], self.resolve))
        return Unknown(f"there is no '{shortened(name)}' in the template", name)

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else self.resolve(argument)
        if not isinstance(parts, list) or len(parts) < 2 or not all(isinstance(each, str) for each in parts):
            return Unknown("Fn::GetAtt is not as it should be")
        name, wanted = parts[0], ".".join(parts[1:])
        if name not in self.resources:
            return Unknown(f"there is no '{shortened(name)}' in the template", name)
        find = lambda: attribute(self.resources[name], wanted, self.resolve)  # noqa: E731
        return self._once(f"attribute {wanted}", name, find)

    def _sub(self, argument: Any) -> Any:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str) or not isinstance(variables, dict):
            return Unknown("Fn::Sub is not as it should be")
        parts: list[Any] = []
        at = 0
        for match in VARIABLE.finditer(text):
            parts += [text[at : match.start()], self._variable(match, variables)]
            at = match.end()
        return joined("", [*parts, text[at:]])

    def _variable(self, match: re.Match[str], variables: Mapping[str, Any]) -> Any:
        literal, name = match[1], match[2].strip()
        if literal:
            return f"${{{name}}}"
        if name in variables:
            return self.resolve(variables[name])
        return self._get_att(name) if "." in name and name not in self.resources else self._ref(name)

    def _join(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
            return Unknown("Fn::Join is not as it should be")
        parts = self.resolve(argument[1])
        return joined(argument[0], parts) if isinstance(parts, list) else _unknown(parts, "Fn::Join")

    def _select(self, argument: Any) -> Any:
        found = self.resolve(argument)
        index, items = found if isinstance(found, list) and len(found) == 2 else (None, None)
        if not isinstance(items, list):
            return _unknown(items, "Fn::Select")
        number = int(str(index)) if str(index).isdecimal() and len(str(index)) < 10 else -1
        return items[number] if 0 <= number < len(items) else Unknown("Fn::Select selects nothing")

    def _split(self, argument: Any) -> Any:
        found = self.resolve(argument)
        mark, text = found if isinstance(found, list) and len(found) == 2 else (None, None)
        if not isinstance(mark, str) or not mark or not isinstance(text, str):
            return _unknown(text, "Fn::Split")
        return text.split(mark)

    def _find_in_map(self, argument: Any) -> Any:
        keys = self.resolve(argument)
        found: Any = self.mappings
        for key in keys[:3] if isinstance(keys, list) else [None]:
            if isinstance(key, Unknown):
                return key
            found = found.get(str(key)) if isinstance(found, dict) else None
        if found is None and isinstance(keys, list) and len(keys) == 4 and isinstance(keys[3], dict):
            found = keys[3].get("DefaultValue")
        return Unknown("Fn::FindInMap finds nothing") if found is None else found

    def _if(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:
            return Unknown("Fn::If is not as it should be")
        holds = self.condition(argument[0])
        return holds if isinstance(holds, Unknown) else self.resolve(argument[1] if holds else argument[2])

    def _import_value(self, argument: Any) -> Any:
        name = self.resolve(argument)
        shown = name if isinstance(name, str) else name.name if isinstance(name, Unknown) else ""
        return Unknown(f"is imported from another stack ('{shortened(shown)}')", shown)

    def _holds(self, condition: Any) -> Any:
        if isinstance(condition, bool):
            return condition
        if not isinstance(condition, dict) or len(condition) != 1 or self._depth > DEEPEST:
            return Unknown("a condition is not as it should be")
        name, argument = next(iter(condition.items()))
        if name == "Condition":
            return self.condition(argument) if isinstance(argument, str) else Unknown("Condition names nothing")
        parts = argument if isinstance(argument, list) else [argument]
        if name == "Fn::Equals" and len(parts) == 2:
            return _equal(self.resolve(parts[0]), self.resolve(parts[1]))
        self._depth += 1
        holding = [self._holds(each) for each in parts]
        self._depth -= 1
        return _combined(str(name), holding)


def joined(mark: str, parts: list[Any]) -> Any:
    """Texts, numbers and so on as one text; or the first of them that is unknown."""
    unknown = next((each for each in parts if isinstance(each, Unknown)), None)
    if unknown is not None:
        return unknown
    if not all(isinstance(each, str | int | float) for each in parts):
        return Unknown("a text is put together from what is no text")
    words = [str(each).lower() if isinstance(each, bool) else str(each) for each in parts]
    if sum(map(len, words)) + len(mark) * len(words) > LONGEST:
        return Unknown(f"a text has more than {LONGEST:,} characters")
    return mark.join(words)


def bool_of(holds: Any) -> bool | Unknown:
    """Whether something holds, or that it is unknown."""
    return holds if isinstance(holds, bool | Unknown) else Unknown("a condition is not as it should be")


def _equal(a: Any, b: Any) -> bool | Unknown:
    texts = (joined("", [a]), joined("", [b]))
    unknown = next((each for each in texts if isinstance(each, Unknown)), None)
    return unknown or bool(texts[0] == texts[1])


def _combined(name: str, holding: list[Any]) -> bool | Unknown:
    unknown = next((each for each in holding if isinstance(each, Unknown)), None)
    if name == "Fn::Not" and len(holding) == 1:
        return unknown or not bool(holding[0])
    if name == "Fn::And":
        return False if False in holding else unknown or True
    if name == "Fn::Or":
        return True if True in holding else unknown or False
    return Unknown(f"{shortened(name)} is no condition")


def _unknown(value: Any, function: str) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown(f"{function} is not as it should be")
