"""Ways in which a file of a result may be damaged, or made by somebody who means harm."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

DEEP: Final = 200_000
HOSTILE: Final = "</title><script>alert(1)</script><img src=x onerror=alert(1)>"
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 7, 2**63, 10**400, 1e-320, 1e18, 1e308, -1e308, float("nan"), float("inf"),
    -float("inf"), "", "x", "²", "-", "none", "stable", "\ud800", "\x1b[2J", "a\nb", HOSTILE, "1" * 5000, [], {}, [[]],
    {"": {}}, [0] * 1000,
)  # fmt: skip
Damage = Callable[[Random, Path], None]


# --- any file -----------------------------------------------------------------------------------------------------


def truncated(rng: Random, file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: rng.randrange(len(content))])


def cut_at_a_line(rng: Random, file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: rng.randint(1, len(lines))]))


def bytes_flipped(rng: Random, file: Path) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(rng.choice((1, 3, 20))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    file.write_bytes(content)


def piece_moved(rng: Random, file: Path) -> None:
    content = file.read_bytes()
    start, to = rng.randrange(len(content)), rng.randrange(len(content))
    piece = content[start : start + rng.randint(1, 200)]
    file.write_bytes(content[:to] + piece + content[to:])


def emptied(rng: Random, file: Path) -> None:
    file.write_bytes(rng.choice((b"", b"\n", b"\0" * 100, b"\xff\xfe", b"\xef\xbb\xbf")))


def removed(_: Random, file: Path) -> None:
    file.unlink()


def another_files(rng: Random, file: Path) -> None:
    others = [each for each in file.parent.iterdir() if each.is_file() and each != file]
    if others:
        file.write_bytes(rng.choice(sorted(others)).read_bytes())


def no_file(rng: Random, file: Path) -> None:
    """Something else of that name: a folder, a pipe, a device, a link to nothing or to itself, a file of 8 GiB."""
    file.unlink()
    match rng.randrange(6):
        case 0:
            file.mkdir()
        case 1 if hasattr(os, "mkfifo"):
            os.mkfifo(file)
        case 2:
            file.symlink_to("/dev/zero")
        case 3:
            file.symlink_to(file.with_name("nowhere"))
        case 4:
            file.symlink_to(file)
        case _:
            with file.open("wb") as handle:
                handle.truncate(2**33)


def nested(rng: Random, file: Path) -> None:
    file.write_text(rng.choice("[{") * DEEP + "\n", encoding="utf-8")


ANY: Final[tuple[Damage, ...]] = (
    truncated, cut_at_a_line, bytes_flipped, piece_moved, emptied, removed, another_files, no_file, nested,
)  # fmt: skip


# --- JSON ---------------------------------------------------------------------------------------------------------


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with a key or an index of it."""
    if isinstance(value, dict):
        return [(value, key) for key in value] + [each for part in value.values() for each in _places(part)]
    if isinstance(value, list):
        return [(value, i) for i in range(len(value))] + [each for part in value for each in _places(part)]
    return []


def _json(change: Callable[[Random, Any, Any], None]) -> Damage:
    def damage(rng: Random, file: Path) -> None:
        data = json.loads(file.read_bytes())
        change(rng, *rng.choice(_places(data)))
        file.write_text(json.dumps(data), encoding="utf-8")

    return damage


def _other_value(rng: Random, within: Any, at: Any) -> None:
    within[at] = rng.choice(VALUES)


def _deep_value(_: Random, within: Any, at: Any) -> None:
    for _level in range(600):
        within[at] = [within[at]]


def _no_value(_: Random, within: Any, at: Any) -> None:
    del within[at]


def _other_name(rng: Random, within: Any, at: Any) -> None:
    if isinstance(within, dict):
        within[str(rng.choice(VALUES[15:])) if rng.random() < 0.5 else f"{at}x"] = within.pop(at)
    else:
        rng.shuffle(within)


def _twice(_: Random, within: Any, at: Any) -> None:
    if isinstance(within, list):
        within.append(within[at])
    else:
        within[f"{at} again"] = within[at]


def _nudged(rng: Random, within: Any, at: Any) -> None:
    if isinstance(within[at], int | float):
        within[at] = within[at] * rng.choice((-1, 0, 2, 1e17, 1e90)) + rng.choice((0, 1, -1))


JSON: Final[tuple[Damage, ...]] = tuple(
    map(_json, (_other_value, _deep_value, _no_value, _other_name, _twice, _nudged))
)


# --- CSV ----------------------------------------------------------------------------------------------------------


def _csv(change: Callable[[Random, list[list[str]]], None]) -> Damage:
    def damage(rng: Random, file: Path) -> None:
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
        if rows and rows[0]:
            change(rng, rows)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        file.write_text(text.getvalue(), encoding="utf-8", errors="replace")

    return damage


def _no_column(rng: Random, rows: list[list[str]]) -> None:
    column = rng.randrange(len(rows[0]))
    for row in rows:
        del row[column]


def _column_again(rng: Random, rows: list[list[str]]) -> None:
    column, to = rng.randrange(len(rows[0])), rng.randint(0, len(rows[0]))
    for row in rows:
        row.insert(to, row[column])


def _other_heading(rng: Random, rows: list[list[str]]) -> None:
    rows[0][rng.randrange(len(rows[0]))] = str(rng.choice(VALUES))


def _head_only(_: Random, rows: list[list[str]]) -> None:
    del rows[1:]


def _no_row(rng: Random, rows: list[list[str]]) -> None:
    if len(rows) > 1:
        del rows[rng.randrange(1, len(rows))]


def _row_again(rng: Random, rows: list[list[str]]) -> None:
    rows.insert(rng.randint(1, len(rows)), list(rng.choice(rows)))


def _other_cell(rng: Random, rows: list[list[str]]) -> None:
    row = rng.choice(rows)
    row[rng.randrange(len(row))] = str(rng.choice(VALUES))


def _other_column(rng: Random, rows: list[list[str]]) -> None:
    column, value = rng.randrange(len(rows[0])), str(rng.choice(VALUES))
    for row in rows[1:]:
        row[column] = value


def _shuffled(rng: Random, rows: list[list[str]]) -> None:
    body = rows[1:]
    rng.shuffle(body)
    rows[1:] = body


CSV: Final[tuple[Damage, ...]] = tuple(
    map(
        _csv,
        (
            _no_column, _column_again, _other_heading, _head_only, _no_row, _row_again, _other_cell, _other_column,
            _shuffled,
        ),
    )
)  # fmt: skip


# --- YAML ---------------------------------------------------------------------------------------------------------


def _bomb(_: Random, file: Path) -> None:
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30))
    file.write_text(f"a0: &a0 [lol]\n{levels}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")


def _line(change: Callable[[Random, list[str], int], None]) -> Damage:
    def damage(rng: Random, file: Path) -> None:
        lines = file.read_text(encoding="utf-8").split("\n")
        change(rng, lines, rng.randrange(len(lines)))
        file.write_text("\n".join(lines), encoding="utf-8", errors="replace")

    return damage


def _line_gone(_: Random, lines: list[str], at: int) -> None:
    del lines[at]


def _line_again(rng: Random, lines: list[str], at: int) -> None:
    lines.insert(rng.randrange(len(lines)), lines[at])


def _line_with_another_value(rng: Random, lines: list[str], at: int) -> None:
    key, colon, _ = lines[at].partition(":")
    value = rng.choice((*map(str, VALUES[:24]), "!!python/object:os.system x", "&a b", "*a", "[", "0x10", "2020-01-01"))
    lines[at] = f"{key}{colon} {value}"


def _line_further_in(_: Random, lines: list[str], at: int) -> None:
    lines[at] = f"  {lines[at]}"


YAML: Final[tuple[Damage, ...]] = (
    _bomb, *map(_line, (_line_gone, _line_again, _line_with_another_value, _line_further_in)),
)  # fmt: skip


# --- SVG ----------------------------------------------------------------------------------------------------------

ELEMENTS: Final = (
    "<script>alert(1)</script>", "<style>@import url(http://x/y.css);</style>", "<a href='javascript:alert(1)'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><form action='http://x'/></body></foreignObject>",
    "<image xlink:href='http://x/y.png'/>", "<use xlink:href='http://x/y.svg#z'/>", "<set attributeName='href'/>",
    "<h:meta xmlns:h='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;url=http://x'/>", "<g>" * 50,
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>", "<text>&amp;lt;script&amp;gt;</text>",
    "<iframe src='http://x'/>", "<image xlink:href='data:image/svg+xml;base64,PHN2Zz4='/>", "<text>]]&gt;--&gt;</text>",
)  # fmt: skip
ATTRIBUTES: Final = (
    "onload='alert(1)'", "style='background: url(http://x/y)'", "href='http://x'", "xlink:href='javascript:alert(1)'",
    "style='fill: url(http://x#y)'", "fill='url(//x/y#z)'", "style='position: fixed; top: 0'", "class='verdict good'",
    "style='fill: red; @import url(x)'", "id='\"&gt;&lt;script&gt;'", "clip-path='url(http://x#y)'", "d='url(http://x)'",
)  # fmt: skip


def _svg(change: Callable[[Random, str], str]) -> Damage:
    def damage(rng: Random, file: Path) -> None:
        file.write_text(change(rng, file.read_text(encoding="utf-8")), encoding="utf-8")

    return damage


def _element_more(rng: Random, text: str) -> str:
    ends = [i for i in range(len(text)) if text.startswith("</g>", i)]
    at = rng.choice(ends)
    return text[:at] + rng.choice(ELEMENTS) + text[at:]


def _attribute_more(rng: Random, text: str) -> str:
    starts = [i + 2 for i in range(len(text)) if text.startswith(("<g ", "<svg "), i)]
    at = text.index(" ", rng.choice(starts) - 1)
    return f"{text[:at]} {rng.choice(ATTRIBUTES)}{text[at:]}"


def _entities(_: Random, text: str) -> str:
    bomb = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9))
    return text.replace("<svg ", f'<!DOCTYPE svg [<!ENTITY e0 "ha">{bomb}]><svg ', 1).replace("</svg>", "&e9;</svg>")


def _other_box(rng: Random, text: str) -> str:
    return text.replace('viewBox="0 0', f'viewBox="{rng.choice(("nan", "1e999", "", "0", "x"))} 0', 1)


SVG: Final[tuple[Damage, ...]] = tuple(map(_svg, (_element_more, _attribute_more, _entities, _other_box)))

BY_ENDING: Final[dict[str, tuple[Damage, ...]]] = {".json": JSON, ".csv": CSV, ".yaml": YAML, ".svg": SVG}


def damage(rng: Random, file: Path) -> str:
    """Damage a file in one of the ways that suit it, or in one that suits any; what was done to it."""
    own = BY_ENDING[file.suffix]
    chosen = rng.choice(own if rng.random() < 0.7 else ANY)
    chosen(rng, file)
    return f"{file.name}: {chosen.__name__}"
