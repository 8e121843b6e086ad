"""All that a page needs to simulate a scenario, in one text: the kernel, a thread's script, recipe, knobs, words."""

from __future__ import annotations

import base64
import gzip
import json

from simulator.kernel.machine import FILE
from simulator.report.vocabulary import CAUSES, LIMITS, REFUSALS, STATES
from simulator.report.what_if.content import content
from simulator.report.what_if.scripts import worker
from simulator.scenario.spec import Scenario


def packed(scenario: Scenario, seed: int | None = None, replication: int = 0) -> str:
    """JSON, compressed, in base64; what_if.js unpacks it. `seed`: instead of the scenario's."""
    limits = {name: limit.words for name, limit in LIMITS.items()}
    words = {"states": STATES, "causes": CAUSES, "limits": limits, "refusals": REFUSALS}
    kernel = base64.b64encode(FILE.read_bytes()).decode()
    known = content(scenario, scenario.seed if seed is None else seed, replication)
    text = json.dumps({**known, "words": words, "kernel": kernel, "worker": worker()}, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
