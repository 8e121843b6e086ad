"""Objectives: what a study holds every mapping of a scenario to."""

from dataclasses import dataclass
from typing import Annotated

from simulator.scenario.bounds import DURATION
from simulator.scenario.kinds import Flag
from simulator.scenario.quantities import Integer, Money, Number
from simulator.scenario.records import Doc
from simulator.scenario.words import none_or

TIME = none_or(DURATION)


def _at_most(what: str) -> Doc:
    return Doc(f"{what}, at most.", default="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """Upper bounds that every mapping is to keep; the cost is of the whole scenario. None: no such bound.

    headroom: None for what the command that asks for it takes by default.
    """

    latency_p50: Annotated[float | None, TIME, _at_most("Median latency")] = None
    latency_p95: Annotated[float | None, TIME, _at_most("95 % quantile of latency")] = None
    latency_p99: Annotated[float | None, TIME, _at_most("99 % quantile of latency")] = None
    latency_max: Annotated[float | None, TIME, _at_most("Highest latency")] = None
    iterator_age_p99: Annotated[float | None, TIME, _at_most("99 % quantile of the iterator age")] = None
    iterator_age_max: Annotated[float | None, TIME, _at_most("Highest iterator age")] = None
    iterator_age_at_send_p99: Annotated[float | None, TIME, _at_most("The same as CloudWatch defines it today")] = None
    iterator_age_at_send_max: Annotated[float | None, TIME, _at_most("The same as CloudWatch defines it today")] = None
    recovery_time: Annotated[float | None, TIME, _at_most("From an event's end until it has caught up")] = None
    records_lost: Annotated[
        int | None, none_or(Integer(0, 10**15)), _at_most("Records dropped at write, dropped or expired")
    ] = None
    records_to_destination: Annotated[
        int | None, none_or(Integer(0, 10**15)), _at_most("Records given up and sent to a destination")
    ] = None
    cost_per_month: Annotated[
        float | None, none_or(Money(0, 1e12)), _at_most("The bill of a month of 730 h, scaled from the run")
    ] = None
    headroom: Annotated[
        float | None,
        none_or(Number(1, 10)),
        Doc(
            "Times the traffic at which all other bounds but the cost are to hold, too; `size` asks it.", default="1.2"
        ),
    ] = None
    keeps_up: Annotated[bool, Flag(), Doc("Every mapping is to keep up: neither stuck, falling behind nor losing.")] = (
        True
    )
