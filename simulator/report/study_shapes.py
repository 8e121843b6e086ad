"""What the page asks of the files of a study, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from simulator.measures.parts import PARTS
from simulator.measures.verdict import STATES
from simulator.reading.scalars import Flag, Number, Shape, Text, Whole, Word
from simulator.reading.shapes import Group, ListOf, OrNull
from simulator.reading.tables import Columns
from simulator.report.numbers import ENDLESS, unit_of
from simulator.report.run_shapes import Start
from simulator.report.vocabulary import BACKTEST_WORDS, LIMITS, OBSERVED
from simulator.study import advice
from simulator.study.objectives import COST, KEEPS_UP, MEASURES, ORDER

NUMBER: Final = Number()
COUNT: Final = Whole()
RUNS: Final = Whole(1)
UNKNOWN: Final = Number(unknown=True)
TEXTS: Final = ListOf(Text())
SEEN: Final = Group({"mean": OrNull(NUMBER), "half_width": OrNull(NUMBER), "n": COUNT})
ASSESSMENT: Final = Group(
    {
        "objective": Word(*MEASURES, KEEPS_UP),
        "mapping": Text(),
        "bound": NUMBER,
        "seen": SEEN,
        "above": COUNT,
        "met": COUNT,
        "load": NUMBER,
        "at_least": Flag(),
        "batches": COUNT,
        "batches_needed": COUNT,
        "state": Word(*ORDER),
    }
)
OVERRIDES: Final = Group(others=Text())
TRIAL: Final = Group(
    {
        "overrides": OVERRIDES,
        "usd_per_month": OrNull(NUMBER),
        "worst": OrNull(ASSESSMENT),
        "measures": Group(others=Group(others=SEEN)),
    }
)


@dataclass(frozen=True)
class OrEndless(Shape):
    """The word for what never comes to pass, or something."""

    shape: Shape

    def check(self, value: Any, where: str = "") -> None:
        if value != ENDLESS:
            self.shape.check(value, where)


def _effect(measure: str) -> Group:
    """What a change does to a measure. Only a time can be endless."""
    value = OrEndless(OrNull(NUMBER)) if unit_of(measure) == "s" else OrNull(NUMBER)
    return Group({"today": value, "then": value, "relative": OrNull(NUMBER), "word": Word(*advice.WORDS)})


def _means(*measures: str) -> dict[str, Number]:
    """The columns of measures: a mean, and the ends of its interval."""
    ends = {f"{measure}_{end}": UNKNOWN for measure in measures for end in ("low", "high")}
    return {**{each: Number(unknown=True, endless=_endless(each)) for each in measures}, **ends}


def _endless(measure: str) -> bool:
    """Whether it can be infinite: a time that has not come, or what was offered to a concurrency of 0."""
    return unit_of(measure) == "s" or measure.startswith("offered_")


SETTING: Final = {"mapping": Text(), "replications": RUNS, "verdict": Word(*STATES), "binding_cause": Text()}
SHOWN: Final = _means(
    "iterator_age_p99_s", "iterator_age_max_s", "latency_p99_s", "drain_s", "records_lost", "throttles", "errors"
)  # fmt: skip
KNOWN: Final = _means(COST, *(f"offered_{limit}" for limit in LIMITS))
TRIED: Final = {
    "replications": COUNT,
    "usd_per_month": UNKNOWN,
    "state": Word(*ORDER),
    "tightest_objective": Text(),
    "tightest_load": UNKNOWN,
    "bound": UNKNOWN,
    "mean": Number(unknown=True, endless=True),
    "half_width_95": UNKNOWN,
}


COMPARISON: Final = Group(
    {
        "replications": COUNT,
        "stopped": Text(),
        "warmup": Text(),
        "beware": Text(),
        "headroom": Text(),
        "baseline": OVERRIDES,
        "chosen": OrNull(OVERRIDES),
        "one_step_cheaper": OrNull(OVERRIDES),
        "settings": ListOf(Group({"overrides": OVERRIDES, "rank": RUNS, "objectives": ListOf(ASSESSMENT)})),
        "failures": ListOf(Group({"setting": Text(), "replication": COUNT, "why": Text()})),
    }
)
COMPARISON_CSV: Final = Columns({**SETTING, **SHOWN}, KNOWN, before="mapping")
DIFFERENCES_CSV: Final = Columns(
    {
        "mapping": Text(),
        "measure": Text(1),
        "difference": Number(unknown=True, endless=True),
        "low": UNKNOWN,
        "high": UNKNOWN,
        "word": Word("better", "worse", "same", "cannot tell"),
    },
    before="mapping",
)

SIZE: Final = Group(
    {
        "objectives_state": Word(*ORDER),
        "answer": OrNull(TRIAL),
        "one_step_cheaper": OrNull(TRIAL),
        "nearest": OrNull(TRIAL),
        "objectives": ListOf(ASSESSMENT),
        "headroom": OrNull(Group({"holds": NUMBER})),
        "settings": COUNT,
        "settings_tried": COUNT,
        "replications_at_most": COUNT,
        "factor": NUMBER,
        "searched": ListOf(Group({"paths": TEXTS, "values": TEXTS})),
        "says": TEXTS,
    }
)
ESTIMATE_CSV: Final = Columns(
    {
        "mapping": Text(),
        "limit": Text(),
        "shards_at_mean": UNKNOWN,
        "shards_at_peak": UNKNOWN,
        "hottest_use_at_mean": Number(unknown=True, endless=True),
        "why": Text(),
    }
)

TURN: Final = dict.fromkeys(("knob", "before", "after"), Text())
CHANGE: Final = Group(
    {
        **TURN,
        "turns": ListOf(Group(TURN)),
        "overrides": OVERRIDES,
        "verdict": Word(*STATES),
        "effects": Group({measure: _effect(measure) for measure in advice.MEASURES}),
    }
)
ADVICE: Final = Group(
    {
        "mapping": Text(1),
        "replications": COUNT,
        "runs": Text(),
        "verdict": Word(*STATES),
        "binding_cause": Text(),
        "latency_parts_mean_s": Group(dict.fromkeys(PARTS, OrNull(NUMBER)), others=OrNull(NUMBER)),
        "ranked_by": Word(advice.RECOVERY, advice.LATENCY, advice.LEFT),
        "says": TEXTS,
        "best": OrNull(OVERRIDES),
        "effect": Text(),
        "changes": ListOf(CHANGE),
    }
)

LOAD_SWEEP: Final = Group(
    {
        "says": Text(),
        "beware": Text(),
        "loads": ListOf(NUMBER, least=1),
        **dict.fromkeys(("saturation", "knee"), OrNull(Group({"holds": NUMBER, "breaks": NUMBER, "why": Text()}))),
    }
)

SEEN_OF: Final = {"metric": Word(*OBSERVED), "of": Text(1)}
MOMENT: Final = Number(0)
BACKTEST: Final = Group(
    {
        "verdict": Word(*BACKTEST_WORDS),
        "replications": RUNS,
        "start_time": Start(),
        **dict.fromkeys(("end_s", "judged_from_s"), MOMENT),
        "step_s": Number(1),
        "saw_judged": OrNull(Flag()),
        "chance_of_fewer": Number(0, 1),
        "metrics": ListOf(
            Group(
                {
                    **SEEN_OF,
                    **dict.fromkeys(("given", "too_wide"), Flag()),
                    **dict.fromkeys(("inside", "width", "bias", "median_error", "p90_error"), NUMBER),
                    "verdict": Word(*BACKTEST_WORDS),
                }
            )
        ),
        "misses": ListOf(
            Group(
                {
                    **SEEN_OF,
                    **dict.fromkeys(("from_s", "to_s"), MOMENT),
                    **dict.fromkeys(("observed", "simulated"), NUMBER),
                    "chance": Flag(),
                    "why": Text(),
                }
            )
        ),
        "not_observed": ListOf(Word(*OBSERVED)),
        "fitted": ListOf(Group(dict.fromkeys(("field", "value", "low", "high", "before"), Text(1)))),
    }
)  # fmt: skip
INTERVALS_CSV: Final = Columns(
    {"time_s": MOMENT, **SEEN_OF, **dict.fromkeys(("observed", "low", "median", "high"), UNKNOWN)}
)


@dataclass(frozen=True)
class Kind:
    """A kind of study: what study.json holds, and the tables that its page is made of, by name without .csv.

    `settings` gives those of which study.json tells the overrides.
    """

    study: Shape
    tables: dict[str, Columns]
    settings: Callable[[dict[str, Any]], list[dict[str, Any]]]


KINDS: Final = {
    "compare": Kind(
        COMPARISON, {"comparison": COMPARISON_CSV, "differences": DIFFERENCES_CSV}, lambda study: study["settings"]
    ),
    "size": Kind(
        SIZE,
        {
            "search": Columns(TRIED, before="replications"),
            "headroom": Columns({"load": NUMBER, **TRIED}),
            "estimate": ESTIMATE_CSV,
        },
        lambda study: [each for each in (study["answer"], study["one_step_cheaper"], study["nearest"]) if each],
    ),
    "advise": Kind(ADVICE, {}, lambda study: study["changes"]),
    "sweep-load": Kind(LOAD_SWEEP, {"loads": Columns({"load": NUMBER, **SETTING, **SHOWN}, KNOWN)}, lambda _: []),
    "backtest": Kind(BACKTEST, {"intervals": INTERVALS_CSV}, lambda _: []),
}
