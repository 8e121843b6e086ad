"""What a page needs to simulate a scenario with other settings: all that its scripts do not know by themselves."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from simulator.kernel.blocks import layouts
from simulator.kernel.changed import REFUSALS
from simulator.kernel.recipe import ORDER, recipe
from simulator.kernel.stated import FAILURES
from simulator.measures.bill import prices_of
from simulator.measures.by_kernel import COUNTS
from simulator.measures.by_shard import LOAD_ROWS
from simulator.measures.grid import DAY_NS, MOST_ROWS, NICE_NS, ROWS
from simulator.measures.histogram import PERCENTILES
from simulator.measures.verdict import PATIENCE_NS
from simulator.measures.waiting import CAUSES
from simulator.model.batching import ENVELOPE_BYTES, PAYLOAD_LIMIT
from simulator.model.read_limits import CALLS_PER_S, READ_BYTES_PER_S
from simulator.report.what_if.knobs import knobs, with_added
from simulator.scenario.spec import Prices, Scenario
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

Json = dict[str, Any]
WORD_BYTES: Final = 8


def refusal(scenario: Scenario) -> str:
    """Why no page can simulate a scenario; empty if one can."""
    handled = [name for name, function in scenario.functions.items() if function.handler is not None]
    return f"function '{handled[0]}' has a handler, which a page cannot call" if handled else ""


def content(scenario: Scenario, seed: int, replication: int) -> Json:
    """A scenario's recipe with what its measures and its bill are made by, and its knobs, as JSON has it."""
    made = with_added(recipe(scenario, seed, replication), scenario)
    known = {"order": ORDER, "measuring": _measuring(), "blocks": _blocks(), "prices": _prices(scenario.prices)}
    return {"recipe": {**made, **known}, "knobs": [each.as_dict() for each in knobs(scenario)]}


def _measuring() -> Json:
    return {
        "rows": {"usual": ROWS, "most": MOST_ROWS, "load": LOAD_ROWS},
        "nice_ns": [str(each) for each in NICE_NS],
        "day_ns": str(DAY_NS),
        "patience_ns": str(PATIENCE_NS),
        "limits": {
            "records_per_s": RECORDS_PER_S,
            "bytes_per_s": BYTES_PER_S,
            "calls_per_s": CALLS_PER_S,
            "read_bytes_per_s": READ_BYTES_PER_S,
            "payload_bytes": PAYLOAD_LIMIT,
            "envelope_bytes": ENVELOPE_BYTES,
        },
    }


def _blocks() -> Json:
    """What stands where in what the kernel hands out, and the names of what it tells by number."""
    kinds = {
        thing: {"first": first, "blocks": [[name, layout(row)] for name, row in rows.items()]}
        for thing, (first, rows) in layouts().items()
    }
    return {
        "kinds": kinds,
        "causes": CAUSES,
        "causes_of_failure": FAILURES,
        "refusals": REFUSALS,
        "percentiles": PERCENTILES,
        "counts": COUNTS,
    }


def layout(row: np.dtype[Any]) -> Json:
    """How many words a row has, and of each field its first word, how many it is, and what one of them is made of."""
    fields = {name: _field(field[0], field[1]) for name, field in (row.fields or {}).items()}
    return {"words": row.itemsize // WORD_BYTES, "fields": fields}


def _field(of: np.dtype[Any], offset: int) -> Json:
    one, shape = (of.subdtype[0], of.subdtype[1]) if of.subdtype else (of, ())
    parts = {"of": layout(one)} if one.fields else {}
    return {"at": offset // WORD_BYTES, "n": math.prod(shape), "words": one.itemsize // WORD_BYTES, **parts}


def _prices(prices: Prices) -> Json:
    """By item its unit, and its tiers: USD a unit, and the quantity of a month up to which it counts (null: any)."""
    return {
        name: {
            "unit": price.unit,
            "tiers": [[usd, up_to if math.isfinite(up_to) else None] for usd, up_to in price.tiers],
        }
        for name, price in prices_of(prices).items()
    }
