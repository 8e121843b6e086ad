"""What came of `size`, in sentences: the answer, what breaks below it, its headroom, and the estimate beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from simulator.report.numbers import count, month, seconds
from simulator.report.objective_words import among, told
from simulator.report.vocabulary import cause_words, sampled
from simulator.study import consensus
from simulator.study.estimate import Estimate, Need
from simulator.study.figures import leaves_work, seen, values_of
from simulator.study.headroom import MOST_LOAD
from simulator.study.objectives import given
from simulator.study.racing import Trial
from simulator.study.size import Sizing
from simulator.study.too_short import beware

WRITE_WAIT: Final = "write_wait_mean_s"
LONG_WAIT_S: Final = 1.0


def sentences(sizing: Sizing) -> list[str]:
    """All but the estimate."""
    said = (
        headline(sizing),
        "" if sizing.answer else binding(sizing.search.nearest),
        unseen(sizing),
        headroom(sizing),
        below(sizing),
        surprises(sizing),
        left_out(sizing),
        "" if sizing.answer is None else beware(sizing.answer.runs),
        sizing.warmup,
        sampled(sizing.sample),
    )
    return [text for text in said if text]


def headline(sizing: Sizing) -> str:
    """The answer, or that there is none."""
    if sizing.answer is None:
        nearest = sizing.search.nearest
        near = "" if nearest is None else f"; the nearest is {_priced(nearest)}, where {_worst(nearest)}"
        return f"{sizing.name}: no setting meets the objectives{near}"
    if sizing.state != "met":
        wrong = next(each for each in sizing.assessments if each.state != "met")
        return f"{sizing.name}: the cheapest setting that serves well is {_priced(sizing.answer)}, but {told(wrong)}"
    return f"{sizing.name}: the cheapest setting that meets the objectives is {_priced(sizing.answer)}"


def binding(trial: Trial | None) -> str:
    """What binds at the nearest setting where none will do, with the traffic as it is."""
    if trial is None or not trial.runs or trial.worst is None or trial.worst.load > 1:
        return ""
    mapping = trial.worst.mapping or next(iter(trial.runs[0].binding))
    cause = consensus.binding(trial.runs, mapping).word
    return f"what binds there: {cause_words(cause)}; shardsim advise tries what answers to it" if cause else ""


def unseen(sizing: Sizing) -> str:
    """What the objectives do not see of the answer: waiting at the producers, which is not in the iterator age."""
    if sizing.answer is None or any(name.startswith("latency") for name in given(sizing.objectives)):
        return ""
    waits = {m: seen(sizing.answer.runs, m, WRITE_WAIT).mean for m in sizing.answer.runs[0].values}
    longest = max(waits, key=lambda mapping: waits[mapping])
    if not waits[longest] > LONG_WAIT_S:
        return ""
    wait = f"records wait {seconds(waits[longest])} on average to be written"
    return f"beware: {wait}, which the iterator age does not see; add a latency objective to hold it to that"


def below(sizing: Sizing) -> str:
    """What breaks one step cheaper."""
    if sizing.answer is None:
        return ""
    cheaper = sizing.search.cheaper
    if cheaper is None:
        return "nothing cheaper can be tried"
    if cheaper is sizing.search.below:
        shards = _shards(sizing.shards(cheaper))
        cost = month(cheaper.usd_per_month, leaves_work(cheaper.runs))
        return f"one step cheaper, with {shards} for {cost}, {_worst(cheaper)}"
    return f"the nearest that is cheaper, {_priced(cheaper)}: {_worst(cheaper)}"


def surprises(sizing: Sizing) -> str:
    """Settings with more shards that fare worse."""
    found = sizing.search.surprises
    if not found:
        return ""
    settings = among([str(each.setting) for each in found])
    return f"beware: more shards are no safe way up; with {settings} {_worst(found[0])}"


def left_out(sizing: Sizing) -> str:
    """Settings that were not searched, whatever they cost."""
    reasons = sizing.search.left_out
    return f"not searched: settings in which {among(reasons)}; once behind they would stay so" if reasons else ""


def headroom(sizing: Sizing) -> str:
    """The load at which the answer stops holding."""
    found = sizing.headroom
    if found is None:
        return ""
    if found.first_to_break is None:
        return f"holds {MOST_LOAD:g} times this traffic and more"
    file = "" if sizing.factor == 1 else f", {sizing.factor * found.holds:.3g} times that of the file"
    breaks = f"at {found.breaks:.3g} times {told(found.first_to_break)}"
    return f"holds up to {found.holds:.3g} times this traffic{file}; {breaks}"


def estimate(sizing: Sizing) -> list[str]:
    """What arithmetic says, and why the simulation says otherwise."""
    return [*_unsatisfied(sizing), *_difference(sizing)]


def _unsatisfied(sizing: Sizing) -> Iterator[str]:
    for each in sizing.estimates:
        for need in each.needs:
            if math.isinf(need.at_peak):
                yield f"no number of shards is enough for the {need.limit} of {each.mapping}: {need.why}"


def _difference(sizing: Sizing) -> Iterator[str]:
    if sizing.answer is None or not sizing.estimates:
        return
    asked, said = sizing.asked, sizing.shards(sizing.answer)
    whose = max(sizing.estimates, key=lambda each: _finite(each).at_peak)
    need = _finite(whose)
    load = "" if sizing.room == 1 else f" at {sizing.room:g} times the traffic"
    text = f"the closed-form estimate asks for {_shards(asked)}{load} (the {need.limit} of {whose.mapping}: {need.why})"
    if said == asked:
        yield f"{text}, as many as the simulation"
    elif said > asked:
        yield f"{text}, the simulation for {_shards(said)}: {_why_more(sizing)}"
    else:
        yield f"{text}, the simulation for {_shards(said)}: {_why_fewer(whose, need, said)}"


def _why_more(sizing: Sizing) -> str:
    """Where the estimate's own number was tried, what was missed there and what bound."""
    tried = sizing.at_estimate
    if tried is None or tried.state == "met":
        return "the estimate makes sure that all is served in the end, and not how long it waits"
    if tried.worst is None or not tried.runs:
        return "no run with as few has finished"
    mapping = tried.worst.mapping or next(iter(tried.runs[0].binding))
    cause = tried.runs[0].binding[mapping]
    [share] = values_of(tried.runs[:1], mapping, "binding_share")
    told_of = cause and tried.worst.load == 1  # what binds under more traffic is not known
    bound = f"; there {cause_words(cause)} binds, {share:.0%} of all waiting" if told_of else ""
    return f"with {_shards(sizing.asked)} {told(tried.worst)}{bound}. The estimate knows limits, and nothing of waiting"


def _why_fewer(whose: Estimate, need: Need, said: float) -> str:
    if need.at_mean <= said:
        peak = f"{count(whose.demand.peak_records_per_s)} records/s in the busiest {whose.demand.peak_over_s:.3g} s"
        return f"the estimate serves the peak at once ({peak}), and the objectives leave time for a queue to go"
    return "the objectives leave time to work off what queues while the traffic lasts"


def _finite(of: Estimate) -> Need:
    """The limit that asks for most, of those that a number of shards can satisfy."""
    return max((need for need in of.needs if math.isfinite(need.at_peak)), key=lambda need: (need.at_peak, need.use))


def _shards(n: float) -> str:
    return f"{count(n)} shard{'s' if n != 1 else ''}"


def _priced(trial: Trial) -> str:
    cost = trial.usd_per_month
    return f"{trial.setting} for {month(cost, leaves_work(trial.runs))}" if math.isfinite(cost) else str(trial.setting)


def _worst(trial: Trial) -> str:
    return "the objectives are missed" if trial.worst is None else told(trial.worst)
