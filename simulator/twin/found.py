"""What a source gives: things of AWS with their settings, and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from simulator.twin.measured.series import KeyCounts, Query, Raw, Reports, Series
from simulator.twin.said import Place, Said

Kind = Literal["account", "stream", "shard", "consumer", "function", "alias", "provisioned", "mapping", "reader"]


@dataclass(frozen=True, slots=True)
class Thing:
    """What one source says of one thing.

    key: what it is by kind; of a stream or function its name, of a shard (stream, shard), of a consumer and of another
    reader (stream, name), of an alias (function, alias, version), of provisioned concurrency (function, qualifier), of
    a mapping (stream, consumer or "", function, qualifier or ""), of the account nothing. A stream or function that the
    file does not name is "". settings: by AWS's names. made_up: streams and functions whose names are the template's
    ids, because AWS makes up the real ones. whole: whether a setting that is not there has AWS's default.
    """

    kind: Kind
    key: tuple[str, ...]
    place: Place
    settings: Mapping[str, Said] = field(default_factory=dict)
    made_up: frozenset[str] = frozenset()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about what was read: a warning, something that is not modelled, or a file that could not be used."""

    kind: Literal["warning", "not modelled", "unusable"]
    text: str


Finding = Thing | Remark | Raw | Query | Series | Reports | KeyCounts


def warning(text: str) -> Remark:
    """A warning."""
    return Remark("warning", text)


def not_modelled(text: str) -> Remark:
    """That something is not modelled and left out."""
    return Remark("not modelled", text)


def unusable(text: str) -> Remark:
    """That a file cannot be used, or not all of it."""
    return Remark("unusable", text)
