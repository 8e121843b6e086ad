"""What is folded away: assumptions, what is not modelled, the resolved scenario, how to run it again, definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from simulator.report.page.view import Bullets, Code, Facts, Paragraph, Row, Section, Table
from simulator.report.page.words import METRICS, NOT_MODELLED, safe
from simulator.report.vocabulary import LIMITS
from simulator.scenario.bounds import ASSUMPTION
from simulator.scenario.explain import all_fields

MOST_TEXT: Final = 200_000  # letters of a scenario that are shown


def assumptions(resolved: dict[str, Any]) -> Section:
    """Fields that AWS does not document, with their values here, and what the model leaves out."""
    rows = tuple(
        Row((each.path, ", ".join(values), each.text))
        for each in all_fields()
        if each.source.startswith(ASSUMPTION) and (values := _values(resolved, each.path))
    )
    table = Table(
        "What AWS does not document is a field of the scenario with an assumed default",
        ("field", "here", "meaning"),
        rows,
        frozenset({1, 2}),
    )
    blocks = (table, Paragraph("Not modelled:"), Bullets(NOT_MODELLED))
    return Section("assumptions", "Assumptions, and what is not modelled", blocks, folded=True)


def _values(resolved: dict[str, Any], path: str) -> list[str]:
    """The different values of a field in a scenario."""
    return list(dict.fromkeys(str(value) for value in _at(resolved, path.split("."))))


def _at(data: Any, names: list[str]) -> Iterator[Any]:
    if isinstance(data, list):
        for each in data:
            yield from _at(each, names)
    elif not names:
        if not isinstance(data, dict):
            yield data
    elif isinstance(data, dict) and names[0] in data:
        yield from _at(data[names[0]], names[1:])
    elif isinstance(data, dict) and all(isinstance(each, dict) for each in data.values()):
        for each in data.values():  # of a name that the user gave
            yield from _at(each, names)


def limits() -> Section:
    """The limits of AWS that are modelled, and where it states them."""
    rows = tuple(Row((each.words, each.amount, each.source)) for each in LIMITS.values())
    table = Table("Limits that are modelled", ("limit", "what AWS allows", "source"), rows, frozenset({1, 2}))
    return Section("limits", "Limits and their sources", (table,), folded=True)


def scenario(text: str) -> Section:
    """The resolved scenario."""
    shown = text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}\n… the rest is in scenario.yaml"
    return Section("scenario", "The resolved scenario", (Code("scenario.yaml", shown),), folded=True)


def reproduce(command: str, name: str, version: str) -> Section:
    """The command that gives the same figures, run in the folder of the result of a scenario of some name."""
    blocks = (
        Paragraph("In the folder of this report, from its resolved scenario:"),
        Code("Run", f"{command} --out ../{safe(name)}-again"),
        Facts((("version", f"shardsim {version}"),)),
        Paragraph("The same version and seed give the same figures on every machine.", quiet=True),
    )
    return Section("reproduce", "Run it again", blocks, folded=True)


def definitions() -> Section:
    """What the figures mean, and what CloudWatch calls them."""
    rows = tuple(Row((name, cloudwatch, text)) for name, cloudwatch, text in METRICS)
    table = Table("Metrics here and in CloudWatch", ("here", "CloudWatch", "meaning"), rows, frozenset({1, 2}))
    return Section("definitions", "Definitions of the metrics", (table,), folded=True)
