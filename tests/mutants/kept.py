"""What is known of faults already: kept in build/, so that the command may be stopped and goes on where it was.

A result holds as long as the file that is broken is what it was.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from typing import Final

from tests.mutants.breaking import ROOT, Noticed
from tests.mutants.faults import Fault

FILE: Final = ROOT / "build" / "mutants.jsonl"


def tried(faults: Sequence[Fault]) -> dict[Fault, Noticed]:
    """The results of those faults whose file is unchanged; the last of each."""
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    by_key = {line["key"]: line for line in map(json.loads, lines)}
    found = {fault: by_key[key] for fault in faults if (key := _key(fault)) in by_key}
    return {fault: Noticed(fault, line["by"], line["crash"]) for fault, line in found.items()}


def known(faults: Sequence[Fault]) -> dict[Fault, Noticed]:
    """The same without those that are to be tried again."""
    return {fault: result for fault, result in tried(faults).items() if _stands(result)}


def keep(result: Noticed) -> None:
    """Add a result to the file."""
    FILE.parent.mkdir(exist_ok=True)
    line = {"key": _key(result.fault), "by": result.by, "crash": result.crash}
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _stands(result: Noticed) -> bool:
    """What survives without a reason, or crashes, was to be mended: by a test, or another fault."""
    return bool(result.by and not result.crash) or bool(result.fault.survives and not result.by)


@cache
def _key(fault: Fault) -> str:
    """Of a fault in its file as it is when it is first asked for: before it is tried."""
    text = (ROOT / "simulator" / fault.file).read_text(encoding="utf-8")
    return sha256(json.dumps([asdict(fault) | {"survives": ""}, text]).encode()).hexdigest()
