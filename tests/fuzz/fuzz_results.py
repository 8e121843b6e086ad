"""Results and kept runs that are damaged or foreign: a command ends well, or in one line that says what is wrong."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import warnings
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Final

from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.report.page.scripts import OURS, _uplot
from simulator.study.store import _checksum
from tests.fuzz.damages import JSON, damage
from tests.page.folders import OBJECTIVES, OUTAGE, scenario_text

CASES: Final = 60
COMMANDS: Final = {
    "run": ("run", "-n", "2"),
    "one run": ("run",),
    "compare": ("compare", "--shards", "1-2", "--vary", "event_source_mappings.0.batch_size=50,100", "-n", "2"),
    "size": ("size", "--shards", "1-3", "-n", "2"),
    "advise": ("advise", "-n", "2"),
    "sweep-load": ("sweep-load", "--points", "3", "--factor", "0.5-8", "-n", "2"),
}
STUDIES: Final = ("compare", "size", "advise", "sweep-load")
FORMATS: Final = ("html", "md", "json")
ENDS: Final = (0, 2)  # all is well, or the one line
MET: Final = (0, 2, 4)  # a study's


def try_one(rng: Random, folder: Path) -> None:
    """Damage one file of a result, or of the runs that a study keeps; what reads it must end well, or in one line."""
    (_kept_run if rng.random() < 0.08 else _result)(rng, folder)


def _result(rng: Random, folder: Path) -> None:
    kind = rng.choice(list(COMMANDS))
    here = folder / "result"
    shutil.copytree(originals() / kind, here)
    files = sorted([*here.glob("*.json"), *here.glob("*.csv"), *here.glob("*.yaml"), *here.glob("plots/*.svg")])
    what = f"{kind}: {damage(rng, rng.choice(files))}"
    if kind in ("run", "one run") and rng.random() < 0.4:
        sides = [here, originals() / rng.choice(("run", "one run"))]
        rng.shuffle(sides)
        _ends_well(what, called("diff", *sides, "--format", rng.choice(FORMATS)), ENDS)
        return
    style = rng.choice(FORMATS)
    page = folder / f"page.{style}"
    done = called("report", here, "--format", style, "-o", page)
    _ends_well(what, done, ENDS)
    if style == "html" and page.exists():
        Harmless(what).feed(page.read_text(encoding="utf-8"))


def _kept_run(rng: Random, folder: Path) -> None:
    """As the study had been broken off: its result is not there yet, its runs are."""
    kind = rng.choice(STUDIES)
    runs = folder / f"{kind}.runs"
    shutil.copytree(originals() / f"{kind}.runs", runs)
    scenario = shutil.copy(originals() / f"{kind}.yaml", folder)
    victim = rng.choice(sorted(runs.glob("*.json")))
    if rng.random() < 0.5:
        what = damage(rng, victim)
    else:
        rng.choice(JSON)(rng, victim)
        what = f"{victim.name}: made to look whole"
        _made_to_look_whole(victim)
    command, *options = COMMANDS[kind]
    _ends_well(f"{kind}: {what}", called(command, scenario, *options, "-j", "1", "-o", folder / kind), MET)


def _made_to_look_whole(file: Path) -> None:
    """Give a kept run the checksum that it would have, as somebody could."""
    data = json.loads(file.read_bytes())
    if isinstance(data, dict) and isinstance(data.get("figures"), dict):
        data["checksum"] = _checksum(data["figures"])
        file.write_text(json.dumps(data), encoding="utf-8")


def called(*words: object) -> Result:
    """A command in this process; a warning, which would go to the terminal, is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return CliRunner().invoke(cli, [str(word) for word in words])


def _ends_well(what: str, done: Result, ends: tuple[int, ...]) -> None:
    said = f"{what}\n{done.output}"
    assert done.exception is None or isinstance(done.exception, SystemExit), (said, done.exc_info)
    assert done.exit_code in ends, said
    assert "a bug" not in done.output, said
    assert "Traceback" not in done.output, said
    if done.exit_code == 2:
        lines = done.stderr.splitlines()
        errors = [line for line in lines if line.startswith("error: ")]
        assert errors == lines[-1:], said
        assert errors[0].isprintable(), said
        assert len(errors[0]) < 1000, said


CARRIED: Final = frozenset([_uplot(), *(file.read_text(encoding="utf-8") for file in OURS.glob("*.js"))])


class Harmless(HTMLParser):
    """Raises AssertionError at what runs, sends or fetches something."""

    FORBIDDEN: Final = frozenset(
        {"form", "iframe", "object", "embed", "foreignobject", "base", "img", "animate", "set", "input"}
    )

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self.styles = 0
        self.script: list[tuple[str, str | None]] | None = None  # the attributes of the one that is open

    def handle_endtag(self, tag: str) -> None:
        """A script is over."""
        self.script = None if tag == "script" else self.script

    def handle_data(self, data: str) -> None:
        """A script is one that every page carries, or plain data."""
        if self.script == [("type", "application/json")]:
            json.loads(data)
        elif self.script is not None:
            assert self.script == [], (self.what, self.script)
            assert data in CARRIED, (self.what, "script")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Of the page's own there is one style sheet, links to its sections, and what meta elements say of it."""
        self.styles += tag == "style"
        self.script = attrs if tag == "script" else self.script
        assert tag not in self.FORBIDDEN, (self.what, tag)
        assert ":" not in tag, (self.what, tag)
        assert self.styles < 2, self.what
        for name, value in attrs:
            text = (value or "").lower()
            assert not name.startswith("on"), (self.what, name)
            if name in ("href", "src", "xlink:href", "action"):
                assert text.startswith(("#", "data:image/png;base64,", "data:,")), (self.what, name, value)
            if name == "http-equiv":
                assert value == "Content-Security-Policy", (self.what, value)
            if name == "style":
                assert "url(" not in text.replace("url(#", ""), (self.what, value)
                assert "position" not in text, (self.what, value)


@cache
def originals() -> Path:
    """A folder with a small real result of each kind by its name, and the runs that studies keep; made once."""
    root = Path(tempfile.mkdtemp(prefix="shardsim-fuzz-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    for kind, (command, *options) in COMMANDS.items():
        file = root / f"{kind}.yaml"
        failures = "" if kind in ("size", "sweep-load") else OUTAGE
        readers = ("first", "second") if kind == "one run" else ("reader",)
        file.write_text(scenario_text(failures=failures, readers=readers, more=OBJECTIVES), encoding="utf-8")
        alone = ("-j", "1") if kind in STUDIES else ()
        done = CliRunner().invoke(cli, [command, str(file), *options, *alone, "-q", "-o", str(root / kind)])
        assert done.exit_code in MET, done.output
    return root
