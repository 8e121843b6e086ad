"""From files to a scenario that validates: all steps in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.twin.fields.allowed import allowed_fields
from simulator.twin.fields.duration import duration_remarks
from simulator.twin.fields.field import Field
from simulator.twin.fields.functions import function_fields, function_remarks
from simulator.twin.fields.mappings import mapping_fields, mapping_remarks, passing, reader_fields
from simulator.twin.fields.rest import account_fields, head_fields
from simulator.twin.fields.streams import stream_fields, stream_remarks
from simulator.twin.fields.traffic import Attachment, producer_fields, traffic_remarks
from simulator.twin.found import Finding, Remark, Thing
from simulator.twin.measured.evidence import Evidence, evidence, names_of
from simulator.twin.measured.series import Metric
from simulator.twin.merging import merged
from simulator.twin.naming import allowed_names, named, real_names
from simulator.twin.reading import read
from simulator.twin.system import System, system
from simulator.twin.yaml_text import document, scenario_yaml


class NothingUsableError(Exception):
    """No file says anything of a stream or a mapping; `remarks` say what is wrong with each."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__("nothing of a stream or an event source mapping is found")
        self.remarks = remarks


@dataclass(frozen=True, slots=True)
class Imported:
    """A scenario made of files: its fields with their origins, and remarks about what was read."""

    fields: Sequence[Field]
    attachments: Sequence[Attachment]
    remarks: Sequence[Remark]
    files: Sequence[str]

    @property
    def yaml(self) -> str:
        """The scenario as a file."""
        return scenario_yaml(self.fields, self.files)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, and every file that was named could be used."""
        return all(each.how != "missing" for each in self.fields) and not self.told("unusable")

    def told(self, kind: str) -> list[str]:
        """The remarks of a kind."""
        return [each.text for each in self.remarks if each.kind == kind]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data (docs/import.md)."""
        return {
            "schema_version": 1,
            "scenario": document(self.fields),
            "fields": [
                {
                    "path": each.name, "value": each.value, "how": each.how, "source": each.source,
                    "low": each.low, "high": each.high,
                }
                for each in self.fields
            ],
            "not_modelled": self.told("not modelled"),
            "warnings": [*self.told("unusable"), *self.told("warning")],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What is given beside the files: values of parameters of templates, metrics by the Ids of results, the stem of the
    scenario's file, by default the first stream's name, and the last part of the measurements, which is not looked at.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    stem: str = ""
    holdout: float = 0.0


def import_files(paths: Sequence[Path], request: Request | None = None) -> Imported:
    """The scenario of files and folders. Raises NothingUsableError."""
    request = request or Request()
    reading = read(paths, request.parameters)
    found: list[Finding] = [*reading.remarks, *named(reading.things)]
    things = allowed_names(real_names([each for each in found if isinstance(each, Thing)]))
    known, conflicts = merged(things)
    whole, left_out = system(known)
    remarks = [*(each for each in found if isinstance(each, Remark)), *conflicts, *left_out]
    if not whole.streams:
        raise NothingUsableError(list(dict.fromkeys(remarks)))
    seen, strange = evidence(reading.measured, request.metrics, names_of(whole))
    if request.holdout:
        seen, held_out = seen.without_the_last(request.holdout)
        strange = [*strange, *held_out]
    made = list(_fields(whole, seen, request.stem or next(iter(whole.streams))))
    fields, repairs = allowed_fields([each for each in made if isinstance(each, Field)])
    remarks += [*strange, *stream_remarks(whole, seen), *function_remarks(whole), *mapping_remarks(whole)]
    remarks += [*traffic_remarks(whole, seen), *duration_remarks(whole, seen), *repairs]
    attachments = [each for each in made if isinstance(each, Attachment)]
    return Imported(fields, attachments, list(dict.fromkeys(remarks)), reading.files)


def _fields(whole: System, seen: Evidence, stem: str) -> Iterator[Field | Attachment]:
    passes = passing(whole, seen)
    yield from head_fields(whole, seen)
    yield from account_fields(whole)
    yield from stream_fields(whole)
    yield from producer_fields(whole, seen, stem)
    yield from function_fields(whole, passes, seen)
    yield from mapping_fields(whole, passes, seen.metrics.start if seen.metrics else None)
    yield from reader_fields(whole)
