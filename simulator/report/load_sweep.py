"""A sweep of the load as files: a table, and a plot."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.report.study_folder import write_study
from simulator.study.figures import intervals, whole_intervals
from simulator.study.load_sweep import LoadSweep

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "sweep-load"


def write_load_sweep(sweep: LoadSweep, folder: Path, command: str, wall_s: float) -> None:
    """Write all files of a sweep into a folder that is there."""
    from simulator.report.plots.canvas import style
    from simulator.report.plots.drawing import save
    from simulator.report.plots.load_curve import load_curve

    with style():
        save([load_curve(sweep)], folder)
    write_study(folder, KIND, summary(sweep), {"loads": load_table(sweep)}, command, wall_s)


def load_table(sweep: LoadSweep) -> pd.DataFrame:
    """One row a load and mapping: for each measure its mean, and the ends of its 95 % interval."""
    import pandas as pd

    rows = []
    for point in sweep.points:
        known, whole = intervals(point.runs), whole_intervals(point.runs)
        for mapping in sweep.mappings:
            row: dict[str, Any] = {
                "load": point.factor,
                "mapping": mapping,
                "replications": len(point.runs),
                "verdict": point.usual_verdict(mapping),
                "binding_cause": point.usual_binding(mapping),
            }
            for measure, each in {**known[mapping], **whole}.items():
                row |= {measure: each.mean, f"{measure}_low": each.low, f"{measure}_high": each.high}
            rows.append(row)
    return pd.DataFrame(rows)


def summary(sweep: LoadSweep) -> dict[str, Any]:
    """What study.json says."""
    return {
        "scenario": sweep.name,
        "study": KIND,
        "says": headline(sweep),
        "loads": [point.factor for point in sweep.points],
        "knee": None if sweep.knee is None else asdict(sweep.knee),
    }


def headline(sweep: LoadSweep) -> str:
    """Where it breaks."""
    if sweep.knee is None:
        return f"{sweep.name}: holds at every load up to {sweep.points[-1].factor:g} times the traffic"
    knee = sweep.knee
    which = f"{knee.mapping} " if knee.mapping else ""
    return f"{sweep.name}: holds up to {knee.holds:.3g} times the traffic; at {knee.breaks:.3g} times {which}{knee.why}"
