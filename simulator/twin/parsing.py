"""From the text of a file to plain data: JSON, one or several after each other, or YAML with the tags of templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from simulator.scenario.nodes import shortened
from simulator.twin.template_yaml import YamlError, template_yaml

MOST_DOCUMENTS: Final = 1000  # in one file: pages that were appended
SPACES: Final = " \t\r\n"


class ParseError(Exception):
    """A text that holds no data; the message is the end of a sentence that begins with the file's name.

    begun: whether it begins as JSON does, so that it is not just any text.
    """

    def __init__(self, message: str, begun: bool = True) -> None:
        super().__init__(message)
        self.begun = begun


def parsed(text: str) -> list[Any]:
    """The documents of a text. Raises ParseError."""
    if text.lstrip(SPACES)[:1] in ("{", "["):
        return list(_json(text))
    try:
        return [template_yaml(text)]
    except YamlError as error:
        raise ParseError(str(error), begun=False) from None


def _json(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at = count = 0
    while (at := _next(text, at)) < len(text):
        count += 1
        if count > MOST_DOCUMENTS:
            raise ParseError(f"holds more than {MOST_DOCUMENTS} documents")
        try:
            document, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if not text[error.pos :].strip(SPACES):
                raise ParseError(f"is cut short: its JSON ends in line {error.lineno}, and is not whole") from None
            raise ParseError(f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
        except RecursionError:
            raise ParseError("is nested too deeply") from None
        except ValueError as error:
            raise ParseError(f"is not JSON: {shortened(str(error), 100)}") from None
        yield document


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number")
