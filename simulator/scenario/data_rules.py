"""What no single field can tell of records' data and of handlers (see simulator.scenario.rules)."""

from collections.abc import Iterator
from string import Template

from simulator.scenario.data import FIELDS, JsonLines, Lines, TemplateData, TextLines, WholeNumber
from simulator.scenario.functions import Function, Poison, Work
from simulator.scenario.place import UNREADABLE, Problem, did_you_mean
from simulator.scenario.spec import Producer, Scenario
from simulator.scenario.units import format_size


def data_problems(field: str, producer: Producer, scenario: Scenario) -> Iterator[Problem]:
    """Of what a producer's records hold."""
    match producer.data:
        case JsonLines(json_lines=lines):
            yield from _too_long(f"{field}.json_lines", lines, producer, scenario)
        case TextLines(text_lines=lines):
            yield from _too_long(f"{field}.text_lines", lines, producer, scenario)
        case TemplateData() as data:
            yield from _template(field, data)


def _too_long(field: str, lines: Lines, producer: Producer, scenario: Scenario) -> Iterator[Problem]:
    if lines is UNREADABLE or producer.stream is UNREADABLE:
        return
    limit = scenario.streams[producer.stream].max_record_size
    longest = max(lines.lines, key=len)
    if (size := len(longest.encode())) > limit:
        name, number = lines.path.rpartition("/")[2], lines.lines.index(longest) + 1
        message = f"{name}, line {number} has {size:,} bytes, above the max_record_size of {format_size(limit)}"
        yield Problem(field, f"{message} of '{producer.stream}'")


def _template(field: str, data: TemplateData) -> Iterator[Problem]:
    if data.fields is UNREADABLE or data.template is UNREADABLE:
        return
    known = (*FIELDS, *data.fields)
    for name in Template(data.template).get_identifiers():
        if name not in known:
            yield Problem(f"{field}.template", f"there is no field '{name}'", did_you_mean(name, known))
    for name, of in data.fields.items():
        if name in FIELDS:
            yield Problem(f"{field}.fields.{name}", "is the name of a field that every template has", "name it else")
        elif isinstance(of, WholeNumber) and of.low > of.high:
            yield Problem(f"{field}.fields.{name}", f"low {of.low} is above high {of.high}")
        elif not isinstance(of, WholeNumber) and of.one_of == ():
            yield Problem(f"{field}.fields.{name}.one_of", "the list is empty; allowed: one text or more")


def handler_problems(field: str, function: Function) -> Iterator[Problem]:
    """Of a function's handler, and of what goes only with one."""
    handler, duration = function.handler, function.duration
    measured = isinstance(duration.measured, float)  # not of one that could not be read
    if handler is UNREADABLE:
        return
    if handler is None:
        if measured:
            yield Problem(f"{field}.duration.measured", "there is no handler whose time could be measured")
        if function.environment:
            yield Problem(f"{field}.environment", "is of no use without a handler")
        return
    if measured:
        if (duration.per_batch, duration.per_record, duration.per_mib) != (Work().per_batch,) * 3:
            yield Problem(f"{field}.duration.measured", "is given with other durations", "give one or the other")
        if function.duration_by_memory:
            yield Problem(f"{field}.duration_by_memory", "the handler's own time is measured, whatever the memory")
    for i, failure in enumerate(function.failures):
        if isinstance(failure, Poison):
            yield Problem(f"{field}.failures[{i}].kind", "the handler says which records are poison", "leave it out")
