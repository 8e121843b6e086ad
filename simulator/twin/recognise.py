"""What a document is, by its content: the name of its file says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from simulator.twin.found import Finding, Thing, unusable
from simulator.twin.parsing import ParseError, parsed
from simulator.twin.said import Place, Rank
from simulator.twin.sources import aws_cli, metrics, template, terraform

Given = Mapping[str, str]  # values of a template's parameters by name
NO_TEMPLATE: Final = "has no stream, function or mapping in it"


def findings(document: Any, place: Place, given: Given) -> list[Finding] | None:
    """What a document says; None if it is nothing that is known."""
    read = _reader(document)
    if read is None:
        return None
    try:
        found = list(read(document, place, given))
    except RecursionError:
        return [unusable(f"{place}: is nested too deeply")]
    if template.is_template(document) and not any(isinstance(each, Thing) for each in found):
        return [*found, unusable(f"{place}: a template that {NO_TEMPLATE}{_services(document)}")]
    return found


def _reader(document: Any) -> Callable[[Any, Place, Given], Iterator[Finding]] | None:
    if template.is_template(document):
        return lambda it, place, given: template.read(it, replace(place, rank=Rank.TEMPLATE), given)
    if terraform.is_terraform(document):
        return lambda it, place, _: terraform.read(it, replace(place, rank=terraform.rank(it)))
    if isinstance(document, dict) and document.get("TemplateBody"):
        return _get_template
    if isinstance(document, dict) and "service" in document and "provider" in document:
        return _serverless
    if metrics.is_queries(document):
        return lambda it, place, _: metrics.read_queries(it, place)
    if aws_cli.is_output(document):
        return lambda it, place, _: aws_cli.read(it, place)
    return None


def _get_template(output: Mapping[str, Any], place: Place, given: Given) -> Iterator[Finding]:
    """What `aws cloudformation get-template` prints: JSON as it is, YAML as a text."""
    body = output["TemplateBody"]
    try:
        documents = parsed(body) if isinstance(body, str) else [body]
    except ParseError as error:
        yield unusable(f"{place.at('TemplateBody')} {error}")
        return
    for each in documents:
        if template.is_template(each):
            yield from findings(each, place.at("TemplateBody"), given) or []


def _serverless(document: Any, place: Place, given: Given) -> Iterator[Finding]:
    packaged = ".serverless/cloudformation-template-update-stack.json"
    yield unusable(f"{place}: a file of the Serverless Framework; run `serverless package`, and give {packaged}")


def parameter_names(document: Any) -> set[str]:
    """The parameters that a document has, if it is a template."""
    declared = document.get("Parameters") if template.is_template(document) else None
    return set(map(str, declared)) if isinstance(declared, dict) else set()


def _services(document: Mapping[str, Any]) -> str:
    """Which services a template is of, in words."""
    kinds = [each.get("Type") for each in document["Resources"].values() if isinstance(each, dict)]
    names = sorted({each.split("::")[1] for each in kinds if isinstance(each, str) and each.count("::") >= 2})
    return f", but of {', '.join(names[:5])}" if names else ""
