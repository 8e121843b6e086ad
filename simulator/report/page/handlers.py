"""What functions' own handlers made of a run: errors by kind, records seen again, and the order of a key's records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from simulator.report.numbers import count
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Block, Paragraph, Row, Section, Table, plural

MOST: Final = 20  # rows of a table
BY_RESPONSE: Final = "batchItemFailures"
HEADS: Final = ("mapping", "error", "where", "attempts", "example", "of a batch of", "key of the record", "its data")


def section(run: RunView) -> Section | None:
    """Errors, and what was seen how often; nothing where no function has a handler."""
    told = run.files.handled
    if told is None or not told["mappings"]:
        return None
    of = told["mappings"]
    return Section("handlers", "What the handler did", (*_errors(of), *_seen(of, run), *_keys(of), *_order(of)))


def _errors(of: dict[str, Any]) -> Iterator[Block]:
    rows = [Row(_error(name, each)) for name, mine in of.items() for each in mine["errors"]]
    if not rows:
        attempts = plural(sum(mine["attempts"] for mine in of.values()), "attempt")
        yield Paragraph(f"The handler returned from all {attempts}, and named no record that failed.")
        return
    caption = "Errors by kind and line; the example is the first record that was not done of the smallest batch"
    yield Table(caption, HEADS, tuple(rows[:MOST]), frozenset({1, 2, 4, 6, 7}))
    if len(rows) > MOST:
        yield Paragraph(f"{MOST} of {len(rows):,} kinds of errors; all are in handlers.json.", quiet=True)


def _error(name: str, error: dict[str, Any]) -> tuple[str, ...]:
    example, where = error["example"], f"{error['file']}:{error['line']}" if error["line"] else error["file"]
    kind = "named in batchItemFailures" if error["kind"] == BY_RESPONSE else error["kind"]
    batch, attempts = count(example["batch"]), count(error["attempts"])
    return name, kind, where or "-", attempts, example["message"] or "-", batch, example["key"], example["data"]


def _seen(of: dict[str, Any], run: RunView) -> Iterator[Block]:
    rows = [Row((name, *_times(mine, run.mappings[name]["unprocessed"]))) for name, mine in of.items()]
    heads = ("mapping", "records seen once", "2 to 4 times", "5 times or more", "at most", "never")
    yield Table("How often the function was handed each record", heads, tuple(rows))


def _times(mine: dict[str, Any], unprocessed: int) -> tuple[str, ...]:
    """Columns of how many records were seen how often; never: those that ended or were left without being seen."""
    times = {each["times"]: each["records"] for each in mine["seen"]}
    never = times.get(0, 0) + max(0, unprocessed - mine["unfinished"])

    def between(low: int, high: float) -> str:
        return count(sum(records for n, records in times.items() if low <= n <= high))

    return (
        between(1, 1),
        between(2, 4),
        between(5, float("inf")),
        count(max(times, default=0)),
        count(never),
    )


def _keys(of: dict[str, Any]) -> Iterator[Block]:
    rows = [
        Row((name, each["key"], count(each["again"]), count(each["most"])))
        for name, mine in of.items()
        for each in mine["keys"]
    ]
    if rows:
        heads = ("mapping", "partition key", "handed over again", "one record at most")
        caption = "Duplicates by key: what a function that is not idempotent does twice"
        yield Table(caption, heads, tuple(rows[:MOST]), frozenset({1}))


def _order(of: dict[str, Any]) -> Iterator[Block]:
    rows = [
        Row((name, each["key"], " | ".join(" ".join(_numbers(words)) for words in each["attempts"])))
        for name, mine in of.items()
        for each in mine["order"]
    ]
    if rows:
        caption = (
            "The order in which a key's records were seen, from its first failure on: a record is its number among its "
            "producer's, a bar stands between attempts"
        )
        yield Table(caption, ("mapping", "partition key", "records"), tuple(rows[:MOST]), frozenset({1, 2}))


def _numbers(words: list[str]) -> list[str]:
    return [word.rpartition(" ")[2] for word in words]
