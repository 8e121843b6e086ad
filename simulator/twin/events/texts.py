"""JSON as it is printed or written: one document, JSON Lines, or a folder of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from simulator.files.whole import write_new
from simulator.report.folder import RUN_FILE
from simulator.report.output import fresh_folder, run_json, write_out

Form = Literal["json", "lines", "folder"]
LINES: Final = (".jsonl", ".ndjson")


class Document(NamedTuple):
    """Something to print, and the name of its file in a folder."""

    name: str
    content: Any


def form_of(path: Path | None, asked: Form | None, documents: int) -> Form:
    """The form that was asked for, else that of the file's name; what is printed is one document, or JSON Lines."""
    if asked:
        return asked
    if path is None:
        return "json" if documents == 1 else "lines"
    return "lines" if path.suffix in LINES else "json" if path.suffix == ".json" else "folder"


def text(documents: list[Document], form: Form) -> str:
    """All of them as one text: of one document itself, of several a list; or a line each."""
    contents = [each.content for each in documents]
    if form == "lines":
        return "".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False) + "\n" for each in contents)
    return json.dumps(contents[0] if len(contents) == 1 else contents, indent=2, ensure_ascii=False) + "\n"


def write(path: Path, documents: list[Document], form: Form, command: str, force: bool) -> None:
    """Write them to a file, or each to a file of its own in a folder. Raises OutputError."""
    if form != "folder":
        write_out(path, text(documents, form))
        return
    with fresh_folder(path, force) as folder:
        for each in documents:
            file = folder / each.name
            file.parent.mkdir(parents=True, exist_ok=True)
            write_new(file, text([each], "json"))
        write_new(folder / RUN_FILE, run_json(command, 0.0))
