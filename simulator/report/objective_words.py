"""Objectives in words: what was asked, what was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.report.numbers import count, endless, rough, seconds, usd
from simulator.study.objectives import COST, KEEPS_UP, MEASURES, Assessment
from simulator.study.racing import FINISHES
from simulator.study.statistics import Interval

NEAR: Final = 0.9  # of a bound


def name(objective: str) -> str:
    """latency p99 for latency_p99."""
    return objective.replace("_", " ")


def amount(objective: str, value: float) -> str:
    """A value of an objective with its unit."""
    if math.isnan(value):
        return "nothing measured"
    if math.isinf(value):
        return endless(objective)
    measure = MEASURES.get(objective, objective)
    if measure == COST:
        return usd(value)
    return seconds(value) if measure.endswith("_s") else count(value)


def seen(objective: str, value: Interval) -> str:
    """A mean with half of its 95 % interval, if it has one."""
    if not 0 < value.half_width < math.inf:
        return amount(objective, value.mean)
    return f"{amount(objective, value.mean)} ± {amount(objective, rough(value.half_width))}"


def told(each: Assessment) -> str:
    """What was seen of an objective, as a sentence without a full stop."""
    return _told(each) if each.load == 1 else f"at {each.load:g} times the traffic {_told(each)}"


def _told(each: Assessment) -> str:
    if each.objective == FINISHES:
        return "no run has finished"
    if each.objective == KEEPS_UP:
        runs = f" in {each.above} of {each.seen.n} runs" if each.seen.n > 1 else ""
        return f"{each.mapping} does not keep up{runs}" if each.above else f"{each.mapping} keeps up"
    of = f" of {each.mapping}" if each.mapping else ""
    more = "more than " * each.at_least
    what = f"{name(each.objective)}{of} is {more}{seen(each.objective, each.seen)}"
    if math.isnan(each.seen.mean):
        return f"{name(each.objective)}{of}: nothing was measured"
    allowed = amount(each.objective, each.bound)
    if each.state == "undecided" and each.at_least:
        return f"{what}, and records are left that decide about the {allowed} allowed"
    if each.state == "undecided" and each.too_short:
        few = f"{count(each.batches)} batches are too few to be sure"
        return f"{what} (at most {allowed} allowed), and {few}: it takes {count(each.batches_needed)}"
    if each.state == "undecided" and (each.excess > NEAR or each.seen.high > each.bound):
        return f"{what}, too near to the {allowed} allowed to tell"
    if each.state == "undecided":
        return f"{what} (at most {allowed} allowed), and {each.seen.n} runs are too few to be sure"
    if each.bound > 0 and 1.5 < each.excess < math.inf:
        times = count(each.excess) if each.excess >= 10 else f"{each.excess:.2g}"
        return f"{what}, {more}{times} times the {allowed} allowed"
    return f"{what} (at most {allowed} allowed)"


def headroom_not_judged(room: float) -> str:
    """What is said of the headroom that a scenario asks for where no run has had more traffic."""
    return f"headroom {room:g} is asked for and not judged here: shardsim size judges it"


def among(words: Sequence[str]) -> str:
    """a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
