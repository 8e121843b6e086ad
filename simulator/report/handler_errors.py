"""What `shardsim run` says of errors of functions' own handlers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from simulator.reading.documents import read_json
from simulator.report.page.view import UNPRINTABLE
from simulator.report.run_files import HANDLED_FILE
from simulator.report.run_shapes import HANDLED
from simulator.scenario.nodes import shortened

MOST: Final = 3  # of a mapping
BY_RESPONSE: Final = "batchItemFailures"


def errors_of(folder: Path) -> Iterator[str]:
    """A line for each kind of error that attempts of a run ended with, the most frequent of each mapping first."""
    if not (folder / HANDLED_FILE).exists():
        return
    for name, mine in read_json(folder / HANDLED_FILE, HANDLED)["mappings"].items():
        errors = [each for each in mine["errors"] if each["kind"] != BY_RESPONSE]
        for each in errors[:MOST]:
            where = f" at {each['file']}:{each['line']}" if each["line"] else ""
            why = UNPRINTABLE.sub("?", shortened(each["example"]["message"], 200)).replace("\n", " ")
            often = f"in {each['attempts']:,} of {mine['attempts']:,} attempts"
            yield f"handler: {name}: {each['kind']}{where}, {often}: {why}"
        if len(errors) > MOST:
            yield f"handler: {name}: {len(errors) - MOST} more kinds of errors: see the page"
