"""How the program is put together: no import circles, also none for type checkers; rooms in order; short rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

HERE = Path(__file__).parents[1]
ROOMS = ("scenario", "traffic", "events", "handlers", "model", "kernel", "measures", "study", "report", "twin")
LONGEST = 150  # lines of a file of rules


@cache
def modules() -> dict[str, Path]:
    """All modules of the program, but for the package itself, which has the names of those that a user wants."""
    files = sorted((HERE / "simulator").rglob("*.py"))
    named = {".".join(file.relative_to(HERE).with_suffix("").parts).removesuffix(".__init__"): file for file in files}
    return {name: file for name, file in named.items() if name != "simulator"}


def imports(file: Path) -> Iterator[str]:
    """The modules of the program that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("simulator"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in modules() else node.module for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("simulator"))


@cache
def graph() -> dict[str, set[str]]:
    return {name: set(imports(file)) for name, file in modules().items()}


def test_there_is_no_import_circle_also_none_for_type_checkers() -> None:
    TopologicalSorter(graph()).prepare()  # raises CycleError


def test_a_room_imports_only_from_those_before_it() -> None:
    ranks = {room: rank for rank, room in enumerate(ROOMS)}
    rooms = {name: ranks[name.split(".")[1]] for name in modules() if name.split(".")[1] in ranks}
    upward = [(a, b) for a, of in graph().items() for b in of if a in rooms and rooms[a] < rooms.get(b, 0)]
    assert upward == []


def test_no_file_of_the_rules_is_long() -> None:
    lines = {file.name: len(file.read_text().splitlines()) for file in (HERE / "simulator" / "model").glob("*.py")}
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


def test_the_model_page_names_files_that_are_there() -> None:
    """The table from the page's sections to files of the writing end, the rules and the measures."""
    page = (HERE / "docs" / "model.md").read_text(encoding="utf-8")
    _, _, table = page.partition("| section | rule | file |\n|---|---|---|\n")
    missing = []
    for row in table.partition("\n\n")[0].splitlines():
        room = ""
        for name in row.split("|")[3].replace(";", ",").split(","):
            room, _, file = name.strip().rpartition("/") if "/" in name else (room, "", name.strip())
            if not (HERE / "simulator" / room / f"{file}.py").exists():
                missing.append(f"{room}/{file}")
    assert missing == []
