"""The measurements in examples/: `python -m tests.twin.examples` writes them again. A test holds them to this."""

from __future__ import annotations

import json
from pathlib import Path

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
    minutes = observe(1, wave(20, 240, 120))
    of = {"IncomingRecords": f"StreamName={exports.STREAM}", "IncomingBytes": f"StreamName={exports.STREAM}"}
    ids = {name.lower(): (name, "Sum", of.get(name, f"FunctionName={exports.FUNCTION}")) for name in exports.COUNTED}
    series = {name.lower(): exports.points(values) for name, values in exports.columns(minutes).items()}
    calls = list(minutes.single_ms[::50])
    return {
        "sam-and-metrics/queries.json": json.dumps(exports.queries(ids), indent=1) + "\n",
        "sam-and-metrics/metrics.json": json.dumps(exports.metric_data(series)) + "\n",
        "terraform-and-logs/state.json": json.dumps(terraform_state(SYSTEM), indent=1) + "\n",
        "terraform-and-logs/sum.log": exports.text_log(calls, [240.0 + i % 30 for i in range(25)]),
    }


if __name__ == "__main__":
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
