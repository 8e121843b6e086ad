"""From files to a scenario that validates: all steps in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.twin.fields.allowed import allowed_fields
from simulator.twin.fields.field import Field
from simulator.twin.fields.functions import function_fields, function_remarks
from simulator.twin.fields.mappings import mapping_fields, mapping_remarks, reader_fields
from simulator.twin.fields.rest import account_fields, head_fields, producer_fields
from simulator.twin.fields.streams import stream_fields, stream_remarks
from simulator.twin.found import Finding, Remark, Thing
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


def import_files(paths: Sequence[Path], parameters: Mapping[str, str]) -> Imported:
    """The scenario of files and folders. Raises NothingUsableError."""
    reading = read(paths, parameters)
    found: list[Finding] = [*reading.remarks, *named(reading.things)]
    things = allowed_names(real_names([each for each in found if isinstance(each, Thing)]))
    known, conflicts = merged(things)
    whole, left_out = system(known)
    remarks = [*(each for each in found if isinstance(each, Remark)), *conflicts, *left_out]
    if not whole.streams:
        raise NothingUsableError(remarks)
    fields, repairs = allowed_fields(_fields(whole))
    remarks += [*stream_remarks(whole), *function_remarks(whole), *mapping_remarks(whole), *repairs]
    return Imported(fields, list(dict.fromkeys(remarks)), reading.files)


def _fields(whole: System) -> list[Field]:
    return [
        *head_fields(whole),
        *account_fields(whole),
        *stream_fields(whole),
        *producer_fields(whole),
        *function_fields(whole),
        *mapping_fields(whole, None),
        *reader_fields(whole),
    ]
