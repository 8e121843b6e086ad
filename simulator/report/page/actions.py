"""What to do about a run: the fields that answer to what binds, and the commands that try them."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulator.report.limits import concurrency_limit
from simulator.report.numbers import percent
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Block, Code, Facts, Paragraph, Section
from simulator.report.page.words import HERE, safe
from simulator.report.tables import endless
from simulator.report.vocabulary import limit_words
from simulator.scenario.units import parse_duration
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

ROOM: Final = 0.8  # of a limit: what is left is for what the run has not shown
SKEW: Final = 1.5  # times the mean: a shard that takes that much is not helped by more shards alone
MOST: Final = 3
WRITING: Final = ("write_records", "write_bytes")
FAILURES: Final = ("outage", "random_errors", "timeouts", "poison")
MOST_LANES: Final = 10
RETENTIONS: Final = ("7d", "30d", "365d")


@dataclass(frozen=True)
class Action:
    """A change of one field of the scenario."""

    path: str
    now: str
    then: str
    why: str


def actions(run: RunView) -> Section | None:
    """What to try, and the command that does it: a run has simulated no change of itself, and recommends none."""
    if not run.mappings or not run.produced:
        return None
    amiss = any(each["verdict"] != "stable" for each in run.mappings.values())
    amiss = amiss or any(each.state == "missed" for each in run.assessments)
    found = _together(_found(run))[:MOST] if amiss else []
    blocks: list[Block] = [*_by_hand(run, found)]
    blocks += _next(run, bool(found))
    if found and run.summary["next_step"][:1] != ["advise"]:
        blocks.append(Paragraph("What may make it catch up sooner, and has not been simulated yet:"))
    blocks += [block for each in found for block in _blocks(run, each)]
    return Section("actions", "What to do", tuple(blocks)) if blocks else None


def _by_hand(run: RunView, found: Sequence[Action]) -> Iterator[Block]:
    """What no field of the scenario mends."""
    if all(each["attempts"] and each["errors"] == each["attempts"] for each in run.mappings.values()):
        yield Paragraph("Every attempt failed. No field of the stream or of the mapping mends that: the function does.")
        return
    if (hot := _hot_keys(run)) and not found:
        yield Paragraph(hot)
    worst = run.mappings[run.worst]
    if not found and worst["binding_cause"] in FAILURES and worst["attempts"]:
        failing = percent(worst["errors"] / worst["attempts"])
        what = "What lanes, retries and bisecting do about it has to be tried."
        yield Paragraph(f"{failing} of the attempts of {run.worst} fail, and hold up its lanes. {what}")


def _next(run: RunView, some: bool) -> Iterator[Block]:
    """The command that goes on from here, as the terminal says it."""
    command, *options = run.summary["next_step"] or [""]
    why = {
        "advise": "This tries changes, also several together, and says which help, what they cost, and how to make "
        "them on AWS" + (". Nothing of what follows has been simulated yet." if some else "."),
        "run": "These runs do not tell for certain: so many do.",
        "size": f"Nothing has to change. Whether less would do{', by objectives of yours' * bool(options)}:",
    }
    if command:
        yield Paragraph(why[command])
        yield Code(HERE, _line(run, command, *options, out="longer" if command == "run" else command))


def _line(run: RunView, command: str, *options: str, out: str) -> str:
    """A command to be given in the folder of the report, whose result stands beside it."""
    return shlex.join(["shardsim", command, "scenario.yaml", *options, "--out", f"../{safe(run.result.name)}-{out}"])


def _together(found: Iterator[Action]) -> list[Action]:
    """The same change of several mappings is told once, of the one that is the furthest behind."""
    first: dict[tuple[str, str, str], Action] = {}
    for each in found:
        field = each.path.rpartition(".")[2]
        first.setdefault((field, each.now, each.then), each)
    return list(first.values())


def _blocks(run: RunView, action: Action) -> Iterator[Block]:
    yield Paragraph(action.why)
    yield Facts(((action.path, f"{action.now} → {action.then}"),))
    yield Code(
        f"Try this alone, {HERE[0].lower()}{HERE[1:]}",
        _line(run, "run", "--set", f"{action.path}={action.then}", out="changed"),
    )


def _found(run: RunView) -> Iterator[Action]:
    for name in run.worst_first:
        mapping = run.mappings[name]
        spec = next(each for each in run.resolved["event_source_mappings"] if each["name"] == name)
        poisoned = list(_poisoned(run, name, spec))
        yield from poisoned or _binding(run, name, mapping, spec)
        yield from _losses(run, name, mapping, spec)


def _poisoned(run: RunView, name: str, spec: dict[str, Any]) -> Iterator[Action]:
    """A record that fails every batch it is in, and holds up its lane."""
    if spec["bisect_batch_on_function_error"] or spec["report_batch_item_failures"]:
        return
    if run.mappings[name]["waiting_s"].get("poison", 0) > 0:
        why = (
            f"A poison record fails every batch{run.named(name)} that holds it, good records and all. "
            "Bisecting isolates it; with a limit of retries it is then given up."
        )
        yield Action(f"event_source_mappings.{name}.bisect_batch_on_function_error", "false", "true", why)
        if spec["maximum_retry_attempts"] == -1:
            why = "Without a limit of retries it is tried until the retention takes it, and all behind it wait."
            yield Action(f"event_source_mappings.{name}.maximum_retry_attempts", "-1", "3", why)


def _binding(run: RunView, name: str, mapping: dict[str, Any], spec: dict[str, Any]) -> Iterator[Action]:
    cause = mapping["binding_cause"]
    if cause in WRITING:
        yield from _room_to_write(run, mapping, cause)
    elif cause in ("read_calls", "read_bytes") and spec["consumer"] == "polling":
        why = (
            f"Polling{run.named(name)} shares the reads of each shard with all that poll it; a push consumer has its "
            "own 2 MiB/s a shard, at a price by shard and hour. It is a migration: some records come twice."
        )
        yield Action(f"event_source_mappings.{name}.consumer", "polling", "push", why)
    elif cause in ("read_bytes", "push_bytes"):
        yield from _more_shards(run, mapping, "read_bytes")
    elif cause == "concurrency":
        yield _more_concurrency(run, mapping, spec)
    elif cause == "function" or (cause in FAILURES[:3] and _was_down(run, name)):
        yield from _more_lanes(run, name, mapping, spec)


def _was_down(run: RunView, name: str) -> bool:
    """Whether the function had an outage or a slow period: what is left to improve is the time that recovery takes."""
    episodes = run.files.incidents
    mine = episodes["event"][episodes["mapping"] == name]
    return any(event.startswith(("outage", "slow")) for event in mine.tolist())


def _room_to_write(run: RunView, mapping: dict[str, Any], limit: str) -> Iterator[Action]:
    """More shards, unless the most popular key alone is too much for one: then nothing that the scenario has."""
    if key_alone(run, mapping["stream"], limit) <= 1:
        yield from _more_shards(run, mapping, limit)


def key_alone(run: RunView, stream: str, limit: str) -> float:
    """What the most popular key of a stream alone offers to a limit of writing, as a part of it."""
    of = run.streams[stream]
    hottest = float(run.files.shards.loc[run.files.shards["stream"] == stream, "offered_records"].max())
    share = hottest / max(1, of["records_produced"])
    return _writing(run, stream)[limit] * min(1.0, of["hottest_key_part"] / share) if share else 0.0


def _hot_keys(run: RunView) -> str:
    """What to say of keys for which no number of shards is enough."""
    told = []
    for name in run.worst_first:
        mapping = run.mappings[name]
        for limit in WRITING:
            if (part := key_alone(run, mapping["stream"], limit)) > 1 and mapping["verdict"] != "stable":
                told.append(
                    f"The most popular partition key of {mapping['stream']} alone asks for {percent(part)} of a shard's"
                    f" limit for {limit_words(limit)}: no number of shards is enough. The key itself has to be "
                    "divided, by a suffix that producers add, say."
                )
    return " ".join(dict.fromkeys(told))


def _more_shards(run: RunView, mapping: dict[str, Any], limit: str) -> Iterator[Action]:
    stream = mapping["stream"]
    if run.changing(stream):
        yield from _sooner(run, stream)
        return
    use = _writing(run, stream)[limit] if limit in WRITING else endless(mapping["limits"][limit]["offered_mean"])
    now = run.streams[stream]["shards"]
    then = max(now + 1, math.ceil(now * use / ROOM))
    why = (
        f"The hottest shard is offered {percent(use)} of its limit for {limit_words(limit)}; {then} shards bring that "
        f"to about {percent(use * now / then)}, if the keys spread evenly."
    )
    skew = _skew(run, stream)
    if skew > SKEW:
        why += (
            f" But one shard takes {skew:.2g} times the mean: a popular key goes to one shard, however many there are."
        )
    yield Action(f"streams.{stream}.shards", str(now), str(then), why)


def _sooner(run: RunView, stream: str) -> Iterator[Action]:
    """A stream that grows by itself had as many shards as it needs too late, if it ever had."""
    spec, (begin, most) = run.resolved["streams"][stream], run.open_shards(stream)
    if most > begin:
        warm = f"On AWS that is a warm throughput of {most:,} MiB/s"
        how = warm if spec["mode"] == "on_demand" else "It pays for them from the start"
        why = (
            f"{stream} came to {most:,} shards only in the run; a stream that begins with them has room at once. {how}."
        )
        yield Action(f"streams.{stream}.shards", str(begin), str(most), why)
    if isinstance(rule := spec.get("scaling"), dict) and isinstance(up := rule["up"], dict) and int(up["points"]) > 1:
        why = (
            f"Its rule waits for {up['points']} of {up['of']} periods of {up['period']}, and {rule['delay']} for their "
            "figures, before it asks for more shards, after each change anew."
        )
        yield Action(f"streams.{stream}.scaling.up.points", str(up["points"]), "1", why)


def _writing(run: RunView, stream: str) -> dict[str, float]:
    """What the hottest shard uses of each limit of writing for longer than a burst: in a row of the load at its most.

    What is offered over all of the traffic counts if that is more: a shard never accepts more than its limit.
    """
    of, table = run.streams[stream], run.files.shards[run.files.shards["stream"] == stream]
    offered = float(table["offered_records"].max()) / float(run.summary["duration_s"])
    rate = max(float(of["sustained_records_per_s"]), offered)
    size_bytes = of["accepted_bytes"] / max(1, of["records_accepted"])
    parts = rate / RECORDS_PER_S, rate * size_bytes / BYTES_PER_S
    return dict(zip(WRITING, parts, strict=True))


def _skew(run: RunView, stream: str) -> float:
    """The share of the shard that takes the most, in times of the mean."""
    shards = run.files.shards
    share = shards.loc[shards["stream"] == stream, "part_of_stream"].max()
    return float(share) * int(run.streams[stream]["shards"])


def _more_lanes(run: RunView, name: str, mapping: dict[str, Any], spec: dict[str, Any]) -> Iterator[Action]:
    needed, now = endless(mapping["limits"]["lanes"]["offered_mean"]), spec["parallelization_factor"]
    if now >= MOST_LANES or math.isinf(needed):
        yield from _more_shards(run, mapping, "write_records")
        return
    then = min(MOST_LANES, max(now + 1, math.ceil(now * needed / ROOM)))
    why = f"The records of the busiest lane{run.named(name)} need {percent(needed)} of the time that there is"
    if needed < ROOM:
        why = f"The backlog{run.named(name)} drains only as fast as its lanes work"
    why += f"; {then} lanes a shard share that work, if the keys of a shard spread over them."
    yield Action(f"event_source_mappings.{name}.parallelization_factor", str(now), str(then), why)


def _more_concurrency(run: RunView, mapping: dict[str, Any], spec: dict[str, Any]) -> Action:
    function, resolved = mapping["function"], run.resolved
    lanes = sum(
        run.streams[each["stream"]]["shards"] * each["parallelization_factor"]
        for each in resolved["event_source_mappings"]
        if each["function"] == function
    )
    limit = concurrency_limit(resolved, function).units
    why = (
        f"{function} is throttled: up to {lanes:,} batches may be in flight (shards times parallelization factor), "
        f"and its limit is {limit:,}."
    )
    if resolved["functions"][function]["reserved_concurrency"] != "none":
        return Action(f"functions.{function}.reserved_concurrency", str(limit), str(max(lanes, limit + 1)), why)
    account = resolved["account"]["concurrency"]
    return Action("account.concurrency", str(account), str(account + max(1, lanes - limit)), why)


def _losses(run: RunView, name: str, mapping: dict[str, Any], spec: dict[str, Any]) -> Iterator[Action]:
    records, stream = mapping["records"], mapping["stream"]
    if records["dropped_at_write"]:
        yield from _room_to_write(run, mapping, _tighter(mapping))
    if records["expired"]:
        why = (
            f"{records['expired']:,} records{run.named(name)} expired before they were processed; "
            "a longer retention keeps them until the backlog is worked off."
        )
        now = str(run.resolved["streams"][stream]["retention"])
        longer = next((each for each in RETENTIONS if parse_duration(each) > parse_duration(now)), now)
        yield Action(f"streams.{stream}.retention", now, longer, why)
    if records["dropped"] and not spec["on_failure_destination"]:
        why = (
            f"{records['dropped']:,} records{run.named(name)} were given up and nothing is left of them; "
            "a failure destination keeps where they are."
        )
        yield Action(f"event_source_mappings.{name}.on_failure_destination", "false", "true", why)


def _tighter(mapping: dict[str, Any]) -> str:
    return max(WRITING, key=lambda limit: endless(mapping["limits"][limit]["offered_mean"]))
