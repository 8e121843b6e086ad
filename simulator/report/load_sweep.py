"""A sweep of the load as files: a table, and a plot."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.report.study_folder import write_study
from simulator.study.figures import intervals, whole_intervals
from simulator.study.load_sweep import LoadSweep
from simulator.study.saturation import MOST, Break
from simulator.study.too_short import beware

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "sweep-load"


def write_load_sweep(sweep: LoadSweep, folder: Path, command: str, wall_s: float) -> None:
    """Write all files of a sweep into a folder that is there."""
    from simulator.report.plots.drawing import save
    from simulator.report.plots.load_curve import load_curve

    save([lambda: load_curve(sweep)], folder)
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
        "sample": sweep.sample,
        "says": headline(sweep),
        "beware": beware(sweep.today.runs),
        "loads": [point.factor for point in sweep.points],
        "saturation": None if sweep.saturation is None else asdict(sweep.saturation),
        "knee": None if sweep.knee is None else asdict(sweep.knee),
    }


def headline(sweep: LoadSweep) -> str:
    """How much traffic it takes, and where it becomes late before that."""
    return f"{sweep.name}: {'; '.join([_takes(sweep.saturation), *_late(sweep.knee)])}"


def _takes(saturation: Break | None) -> str:
    if saturation is None:
        return f"keeps up at every load that was tried, up to {MOST:g} times the traffic"
    which = f"{saturation.mapping} " if saturation.mapping else ""
    if not saturation.holds:
        least = f"{saturation.breaks:.3g} times the traffic"
        return f"keeps up at no load that was tried: at {least} {which}{saturation.why}"
    holds, breaks = f"{saturation.holds:.3g} times the traffic", f"{saturation.breaks:.3g} times"
    return f"keeps up to {holds}; at {breaks} {which}{saturation.why}"


def _late(knee: Break | None) -> list[str]:
    """What is said of a knee before saturation."""
    if knee is None:
        return []
    return [f"it becomes late before: at {knee.breaks:.3g} times {knee.mapping} {knee.why}"]
