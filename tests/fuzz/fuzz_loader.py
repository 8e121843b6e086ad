"""Hostile scenarios and CSV files: loading ends in a scenario, or in faults with places, soon and in little memory."""

from __future__ import annotations

import io
import json
import os
import resource
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest import mock

from ruamel.yaml import YAML

from simulator.scenario import csvblocks
from simulator.scenario.document import LARGEST_FILE
from simulator.scenario.dumping import dump
from simulator.scenario.faults import Fault, errors
from simulator.scenario.loading import examine
from simulator.scenario.place import MOST_PROBLEMS
from simulator.scenario.spec import Scenario
from tests.fuzz.sound import documents, texts, write_csv_files
from tests.scenario.agreement import disagreement, schema
from tests.scenario.documents import EDGES, LETTERS, anything, damaged, document, quantity, text

CASES: Final = 200
LONGEST_CPU_S: Final = 20.0
MOST_MEMORY_KB: Final = 2**20
WHOLE_FILE: Final = ("is empty", "is a binary file", "is not UTF-8", "is larger than", "cannot be read", "is not YAML")
# fmt: off
SNIPPETS: Final = (
    "\n", "\r", "\t", "  ", "- ", ": ", "? ", "# ", "&a ", "*a", "!!int ", "!x ", "|\n", ">-\n", "%YAML 3.0\n", "---\n",
    "...\n", "[", "]", "{", "}", "'", '"', ",", "\\", "\0", "\ufeff", "\x85", "\u2028", "\x1b[2J", "<<: ", "=", "@",
    "`", "~", "0x10", "1_000", '"\\ud800"', '"\\U00110000"', '"\\x00"', "[" * 24, "{a: " * 30, "9" * 5000, "name: ",
)
STEPS: Final = (
    "event_source_mappings", "producers", "streams", "functions", "a", "f", "0", "1", "rate", "name", "batch_size",
    "polling", "phase", "search", "vary", "failures", "record_size", "99999999", "", "[0]", "\x1b[2J",
)
PLAIN: Final = ("1", "2", "3.5", "1e3", ".5")
ODD: Final = (
    "", " ", "nan", "inf", "-1", "1e400", "1_0", "0x1", "a", "\u0661", "\xa05", "1 2", '"6"', '"a, b"', '"x\ny"', '"',
    'a"b', '"say ""hi"""', "=1", "x" * 300,
)
HEADS: Final = (
    ("time_s", "records", "key", "weight"), ("key", "weight", "time_s", "records"), ("records", "weight"), ("time_s",),
)
# fmt: on


def try_one(rng: Random, folder: Path) -> None:
    """Loads one hostile file, or several, and looks at what comes of it."""
    write_csv_files(folder)
    rng.choice(KINDS)(rng, folder)


def _damaged_document(rng: Random, folder: Path) -> None:
    content = rng.choice(documents())
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = damaged(rng, content, documents())
    assert (told := disagreement(content, folder)) == "", told
    _look(_written(folder, _as_yaml(rng, content).encode("utf-8", "surrogatepass")))


def _document_of_the_schema(rng: Random, folder: Path) -> None:
    content = document(rng, schema())
    assert (told := disagreement(content, folder)) == "", told
    _look(_written(folder, _as_yaml(rng, content).encode()))


def _damaged_bytes(rng: Random, folder: Path) -> None:
    content = rng.choice(texts()).encode()
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        content = _with_damage(rng, content)
    _look(_written(folder, content))


def _damaged_words(rng: Random, folder: Path) -> None:
    words = rng.choice(texts()).replace("{", " { ").replace("}", " } ").split(" ")
    for _ in range(rng.choice((1, 2, 8))):
        other = rng.choice((lambda: rng.choice(words), lambda: rng.choice(SNIPPETS), lambda: str(anything(rng))))()
        words[rng.randrange(len(words))] = other
    _look(_written(folder, " ".join(words).encode("utf-8", "surrogatepass")))


def _large(rng: Random, folder: Path) -> None:
    """A group, a list or a text made large: what takes the square of the time for it shows."""
    content = _enlarged(rng, rng.choice(documents()))
    _look(_written(folder, json.dumps(content).encode()))


def _enlarged(rng: Random, value: Any) -> Any:
    if isinstance(value, dict) and value:
        name = rng.choice(list(value))
        if rng.random() < 0.6:
            return {**value, name: _enlarged(rng, value[name])}
        return {**value, **{f"{name}{i}": value[name] for i in range(rng.choice((200, 1000)))}}
    if isinstance(value, list) and value:
        item = rng.choice(value)
        if rng.random() < 0.3:
            return [*value, _enlarged(rng, item)]
        return value + [_renamed(item, i) for i in range(rng.choice((200, 1000)))]
    return rng.choice((str(value) * 20_000, [value] * 2000, {f"{value}{i}": value for i in range(2000)}))


def _renamed(item: Any, number: int) -> Any:
    return {**item, "name": f"n{number}"} if isinstance(item, dict) and "stream" in item else item


def _noise(rng: Random, folder: Path) -> None:
    letters = "".join(rng.choice(rng.choice((LETTERS, SNIPPETS))) for _ in range(rng.randrange(60)))
    _look(_written(folder, rng.choice((rng.randbytes(rng.randrange(300)), letters.encode("utf-8", "surrogatepass")))))


def _overrides(rng: Random, folder: Path) -> None:
    path = _written(folder, rng.choice(texts()).encode())
    _look(path, [(_path(rng), _value(rng)) for _ in range(rng.randint(1, 3))])


def _path(rng: Random) -> str:
    return ".".join(rng.choice((*STEPS, text(rng))) for _ in range(rng.randint(1, 4)))


def _value(rng: Random) -> str:
    return rng.choice((str(anything(rng)), json.dumps(anything(rng)), rng.choice(SNIPPETS)))


def _csv_file(rng: Random, folder: Path) -> None:
    """A hostile CSV file, in blocks of several sizes: what is told of it must not depend on them."""
    content = _table(rng).encode("utf-8", "surrogatepass")
    for _ in range(rng.choice((0, 0, 1, 3))):
        content = _with_damage(rng, content)
    (folder / "t.csv").write_bytes(content)
    (folder / "k.csv").write_bytes(content)
    path = _written(folder, texts()[0].encode())
    seen = []
    for block in (csvblocks.BLOCK, rng.choice((5, 17, 64)), 200):
        with mock.patch.object(csvblocks, "BLOCK", block):
            seen.append([str(fault) for fault in _look(path)])
    assert seen[0] == seen[1] == seen[2], f"in blocks otherwise than in one: {seen}"


def _odd_files(rng: Random, folder: Path) -> None:
    for name in ("t.csv", "k.csv", "x.yaml"):
        if rng.random() < 0.5:
            (folder / name).unlink(missing_ok=True)
            link = partial(_link, rng.choice(("/dev/zero", name, "/proc/self/maps", ".")))
            rng.choice((os.mkfifo, Path.mkdir, link))(folder / name)
    path = folder / "x.yaml"
    _look(path if os.path.lexists(path) else _written(folder, texts()[0].encode()))


def _link(to: str, path: Path) -> None:
    path.symlink_to(to)


KINDS: Final[tuple[Callable[[Random, Path], None], ...]] = (
    *(_damaged_document, _damaged_document, _document_of_the_schema, _damaged_bytes, _damaged_words),
    *(_damaged_document, _noise, _overrides, _overrides, _csv_file, _csv_file, _csv_file, _odd_files, _large),
)  # fmt: skip


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(content)
    return path


def _as_yaml(rng: Random, content: Any) -> str:
    """The same document in one of the ways of writing it."""
    if rng.random() < 0.5:
        return json.dumps(content, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 1)))
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = rng.random() < 0.3
    yaml.allow_unicode = rng.random() < 0.5
    yaml.width = rng.choice((20, 10_000))
    stream = io.StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


def _with_damage(rng: Random, content: bytes) -> bytes:
    at, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    end = min(end, at + rng.choice((1, 1, 3, 40, 10_000)))
    new = rng.choice((
        b"", bytes([rng.randrange(256)]), content[at:end] * 2, rng.choice(SNIPPETS).encode(), quantity(rng).encode(),
        str(rng.choice(EDGES)).encode(), rng.randbytes(3), content[end : end + 50],
    ))  # fmt: skip
    return content[:at] + new + content[end:]


def _table(rng: Random) -> str:
    """A CSV file of all kinds of cells, in many cases a sound one."""
    hostile, head = rng.choice((0.0, 0.0, 0.02, 0.3)), rng.choice(HEADS)
    rows = [",".join(_row(rng, i, head, hostile)) for i in range(rng.choice((0, 1, 2, 30, 200)))]
    end = rng.choice(("\n", "\r\n", "\r", "\n\n"))
    return end.join([",".join(head), *rows]) + rng.choice(("", "\n", "\n \n,\n"))


def _row(rng: Random, number: int, head: Sequence[str], hostile: float) -> list[str]:
    sound = [(str(number),) if title == "time_s" else PLAIN for title in head]
    cells = [rng.choice(ODD if rng.random() < hostile else some) for some in sound]
    return cells[: rng.randrange(len(head) + 1)] if rng.random() < hostile / 4 else cells


def _look(path: Path, overrides: list[tuple[str, str]] | None = None) -> list[Fault]:
    """Load a file, and look at what comes of it: its faults."""
    begun = time.process_time()
    scenario, faults = examine(path, overrides or [])
    assert time.process_time() - begun < LONGEST_CPU_S, "took too long"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY_KB, "took too much memory"
    assert (scenario is None) == bool(errors(faults))
    assert len(faults) <= 2 * MOST_PROBLEMS
    lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines() if path.is_file() and faults else []
    for fault in faults:
        _look_at_fault(fault, path, lines)
    if scenario is not None and not overrides:
        _look_at_scenario(scenario, path.parent)
    return faults


def _look_at_fault(fault: Fault, path: Path, lines: list[str]) -> None:
    assert fault.message, f"nothing is told: {fault!r}"
    assert all(line.isprintable() for line in str(fault).split("\n")), f"moves the cursor: {fault!r}"
    str(fault).encode()
    if fault.path.startswith("--set "):
        return
    assert fault.path == str(path)
    if not fault.message.startswith(WHOLE_FILE):
        assert fault.line >= 1, f"has no line: {fault!r}"
        assert fault.column >= 1, f"has no column: {fault!r}"
    if fault.line and fault.line <= len(lines) and fault.message != "is not UTF-8 text":
        assert fault.excerpt == lines[fault.line - 1], f"shows another line: {fault!r}"


def _look_at_scenario(scenario: Scenario, folder: Path) -> None:
    """It is written back so that it is the same again, but that with all its defaults it may be too large a file."""
    resolved = folder / "resolved.yaml"
    resolved.write_text(dump(scenario, folder), encoding="utf-8")
    if resolved.stat().st_size > LARGEST_FILE:
        return
    again, faults = examine(resolved)
    assert again is not None, f"what is written back is refused: {[str(fault) for fault in errors(faults)]}"
    assert again == scenario, f"what is written back is another: {again} instead of {scenario}"
