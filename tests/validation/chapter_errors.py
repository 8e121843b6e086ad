"""How many attempts a bad record costs, for all sizes of a batch and all its places in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from simulator.scenario.spec import ConstantRate, Poison, Scenario
from tests.model.rows import small
from tests.validation.running import all_attempts
from tests.validation.studies import Chapter, Expected, Figures, Study

RETRIES = 2
BOTH = "partial response and bisect"


def chapter(most: int = 200) -> Chapter:
    """Batches of up to so many records."""
    pairs = most * (most + 1) // 2
    return Chapter(
        "Bad records",
        "A run for each size n of a batch: n batches of n records, of which the i-th has a bad record in place i; "
        f"{pairs:,} pairs of size and place in all. What is expected is counted by recursion. {RETRIES} retries.",
        (
            study("bisect", most, bisect_batch_on_function_error=True),
            study("partial response", most, report_batch_item_failures=True),
            study(BOTH, most, bisect_batch_on_function_error=True, report_batch_item_failures=True),
            study("neither", most),
        ),
    )


@cache
def bisected(records: int, bad: int) -> int:
    """Attempts when a batch is halved until the bad record is alone, and then retried."""
    if records == 1:
        return 1 + RETRIES
    left = records // 2
    return 2 + (bisected(left, bad) if bad < left else bisected(records - left, bad - left))


def expected_attempts(rule: str, records: int, bad: int) -> int:
    """Attempts at a batch with one bad record."""
    if rule == "bisect":
        return bisected(records, bad)
    if rule == "partial response":
        return (bad > 0) + 1 + RETRIES
    if rule == BOTH:
        return (bad > 0) + bisected(records - bad, 0)
    return 1 + RETRIES


def expected_losses(rule: str, records: int, bad: int) -> int:
    """Records given up of a batch with one bad record."""
    if "bisect" in rule:
        return 1
    return records - bad if rule == "partial response" else records


def study(rule: str, most: int, **switches: bool) -> Study:
    """All batches under one rule."""
    content = small(
        function={"duration": {"per_batch": "1ms"}},
        mapping={
            "batch_size": most,
            "maximum_retry_attempts": RETRIES,
            "retry_backoff": {"initial": "1ms", "factor": 1},
            "polling": {"phase": "0s", "latency": "0s", "repoll": "base_rate"},
            **switches,
        },
    )
    pairs = [(n, i) for n in range(1, most + 1) for i in range(n)]
    attempts = sum(expected_attempts(rule, *pair) for pair in pairs)
    lost = sum(expected_losses(rule, *pair) for pair in pairs)
    return Study(
        f"{rule}: batches of 1 to {most} records with one bad one in every place",
        content,
        _Counter(rule),
        (
            Expected(f"{rule}: pairs with another number of attempts", "wrong", 0, "recursion", "pairs"),
            Expected(f"{rule}: attempts in all", "attempts", attempts, "recursion", "attempts"),
            Expected(f"{rule}: records given up", "lost", lost, "recursion", "records"),
        ),
    )


class _Counter:
    """The measure of a rule: runs all sizes."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def __call__(self, content: Scenario, replication: int) -> Figures:
        wrong = attempts = lost = 0
        for n in range(1, content.event_source_mappings[0].batch_size + 1):
            result, rows = all_attempts(of_size(content, n), replication)
            by_batch = np.bincount(rows.first // n, minlength=n)
            wrong += sum(by_batch[i] != expected_attempts(self._rule, n, i) for i in range(n))
            attempts += len(rows.first)
            lost += result.mappings[0].ends.dropped
        return {"wrong": float(wrong), "attempts": float(attempts), "lost": float(lost)}


def of_size(content: Scenario, n: int) -> Scenario:
    """n batches of n records, one a second: the first has its first record bad, the second its second, and so on."""
    bad = Poison(at=tuple(i + (i + 0.25) / n for i in range(n)))
    return replace(
        content,
        duration=float(n),
        producers=(replace(content.producers[0], rate=ConstantRate(rate=float(n)), stop=float(n)),),
        functions={"f": replace(content.functions["f"], failures=(bad,))},
        event_source_mappings=(replace(content.event_source_mappings[0], batch_size=n),),
    )
