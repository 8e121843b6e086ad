"""`python -m tests.fuzz --minutes 30`: goes round the targets until the time is over, and tells each finding's seed."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterable
from itertools import count

from tests.fuzz.running import Finding, Target, targets, tried

TURN_S = 5.0  # of one target, before the next has its turn
MOST_FINDINGS = 20  # of a target: after so many it is left out


def main() -> None:
    """Fuzz, or try a single case again. Exits with 1 when something was found."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long in all (default: %(default)g)")
    parser.add_argument("--seed", type=int, help="the run's seed; by default another each time")
    parser.add_argument("--target", choices=sorted(known), help="only this target")
    parser.add_argument("--case", type=int, metavar="SEED", help="try this one case again; needs --target")
    given = parser.parse_args()
    if given.case is not None and given.target is None:
        parser.error("--case needs --target")
    chosen = [known[given.target]] if given.target else list(known.values())
    if given.case is not None:
        finding = tried(chosen[0], given.case)
        print(finding or "nothing found")
        found = [finding] if finding else []
    else:
        found = _fuzzed(
            chosen, random.SystemRandom().randrange(10**6) if given.seed is None else given.seed, given.minutes
        )
    sys.exit(1 if found else 0)


def _fuzzed(chosen: Iterable[Target], seed: int, minutes: float) -> list[Finding]:
    print(f"seed {seed}", flush=True)
    findings: list[Finding] = []
    tries = dict.fromkeys((target.name for target in chosen), 0)
    until = time.monotonic() + 60 * minutes
    left = [(target, count(seed * 10**9)) for target in chosen]
    while left and time.monotonic() < until:
        for target, cases in left:
            tries[target.name] += _turn(target, cases, min(until, time.monotonic() + TURN_S), findings)
        left = [each for each in left if sum(one.target == each[0].name for one in findings) < MOST_FINDINGS]
    for name, number in tries.items():
        print(f"{name}: {number:,} cases, {sum(each.target == name for each in findings)} findings")
    return findings


def _turn(target: Target, cases: Iterable[int], until: float, findings: list[Finding]) -> int:
    """Try cases until a time; how many were tried."""
    for number, case in enumerate(cases, 1):
        if finding := tried(target, case):
            findings.append(finding)
            print(finding, end="\n\n", flush=True)
        if finding or time.monotonic() >= until:
            return number
    return 0


if __name__ == "__main__":
    main()
