"""The user's own Python handler of a function (docs/handler.md). It is read here, and never run."""

import ast
import hashlib
import os.path
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from simulator.scenario.files import TooLargeError, read_regular
from simulator.scenario.kinds import CONTROL, CsvPath, ScalarKind, Schema, UnfitError
from simulator.scenario.nodes import Node, shortened
from simulator.scenario.place import Place, did_you_mean

LARGEST_CODE: Final = 4 * 2**20  # bytes of a file
MOST_FILES: Final = 1000  # beside a handler
WRITTEN_AS: Final = f"[^{CONTROL}]+\\.py:[A-Za-z_][A-Za-z0-9_]*"
AS_AWS_WRITES: Final = re.compile(r"([\w/.-]+?)(?:\.py)?[.:](\w+)")


@dataclass(frozen=True, slots=True)
class Handler:
    """A function of a Python file. `path` is absolute once loaded."""

    path: Annotated[str, CsvPath()]
    function: str
    code: str = field(repr=False)  # a hash of its file, and of those beside it, which it may import


@dataclass(frozen=True)
class HandlerOf(ScalarKind):
    """A Python file and a function of it, or `none`; read relative to the scenario file, written relative again."""

    allowed: ClassVar[str] = "none, or a Python file, relative to this file, and a function of it, as app.py:handler"

    def parse(self, text: str) -> str:
        if text == "none" or re.fullmatch(WRITTEN_AS, text):
            return text
        meant = AS_AWS_WRITES.fullmatch(text)
        raise UnfitError("is not known", f"did you mean '{meant[1]}.py:{meant[2]}'?" if meant else "")

    def read(self, node: Node, place: Place) -> Any:
        text = super().read(node, place)
        if text == "none" or not isinstance(text, str):
            return None if text == "none" else text
        name, _, function = text.rpartition(":")
        path = Path(os.path.realpath(place.folder / name))
        try:
            _check(path, function)
            return Handler(str(path), function, _digest(path))
        except UnfitError as fault:
            return place.refuse(node.mark, f"{shortened(path.name)}{fault}", fault.hint)
        except TooLargeError as error:
            return place.refuse(
                node.mark, f"{shortened(path.name)} has {error.bytes:,} bytes; allowed: {LARGEST_CODE:,}"
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return place.refuse(node.mark, f"{shortened(str(path), 200)} cannot be read: {reason}")

    def write(self, value: Handler | None, folder: Path) -> str:
        if value is None:
            return "none"
        return f"{Path(os.path.relpath(value.path, folder.resolve())).as_posix()}:{value.function}"

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [{"const": "none"}, {"type": "string", "pattern": f"^{WRITTEN_AS}$"}]}

    def accepts(self, value: Any) -> bool:
        return value is None or isinstance(value, Handler)


def _check(path: Path, function: str) -> None:
    """Whether a file is Python and has a function. Raises UnfitError, which goes on after its name, and OSError."""
    code = read_regular(path, LARGEST_CODE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are the handler's own affair
            tree = ast.parse(code)
    except SyntaxError as error:
        raise UnfitError(f", line {error.lineno or 1} is not Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnfitError(f" is not Python: {str(error) or 'it is nested too deeply'}") from None
    names = list(_names(tree))
    if function not in names and "*" not in names:
        raise UnfitError(f" has no function '{shortened(function)}'", did_you_mean(function, names))


def _names(tree: ast.AST) -> Iterator[str]:
    """The names that a module defines, those in `if` and `try` included; `*` where it imports all of another."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from (each.asname or each.name.partition(".")[0] for each in node.names)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
            case ast.stmt() | ast.ExceptHandler():
                yield from _names(node)


def _digest(path: Path) -> str:
    """A hash of a file and of the Python files beside it: what stored runs of a handler follow from."""
    digest = hashlib.sha256(path.read_bytes())
    for beside in sorted(path.parent.glob("*.py"))[:MOST_FILES]:
        if beside.is_file() and beside.stat().st_size <= LARGEST_CODE:
            digest.update(beside.name.encode(errors="replace") + b"\0" + beside.read_bytes())
    return digest.hexdigest()
