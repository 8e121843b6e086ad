"""Whether the schema and the loader say the same of a document, but for what a schema cannot say."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from simulator.scenario.faults import Fault, errors
from simulator.scenario.loading import examine_text
from simulator.scenario.schema import scenario_schema
from tests.scenario.json_schema import fits

# Faults that only the loader can find, by the words that docs/scenarios.md has for their kind.
LOADER_ONLY: Final = {
    "bounds and steps of quantities with a unit": (
        r"is out of range; allowed: .*a (duration|size|rate|hash key, a whole number) from",
        r"is not in whole (seconds|minutes|hours|bytes|KiB|MiB)",
    ),
    "days of the calendar": (r" is no day of the calendar",),
    "references": (r"^there is no (stream|function) '",),
    "CSV files": (
        r" cannot be read: ",
        r" (is empty|is a binary file, not CSV|has no column '.*' in its first line)$",
        r" has (\d+ rows after the header|only weights of 0|more than \S+ rows|\S+ MiB)",
        r", line \d+",
    ),
    "files of data and of handlers": (
        r" has no function '",
        r" is not (Python|UTF-8)",
        r" is empty; allowed: one line or more$",
    ),
    "fields of a template": (r"holds a \$ that begins no field", r"^there is no field '"),
    "rules between fields": (
        r"is of no use without a handler$",
        r"^there is no handler whose time",
        r"^is given with other durations$",
        r"^the handler's own time is measured",
        r"^the handler says which records are poison",
        r"^is the name of a field that every template has$",
        r"^low \S+ is above high ",
        r"^the list is empty; allowed: one text or more$",
        r"is not before the stop",
        r"is later than the scenario's duration",
        r"is longer than every",
        r"the list is empty; allowed: one step",
        r"is not later than .* of the step before",
        r"is above high$",
        r"is above p99$",
        r"^is 0; allowed: above 0$",
        r"is not later than from",
        r"is not below the interval",
        r"above the max_record_size of",
        r"is missing; it says with which memory",
        r"is not allowed with mode: on_demand",
        r"of the request before$",
        r"leaves a child nothing; allowed",
        r"^(begins|ends) at \d+; allowed: ",
        r"^ends before it begins$",
        r"is of no use without split",
        r"cannot be merged with itself",
        r"is above the maximum of",
        r"^asks for nothing; allowed",
        r"periods it looks at$",
        r"^is given beside factor$",
        r"is above up\.above of",
        r"is of no use without duration_by_memory",
        r"is not within duration_by_memory",
        r"is above the reserved_concurrency",
        r"is above the account's concurrency",
        r"is more than the .* that other_concurrency",
        r"is also the name of",
        r"^round_robin takes every key in turn",
        r"^is given twice$",
        r"^has \S+ values in all",
    ),
}


@cache
def schema() -> dict[str, Any]:
    """The schema, made once."""
    return scenario_schema()


def loader_only(fault: Fault) -> bool:
    """Whether a schema could not have found it; whatever is wrong with a value to try is such a fault."""
    found = any(re.search(each, fault.message) for patterns in LOADER_ONLY.values() for each in patterns)
    return found or fault.field.startswith("search.vary.")


def disagreement(document: Any, folder: Path) -> str:
    """How the verdicts differ on a document whose CSV files are in a folder; empty when they do not."""
    in_schema = fits(document, schema(), schema())
    _, faults = examine_text(json.dumps(document), folder / "scenario.yaml")
    wrong = errors(faults)
    if in_schema and (told := [fault for fault in wrong if not loader_only(fault)]):
        return f"the schema allows what the loader refuses: {told[0]}"
    if not in_schema and not wrong:
        return "the loader allows what the schema refuses"
    return ""
