"""Results that show themselves in a line, a table, a page, and save themselves as the command does."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from simulator.measures import result as run
from simulator.scenario.spec import Scenario
from simulator.study import advice, compare, load_sweep, size

if TYPE_CHECKING:
    import pandas as pd

COMMAND: Final = "in Python"  # stands in run.json
MEASURES: Final = ("latency_p50_s", "latency_p99_s", "iterator_age_p99_s", "records_lost", "usd_per_month")
FORMATS: Final[Mapping[str, str]] = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


class Shown:
    """What a result shows of itself. The line and the table are those of a notebook."""

    @abstractmethod
    def line(self) -> str:
        """How it went, in a sentence."""

    @abstractmethod
    def figures(self) -> pd.DataFrame:
        """The figures that are looked at first."""

    @abstractmethod
    def save(self, path: str | Path, force: bool = False) -> None:
        """Write the folder that the command writes, with its page. Raises OutputError.

        force: also over another result that is there; what shardsim has not made always stays.
        """

    def report(self, path: str | Path) -> None:
        """Write the page alone: HTML, or by the file's ending Markdown (.md) or JSON (.json). Raises OutputError."""
        from simulator.report.output import write_out
        from simulator.report.page.build import WRITERS, page_of

        with TemporaryDirectory() as folder:
            self.save(Path(folder) / "result")
            page = page_of(Path(folder) / "result")
        write_out(Path(path), WRITERS[FORMATS.get(Path(path).suffix.lower(), "html")](page))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {' '.join(self.line().split())}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.line())}</p>\n{self.figures().to_html(index=False, na_rep='', border=0)}"


class Result(Shown, run.Result):
    """One finished run. Tables are pandas DataFrames; units are in the names of their columns."""

    def line(self) -> str:
        """The verdict of each mapping, with the reason."""
        told = [f"{each.name} {each.verdict.state} ({each.verdict.reason})" for each in self.mappings]
        return f"{self.scenario.name}: {'; '.join(told) or 'no event source mapping reads its streams'}"

    def figures(self) -> pd.DataFrame:
        """One row a mapping."""
        import pandas as pd

        return pd.DataFrame(
            {
                "mapping": each.name, "verdict": each.verdict.state, "processed": each.ends.processed,
                "unprocessed": each.ends.unprocessed, "lost": each.ends.lost,
                "latency_p50_s": each.latency(50.0).least_s, "latency_p99_s": each.latency(99.0).least_s,
                "iterator_age_p99_s": each.measures.age.percentile_s(99.0), "binding_cause": each.verdict.cause,
            }
            for each in self.mappings
        )  # fmt: skip

    def save(self, path: str | Path, force: bool = False) -> None:
        from simulator.report.folder import fresh_folder
        from simulator.report.output import write_run
        from simulator.report.page.build import write_page
        from simulator.report.plots.drawing import draw

        with fresh_folder(Path(path), force) as folder:
            draw(write_run(self, folder, COMMAND, 0.0), folder)
            write_page(folder)


def _save_study(
    path: str | Path, force: bool, kind: str, scenario: Scenario, write: Callable[[Path, str, float], None]
) -> None:
    from simulator.report.study_folder import study_folder, with_page

    with study_folder(Path(path), kind, force) as folder:
        write(folder, COMMAND, 0.0)
        with_page(folder, scenario)


@dataclass(frozen=True, repr=False)
class Comparison(Shown, compare.Comparison):
    """What came of comparing settings. Tables are pandas DataFrames; units are in the names of measures."""

    scenario: Scenario = field(kw_only=True)  # as it is, in no setting

    def line(self) -> str:
        """How many settings meet the objectives, and the first of them."""
        runs, meeting = max(map(len, self.runs.values()), default=0), self.meeting
        which = f", the first of them {meeting[0]}" if meeting else ""
        return f"{self.name}: {len(self.runs)} settings x {runs}; {len(meeting)} meet the objectives{which}"

    def figures(self) -> pd.DataFrame:
        """One row a setting and mapping, a column a measure: means over the replications."""
        shown = self.table[self.table["measure"].isin(MEASURES)]
        keys = [*self.baseline.columns, "mapping"]
        return shown.pivot_table(index=keys, columns="measure", values="mean", sort=False).reset_index()

    def save(self, path: str | Path, force: bool = False) -> None:
        from simulator.report.comparison import write_comparison

        _save_study(path, force, "compare", self.scenario, partial(write_comparison, self))


@dataclass(frozen=True, repr=False)
class Sizing(Shown, size.Sizing):
    """The answer to `which size`, and all that goes with it."""

    scenario: Scenario = field(kw_only=True)  # as it is, or with so many times its traffic

    def line(self) -> str:
        """The answer."""
        from simulator.report.sizing import summary

        return str(summary(self)["headline"])

    def figures(self) -> pd.DataFrame:
        """One row a setting that was tried."""
        from simulator.report.sizing import search_table

        return search_table(self)

    def save(self, path: str | Path, force: bool = False) -> None:
        from simulator.report.sizing import write_sizing

        _save_study(path, force, "size", self.scenario, partial(write_sizing, self))


@dataclass(frozen=True, repr=False)
class Advice(Shown, advice.Advice):
    """Why a mapping is as late as it is, and what each knob would do about it, the best first."""

    scenario: Scenario = field(kw_only=True)

    def line(self) -> str:
        """How the mapping fares, and the change with the most gain."""
        from simulator.report.advising import summary

        return str(summary(self)["says"][0])

    def figures(self) -> pd.DataFrame:
        """One row a change and measure."""
        from simulator.report.advising import knob_table

        return knob_table(self)

    def save(self, path: str | Path, force: bool = False) -> None:
        from simulator.report.advising import write_advice

        _save_study(path, force, "advise", self.scenario, partial(write_advice, self))


@dataclass(frozen=True, repr=False)
class LoadSweep(Shown, load_sweep.LoadSweep):
    """Runs by load, in ascending order; `knee` is None when every load holds."""

    scenario: Scenario = field(kw_only=True)

    def line(self) -> str:
        """Where it breaks."""
        from simulator.report.load_sweep import headline

        return headline(self)

    def figures(self) -> pd.DataFrame:
        """One row a load and mapping."""
        from simulator.report.load_sweep import load_table

        return load_table(self)

    def save(self, path: str | Path, force: bool = False) -> None:
        from simulator.report.load_sweep import write_load_sweep

        _save_study(path, force, "sweep-load", self.scenario, partial(write_load_sweep, self))
