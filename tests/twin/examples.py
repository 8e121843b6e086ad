"""The measurements in examples/: `python -m tests.twin.examples` writes them again. A test holds them to this."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from . import exports
from .files import terraform_state
from .observed import observe, wave
from .systems import FunctionSpec, MappingSpec, StreamSpec, SystemSpec

FOLDER = Path(__file__).parents[2] / "examples"
STREAM = StreamSpec(exports.STREAM, 4, 48)
FUNCTION = FunctionSpec(exports.FUNCTION, 512, 60, arm=True)
SYSTEM = SystemSpec(
    (STREAM,), (FUNCTION,), (MappingSpec(STREAM, FUNCTION, settings={"StartingPosition": "TRIM_HORIZON"}),)
)


def texts() -> dict[str, str]:
    """Each file that is made, by its path in the folder."""
    return {**_sam_and_metrics(), **_terraform_and_logs()}


def _sam_and_metrics() -> dict[str, str]:
    minutes = observe(1, wave(20, 240, 120))
    of = {"IncomingRecords": f"StreamName={exports.STREAM}", "IncomingBytes": f"StreamName={exports.STREAM}"}
    ids = {name.lower(): (name, "Sum", of.get(name, f"FunctionName={exports.FUNCTION}")) for name in exports.COUNTED}
    series = {name.lower(): exports.points(values) for name, values in exports.columns(minutes).items()}
    series["duration"] = exports.points(np.round(minutes.duration_ms, 2))
    for percent in (50, 99):
        ids[f"p{percent}"] = ("Duration", f"p{percent}", f"FunctionName={exports.FUNCTION}")
        series[f"p{percent}"] = exports.points(np.round(minutes.percentile_ms(percent), 2))
    ids["age"] = ("IteratorAge", "Maximum", f"FunctionName={exports.FUNCTION}")
    series["age"] = exports.points(np.round(minutes.age_ms))
    return {
        "sam-and-metrics/queries.json": json.dumps(exports.queries(ids), indent=1) + "\n",
        "sam-and-metrics/metrics.json": json.dumps(exports.metric_data(series)) + "\n",
    }


def _terraform_and_logs() -> dict[str, str]:
    """With ten minutes in which what the function calls is slow."""
    minutes = observe(2, wave(20, 240, 120), slow=(80, 90, 3.0))
    some = np.argsort(minutes.single_minute, kind="stable")[::50]
    columns = {f"{name} Sum": np.round(values) for name, values in exports.columns(minutes).items()}
    columns["IteratorAge Maximum"] = np.round(minutes.age_ms)
    log = exports.tailed_log(
        list(minutes.single_ms[some]), [240.0 + i % 30 for i in range(25)], list(minutes.single_minute[some])
    )
    return {
        "terraform-and-logs/state.json": json.dumps(terraform_state(SYSTEM), indent=1) + "\n",
        "terraform-and-logs/sum.log": log,
        "terraform-and-logs/metrics.csv": exports.console_csv(columns).replace("\r\n", "\n"),
    }


if __name__ == "__main__":
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="")
