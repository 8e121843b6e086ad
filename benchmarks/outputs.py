"""What it costs to write results, and how large they are.

python -m benchmarks.outputs folder FOLDER            a run of quickstart with its tables and plots
python -m benchmarks.outputs invocations SCENARIO     the same run with invocations.csv and without
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import mkdtemp

from benchmarks.sample import timed

PAIRS = 3
QUICKSTART = Path("scenarios/quickstart.yaml")


def folder_numbers(folder: Path) -> dict[str, float]:
    """Seconds and bytes of a run, its tables (with the import of pandas) and its plots (with that of matplotlib)."""
    folder.mkdir(parents=True, exist_ok=True)
    target, again = Path(mkdtemp(dir=folder)), Path(mkdtemp(dir=folder))
    simulated_s, result = timed(QUICKSTART)

    began = time.perf_counter()
    from simulator.report.tables import RunTables

    tables = RunTables.of(result)
    tables.write(target)
    tables_s = time.perf_counter() - began
    csv_s = seconds_of(lambda: RunTables.of(result).write(again))
    began = time.perf_counter()
    from simulator.report.plots.drawing import draw

    draw(tables, target)
    plots_s = time.perf_counter() - began
    return {
        "simulated_s": simulated_s,
        "tables_s": tables_s,
        "csv_s": csv_s,
        "plots_s": plots_s,
        "csv_bytes": size_bytes(target, "csv"),
        "png_bytes": size_bytes(target, "png"),
        "svg_bytes": size_bytes(target, "svg"),
    }


def invocations_numbers(path: Path) -> dict[str, float]:
    """Runs with invocations.csv in turn with runs without, after one that is not measured."""
    csv = path.with_suffix(".csv")
    _, result = timed(path)
    pairs = [(timed(path)[0], timed(path, csv)[0]) for _ in range(PAIRS)]
    rows = result.mappings[0].measures.counts["attempts"]
    bytes_ = csv.stat().st_size
    csv.unlink()
    return {
        "ratio": median(with_s / without_s for without_s, with_s in pairs),
        "rows": rows,
        "row_s": median(with_s - without_s for without_s, with_s in pairs) / rows,
        "row_bytes": bytes_ / rows,
    }


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def size_bytes(folder: Path, suffix: str) -> int:
    """The size of all files of a kind."""
    return sum(path.stat().st_size for path in folder.rglob(f"*.{suffix}"))


if __name__ == "__main__":
    measure = {"folder": folder_numbers, "invocations": invocations_numbers}[sys.argv[1]]
    print(json.dumps(measure(Path(sys.argv[2]))))
