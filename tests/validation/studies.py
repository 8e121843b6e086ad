"""What is to be validated: experiments, and what is expected of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.scenario.spec import Scenario
from tests.model.rows import Section

Figures = dict[str, float]
Measure = Callable[[Scenario, int], Figures]


@dataclass(frozen=True)
class Expected:
    """What one figure of an experiment should be.

    `high` makes it a range from `value` on, where theory gives bounds; NaN expects nothing, the figure is only shown.
    `resolution` is what the figure's own grid or rounding may add, in its unit; `why` says where it comes from.
    `one_draw`: the value is a sample like one replication, and compared with the prediction interval of one.
    """

    case: str
    figure: str
    value: float
    source: str
    unit: str = "s"
    high: float | None = None
    resolution: float = 0.0
    why: str = ""
    one_draw: bool = False

    @property
    def upper(self) -> float:
        """The upper end of the range."""
        return self.value if self.high is None else self.high


@dataclass(frozen=True)
class Study:
    """One scenario, run `replications` times; each run gives the figures that `measure` returns.

    A study with a single replication has no randomness.
    """

    setup: str
    content: Section
    measure: Measure
    expected: tuple[Expected, ...]
    replications: int = 1


@dataclass(frozen=True)
class Chapter:
    """Studies that belong together, and what is to be said about all of them."""

    title: str
    text: str
    studies: tuple[Study, ...]
