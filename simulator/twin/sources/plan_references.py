"""Values that a plan of Terraform does not know yet: which resource each is going to be of, by the configuration.

`event_source_arn = aws_kinesis_stream.orders.arn` is unknown until the stream is there; the plan tells the expression's
references, and the stream's name. References go through variables of modules and outputs of modules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from simulator.twin.said import Unknown
from simulator.twin.sources.resources import ACCOUNT

MOST_STEPS: Final = 20
INDEX: Final = re.compile(r"\[[^\]]*\]")
MODULE: Final = re.compile(r"module\.([^.\[]+)(?:\[[^\]]*\])?\.")
RESOURCE: Final = re.compile(r"((?:data\.)?aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)(\[[^\]]*\])?")
ARN_OF: Final = {"aws_kinesis_stream": ("kinesis", "stream"), "aws_lambda_function": ("lambda", "function")}


class References:
    """The expressions of a plan's configuration, and the planned values of its resources by address."""

    def __init__(self, configuration: Any, values: Mapping[str, Mapping[str, Any]]) -> None:
        root = configuration.get("root_module") if isinstance(configuration, dict) else None
        self.root: Mapping[str, Any] = root if isinstance(root, dict) else {}
        self.values = values

    def find(self, address: str, *names: str) -> Any:
        """What an argument of a resource is going to be, as an ARN or name; Unknown if it cannot be told.

        names: of the argument, and of those in a block.
        """
        return self._find(address, names, 0)

    def _find(self, address: str, names: tuple[str, ...], step: int) -> Any:
        modules = MODULE.findall(address)
        inner = INDEX.sub("", address).split("module." + modules[-1] + ".")[-1] if modules else INDEX.sub("", address)
        module = self._module(modules)
        for each in _list(module.get("resources")):
            if isinstance(each, dict) and each.get("address") == inner:
                return self._value(modules, _expression(each.get("expressions"), names), address, step)
        return Unknown("is not known before it is applied")

    def _module(self, path: list[str]) -> Mapping[str, Any]:
        module = self.root
        for name in path:
            call = _get(_get(module, "module_calls"), name)
            module = _get(call, "module")
        return module

    def _value(self, path: list[str], expression: Mapping[str, Any], address: str, step: int) -> Any:
        if isinstance(expression.get("constant_value"), str):
            return expression["constant_value"]
        references = [each for each in _list(expression.get("references")) if isinstance(each, str)]
        for reference in references if step < MOST_STEPS else []:
            found = self._followed(path, reference, address, step + 1)
            if found is not None:
                return found
        return Unknown("is not known before it is applied", references[0].split(".")[-1] if references else "")

    def _followed(self, path: list[str], reference: str, address: str, step: int) -> Any:
        head, _, rest = reference.partition(".")
        if head == "var" and path:
            call = _get(_get(self._module(path[:-1]), "module_calls"), path[-1])
            return self._value(path[:-1], _expression(call.get("expressions"), (_first(rest),)), address, step)
        if head == "module" and "." in rest:
            name, _, output = rest.partition(".")
            name = INDEX.sub("", name)
            outputs = _get(self._module([*path, name]), "outputs")
            return self._value([*path, name], _get(_get(outputs, _first(output)), "expression"), address, step)
        match = RESOURCE.match(reference)
        return self._resource(path, match, address, step) if match else None

    def _resource(self, path: list[str], match: re.Match[str], address: str, step: int) -> Any:
        """The ARN of a planned resource; of several by `count` or `for_each` the one with the index of the referrer."""
        inner, index = match[1], match[2] or ""
        wanted = [*(f"module.{each}" for each in path), inner]
        same = [each for each in self.values if INDEX.sub("", each) == ".".join(wanted)]
        own = INDEX.findall(address)
        best = [each for each in same if each.endswith(index or (own[-1] if own else ""))] or same
        return self._arn(inner.split(".")[-2], self.values[best[0]], best[0], step) if best else None

    def _arn(self, kind: str, values: Mapping[str, Any], address: str, step: int) -> Any:
        known = values.get("arn") or values.get("qualified_arn")
        if isinstance(known, str):
            return known
        name = values.get("function_name" if kind == "aws_lambda_function" else "name")
        if kind in ARN_OF and isinstance(name, str):
            service, what = ARN_OF[kind]
            return ACCOUNT % (service, f"{what}{'/' if what == 'stream' else ':'}{name}")
        if kind == "aws_kinesis_stream_consumer":
            stream = self._find(address, ("stream_arn",), step)
            return f"{stream}/consumer/{name}:0" if isinstance(stream, str) else stream
        if kind == "aws_lambda_alias":
            function = values.get("function_name") or self._find(address, ("function_name",), step)
            plain = function.rpartition("function:")[2] if isinstance(function, str) else ""
            return ACCOUNT % ("lambda", f"function:{plain}:{name}") if plain else function
        return ACCOUNT % (kind.removeprefix("aws_").split("_")[0], name or address)


def _expression(expressions: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
    """The expression of an argument; of a block that of its first."""
    for name in names:
        inner = expressions.get(name) if isinstance(expressions, dict) else None
        expressions = inner[0] if isinstance(inner, list) and inner else inner
    return expressions if isinstance(expressions, dict) else {}


def _get(group: Any, name: str) -> Any:
    found = group.get(name) if isinstance(group, dict) else None
    return found if isinstance(found, dict) else {}


def _first(path: str) -> str:
    return INDEX.sub("", path.split(".")[0])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
