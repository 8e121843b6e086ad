"""What is said of a back-test, on the terminal and on its page: from what its study.json holds."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from simulator.report.clock import Clock
from simulator.report.numbers import percent, seconds
from simulator.report.vocabulary import BACKTEST_WORDS as WORDS
from simulator.report.vocabulary import amount, metric_words

Study = Mapping[str, Any]
JUDGED: Final = ("IteratorAge", "Invocations", "Duration")  # by which the verdict goes
HEADS: Final = ("metric", "of", "inside", "width", "bias", "median error", "90 % error", "verdict")
TEXTS: Final = (0, 1, 7)  # of the heads
MINUTE_S: Final = 60
ENOUGH: Final = 39
RARE: Final = 0.05
ZERO_SECONDS: Final = re.compile(r"(\d\d:\d\d):00")


def clock(study: Study) -> Clock:
    """What tells its times."""
    return Clock.of(study["start_time"], float(study["end_s"]))


def short(study: Study) -> str:
    """The verdict in a few words."""
    return f"{WORDS[study['verdict']][0]} what was observed"


def headline(study: Study) -> str:
    """The verdict in a sentence: how much is explained, and the worst miss with its cause."""
    judged = sorted((each for each in study["metrics"] if each["metric"] in JUDGED), key=lambda each: each["inside"])
    word = WORDS[study["verdict"]][0]
    if not judged:
        return f"{word}: nothing that a verdict needs was observed"
    several = len({each["of"] for each in judged}) > 1
    parts = [f"{_label(each, several)} {percent(each['inside'])}" for each in judged]
    least = f"{percent(judged[0]['inside'])} of the {intervals(study)}"
    first = f"{word} {least}" if study["verdict"] == "explains" else f"{word}: {least} are inside"
    return "; ".join([f"{first} ({', '.join(parts)})", *_wide(judged), *_worst(study, several)])


def _wide(judged: Sequence[Study]) -> Iterator[str]:
    """Metrics of which the twin says so little that nothing would contradict it."""
    for each in judged:
        if each["too_wide"]:
            width = amount(each["metric"], each["width"])
            yield f"the twin's intervals of {metric_words(each['metric'])} are {width} wide, wider than the values"


def _worst(study: Study, several: bool) -> Iterator[str]:
    """The longest real miss of what the verdict goes by, else of anything."""
    found = sorted(real_misses(study), key=lambda each: each["metric"] not in JUDGED)
    if found:
        yield f"misses {miss(study, found[0], several)}"


def real_misses(study: Study) -> list[Any]:
    """Those that are more than the one interval in twenty that is outside by chance."""
    return [each for each in study["misses"] if not each["chance"]]


def miss(study: Study, each: Study, named: bool = True) -> str:
    """A stretch that was missed, what was seen then, and why."""
    because = f"; {each['why']}" if each["why"] else ""
    return f"{span(study, each)}: {_label(each, named)} {both(each)}{because}"


def span(study: Study, each: Study) -> str:
    """From when to when; of whole minutes no seconds, and the day once."""
    of = clock(study)
    first, last = of.at(each["from_s"]).removesuffix(f" {of.zone}"), of.at(each["to_s"])
    day = first.rpartition(" ")[0]
    text = f"{first} to {last.removeprefix(f'{day} ')}"
    return text if study["step_s"] % MINUTE_S else ZERO_SECONDS.sub(r"\1", text)


def both(each: Study) -> str:
    """What was observed and what was simulated in a miss."""
    return f"observed {amount(each['metric'], each['observed'])}, simulated {amount(each['metric'], each['simulated'])}"


def cells(each: Study) -> tuple[str, ...]:
    """The figures of a metric, as the heads have them."""
    amounts = (amount(each["metric"], each[name]) for name in ("width", "bias", "median_error", "p90_error"))
    return (metric_words(each["metric"]), each["of"], percent(each["inside"]), *amounts, standing(each))


def standing(each: Study) -> str:
    """What a metric says of the twin in a word or two."""
    return "given" if each["given"] else WORDS[each["verdict"]][0]


def notes(study: Study) -> Iterator[str]:
    """What is judged, and what is no evidence, a sentence each."""
    steps, since = study["end_s"] / study["step_s"], study["judged_from_s"] / study["step_s"]
    part = span(study, {"from_s": study["judged_from_s"], "to_s": study["end_s"]})
    yield f"judged: {part}, {steps - since:.0f} of {steps:.0f} {intervals(study)}"
    if study["judged_from_s"] == 0:
        yield "all of it is judged (--holdout 0): what the scenario was fitted to is no evidence"
    elif study["saw_judged"]:
        yield (
            "the scenario was made from what is judged, so that what was fitted to it is weak evidence: "
            "`shardsim import --holdout` with the same part leaves that out"
        )
    elif study["saw_judged"] is None:
        yield (
            "the scenario does not say from which time it was made (start_time), so that it may have been fitted to "
            "what is judged"
        )
    if study["chance_of_fewer"] > RARE:
        yield (
            f"of so few {intervals(study)} a true twin has less than 90% inside in {percent(study['chance_of_fewer'])} "
            "of back-tests, by chance alone: more of them tell more surely"
        )
    if study["replications"] < ENOUGH:
        level = (study["replications"] - 1) / (study["replications"] + 1)
        yield f"{study['replications']} replications give an interval of {level:.0%}; {ENOUGH} give 95%"
    if study["not_observed"]:
        yield f"not observed, and so not judged: {', '.join(map(metric_words, study['not_observed']))}"
    given = dict.fromkeys(metric_words(each["metric"]) for each in study["metrics"] if each["given"])
    if given:
        yield f"given: {', '.join(given)}, taken from what was observed, so no evidence"


def fitted(each: Study) -> str:
    """A field that was fitted, with its interval."""
    return f"{each['field']}: {each['value']} ({each['low']} to {each['high']}), {each['before']} before"


def sets(study: Study) -> str:
    """The options that put what was fitted into any command."""
    return " ".join(f"--set {shlex.quote(each['field'] + '=' + each['value'])}" for each in study["fitted"])


def intervals(study: Study) -> str:
    """What the intervals are called."""
    return "minutes" if study["step_s"] == MINUTE_S else f"intervals of {seconds(study['step_s'])}"


def _label(each: Study, named: bool) -> str:
    return f"{metric_words(each['metric'])} of {each['of']}" if named else metric_words(each["metric"])
