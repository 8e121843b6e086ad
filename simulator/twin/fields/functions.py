"""Functions: memory, timeout and concurrency, and what only measurements tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from simulator.scenario.bounds import MIB
from simulator.scenario.units import format_duration, format_size
from simulator.twin.fields.duration import duration_fields
from simulator.twin.fields.field import NOT_DESCRIBED, Field, Row, field, fields
from simulator.twin.found import Remark, not_modelled
from simulator.twin.measured.evidence import Evidence
from simulator.twin.merging import Known
from simulator.twin.said import Rank
from simulator.twin.system import System

ARCHITECTURES: Final = {"x86_64": "x86", "arm64": "arm"}


def _architecture(value: Any) -> str:
    if len(value) != 1 or value[0] not in ARCHITECTURES:
        raise ValueError
    return ARCHITECTURES[value[0]]


def _units(reserve: int | None) -> Any:
    return "none" if reserve is None else reserve


ROWS: Final = (
    Row("MemorySize", "memory", "128MiB", lambda mib: format_size(mib * MIB)),
    Row("Timeout", "timeout", "3s", format_duration),
    Row("Architectures", "architecture", "x86", _architecture),
)
RESERVE: Final = Row("ReservedConcurrentExecutions", "reserved_concurrency", "none", _units)


def function_fields(system: System, passes: Mapping[str, float], seen: Evidence) -> Iterator[Field]:
    """The fields of all functions that mappings invoke."""
    for name, known in system.functions.items():
        path = ("functions", name)
        yield from fields(path, ROWS, known)
        yield _reserve(name, known)
        yield _provisioned(name, known, system.provisioned.get(name, ()))
        yield from duration_fields(name, [each for each in system.mappings if each.key[2] == name], passes, seen)


def function_remarks(system: System) -> Iterator[Remark]:
    """What of functions is not modelled."""
    for name, known in system.functions.items():
        if known is not None and known.value("SnapStart") not in (None, "None"):
            yield not_modelled(f"function {name}: SnapStart; give the cold start that is left")


def _reserve(name: str, known: Known | None) -> Field:
    """Outputs of get-function-configuration do not tell it, templates and states do."""
    path = ("functions", name)
    described = known.described if known else None
    if known and described and known.get(RESERVE.setting) is None and described.rank == Rank.RUNNING:
        why = "get-function-concurrency tells it, by an empty answer if there is none"
        return Field((*path, RESERVE.field), "none", "assumed", why)
    return field(path, RESERVE, known)


def _provisioned(name: str, known: Known | None, configs: Sequence[Known]) -> Field:
    path = ("functions", name, "provisioned_concurrency")
    said = [each.settings["ProvisionedConcurrentExecutions"] for each in configs]
    unknown = next((each for each in said if not each.known), None)
    if unknown is not None:
        return Field(path, 0, "missing", f"{unknown.place}: {unknown.value.why}")
    if said:
        return Field(path, sum(each.value for each in said), "data", ", ".join(str(each.place) for each in said))
    if known is None or known.described is None:
        return Field(path, 0, "missing", NOT_DESCRIBED)
    if known.described.rank == Rank.RUNNING:
        return Field(path, 0, "assumed", "list-provisioned-concurrency-configs tells it")
    return Field(path, 0, "data", f"none in {known.described.file}")
