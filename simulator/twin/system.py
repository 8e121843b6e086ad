"""The system that a scenario is made of: its streams, functions and mappings, without what is not in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.twin.arns import ANY
from simulator.twin.found import Remark, not_modelled, warning
from simulator.twin.merging import Known

MOST_NAMED = 5
LARGEST_MEMORY_MIB, LONGEST_TIMEOUT_S = 10_240, 900  # above: managed instances only


@dataclass(frozen=True, slots=True)
class System:
    """What is known of a system. A stream or function that only a mapping names is None."""

    account: Known | None
    streams: Mapping[str, Known | None]
    shards: Mapping[str, Sequence[Known]]  # the open ones of a stream, in order of their hash keys
    functions: Mapping[str, Known | None]
    provisioned: Mapping[str, Sequence[Known]]  # of a function, what its mappings use
    mappings: Sequence[Known]
    readers: Sequence[Known]


def system(known: Sequence[Known]) -> tuple[System, list[Remark]]:
    """The system of all that is known; and remarks about what is left out of it."""
    of = {kind: [each for each in known if each.kind == kind] for kind in dict.fromkeys(each.kind for each in known)}
    functions = {each.key[0]: each for each in of.get("function", [])}
    mappings, remarks = _enabled(of.get("mapping", []), functions)
    used = list(dict.fromkeys(each.key[2] for each in mappings))
    remarks += _unused(functions, used) + _unread(of.get("consumer", []), mappings)
    provisioned, more = _provisioned(of.get("provisioned", []), of.get("alias", []), mappings)
    shards = _open(of.get("shard", []))
    streams = {each.key[0]: each for each in of.get("stream", [])}
    named = dict.fromkeys([*streams, *shards, *(each.key[0] for each in mappings)])
    return System(
        account=next(iter(of.get("account", [])), None),
        streams={name: streams.get(name) for name in named},
        shards=shards,
        functions={name: functions.get(name) for name in used},
        provisioned=provisioned,
        mappings=mappings,
        readers=[each for each in of.get("reader", []) if each.key[0] in named],
    ), remarks + more


def title(known: Known) -> str:
    """What a thing is called in a sentence."""
    if known.kind == "mapping":
        stream, consumer, function, qualifier = known.key
        by = f" by the consumer {consumer}" if consumer else ""
        return f"the mapping of {stream}{by} to {function}{':' * bool(qualifier)}{qualifier}"
    return f"{known.kind} {':'.join(known.key)}"


def _enabled(mappings: Iterable[Known], functions: Mapping[str, Known]) -> tuple[list[Known], list[Remark]]:
    """The mappings that are enabled, of functions that are modelled."""
    kept, remarks = [], []
    for each in mappings:
        state = each.get("State")
        disabled = str(state.value).startswith("Disabl") if state and state.known else each.value("Enabled") is False
        if disabled:
            place = (state or each.settings["Enabled"]).place
            remarks.append(not_modelled(f"{title(each)}: it is disabled ({place}), and left out"))
        elif why := _managed(functions.get(each.key[2])):
            remarks.append(not_modelled(f"{title(each)}: its function {why}, and both are left out"))
        else:
            kept.append(each)
    return kept, remarks


def _managed(function: Known | None) -> str:
    """Why a function is none that is modelled; empty for one that is."""
    if function is None:
        return ""
    memory, timeout = function.value("MemorySize"), function.value("Timeout")
    above = isinstance(memory, int) and memory > LARGEST_MEMORY_MIB
    longer = isinstance(timeout, int) and timeout > LONGEST_TIMEOUT_S
    if function.value("CapacityProviderConfig") or above or longer:
        return "runs on managed instances, several requests at a time in each"
    return "is a durable function" if function.value("DurableConfig") else ""


def _unused(functions: Iterable[str], used: Sequence[str]) -> list[Remark]:
    names = [each for each in functions if each not in used]
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    what, whom = ("functions", "them") if len(names) > 1 else ("function", "it")
    return [not_modelled(f"{what} {', '.join(names[:MOST_NAMED])}{more}: no mapping here invokes {whom}, so left out")]


def _unread(consumers: Iterable[Known], mappings: Sequence[Known]) -> list[Remark]:
    """Consumers of somebody else."""
    used = {each.key[:2] for each in mappings}
    return [
        not_modelled(f"consumer {name} of {stream} ({each.place}): who uses it is not known; it has its own 2 MiB/s")
        for each in consumers
        if (stream := each.key[0], name := each.key[1]) not in used
    ]


def _provisioned(
    configs: Iterable[Known], aliases: Iterable[Known], mappings: Sequence[Known]
) -> tuple[dict[str, list[Known]], list[Remark]]:
    """The provisioned concurrency of versions and aliases that mappings name, or whose aliases they name."""
    used = {each.key[2:] for each in mappings}
    used |= {(each.key[0], each.key[2]) for each in aliases if each.key[:2] in used}
    found: dict[str, list[Known]] = {}
    remarks = []
    for each in configs:
        if each.key in used or each.key[1] == ANY:
            found.setdefault(each.key[0], []).append(each)
        elif each.key[0] in {function for function, _ in used}:
            why = "its mappings do not name that version or alias, so it does not help them"
            remarks.append(warning(f"{each.place}: provisioned concurrency of {':'.join(each.key)}: {why}"))
    return found, remarks


def _open(shards: Iterable[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for each in shards:
        if each.value("Open"):
            found.setdefault(each.key[0], []).append(each)
    return {name: sorted(of, key=lambda shard: shard.settings["Range"].value) for name, of in found.items()}
