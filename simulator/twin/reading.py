"""All files that are given, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.scenario.foreign import HCL
from simulator.scenario.nodes import shortened
from simulator.twin.found import Finding, Remark, Thing, unusable, warning
from simulator.twin.inputs import Input, InputError, head_of, inputs, text_of
from simulator.twin.parsing import ParseError, parsed
from simulator.twin.recognise import findings, parameter_names
from simulator.twin.said import Place
from simulator.twin.sources import aws_cli
from simulator.twin.sources.csv_text import read_csv
from simulator.twin.sources.logs import MOST, is_log, read_log

NOTHING_KNOWN: Final = "is nothing that import knows; the page docs/import.md names what it reads"
MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files say: things, measurements, remarks, and which files said something."""

    things: list[Thing]
    measured: list[Finding]
    remarks: list[Remark]
    files: list[str]


def read(paths: Sequence[Path], given: Mapping[str, str]) -> Reading:
    """Read files and folders; `given`: values of the parameters of templates. Never raises for what is in a file."""
    found: list[Finding] = []
    files: list[str] = []  # that said something, or are known
    passed_over: list[str] = []
    documents: list[Any] = []
    try:
        every = inputs(paths)
    except InputError as error:
        return Reading([], [], [unusable(str(error))], [])
    for each in every:
        before = len(documents)
        said = list(_file(each, given, documents))
        if said or len(documents) > before:
            found.extend(said)
            files.append(each.name)
        elif not each.named:
            passed_over.append(each.name)
    found.extend(_pages_missing(documents))
    found.extend(_parameters_unknown(documents, given))
    if passed_over:
        found.append(warning(f"passed over, as nothing in them is known: {_few(passed_over)}"))
    remarks = [each for each in found if isinstance(each, Remark)]
    things = [each for each in found if isinstance(each, Thing)]
    measured: list[Finding] = [each for each in found if not isinstance(each, Thing | Remark)]
    return Reading(things, measured, list(dict.fromkeys(remarks)), files)


def _file(file: Input, given: Mapping[str, str], documents: list[Any]) -> Iterator[Finding]:
    """What a file says; nothing if it is of no use and was not asked for by name. Adds what it holds to `documents`."""
    place = Place(file.name)
    try:
        yield from _log(file, place) if is_log(head_of(file.path)) else _text(file, place, given, documents)
    except InputError as error:
        if file.named:
            yield unusable(f"{place}: {error}")
    except ParseError as error:
        if file.named or error.begun:
            yield unusable(f"{place}: {error}")


def _text(file: Input, place: Place, given: Mapping[str, str], documents: list[Any]) -> Iterator[Finding]:
    text = text_of(file.path)
    if HCL.search(text) and file.path.suffix == ".tf":
        yield unusable(f"{place}: is Terraform's own language; give what `terraform show -json` prints")
    elif not text.strip() and "concurrency" in file.path.name:
        yield aws_cli.empty_concurrency(place)
    elif table := read_csv(text, place):
        yield from table
    else:
        for document in parsed(text):
            said = findings(document, place, given)
            if said is not None:
                documents.append(document)
                yield from said
            elif file.named:
                yield unusable(f"{place}: {NOTHING_KNOWN}")


def _log(file: Input, place: Place) -> Iterator[Finding]:
    reports, left = read_log(file.path, place)
    yield reports
    if left:
        yield warning(f"{place}: the first {MOST // 2**20} MiB of {(MOST + left) / 2**20:,.0f} MiB are read")


def _pages_missing(documents: Sequence[Any]) -> Iterator[Remark]:
    """A warning for each kind of output of which all pages say that there are more."""
    outputs = [each for each in documents if aws_cli.is_output(each)]
    more = [field for each in outputs if (field := aws_cli.continues(each))]
    for field in dict.fromkeys(more):
        if more.count(field) == sum(field in each for each in outputs):
            yield warning(f"{field}: there is a further page that is not given (NextToken); what it says is not known")


def _parameters_unknown(documents: Sequence[Any], given: Mapping[str, str]) -> Iterator[Remark]:
    names = set().union(*map(parameter_names, documents)) if documents else set()
    for name in given:
        if name not in names and not name.startswith("AWS::"):
            known = f"; there are {_few(sorted(names))}" if names else ""
            yield warning(f"--parameter {shortened(name)}: no template has such a parameter{known}")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(shortened(each) for each in names[:MOST_NAMED]) + more
