"""The rows of the page's tables, and the sentences above them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.points import BACKLOG
from benchmarks.queues import WORKS
from benchmarks.results import Results, fit
from benchmarks.targets import bytes_a_lane, bytes_a_waiting_record

POINTS = (
    "Whole runs with all measures, without invocations.csv, each in a fresh process. The matrix (the first rows) "
    "varies one thing at a time around its first row. The floors are taken in the same process before and after: "
    "drawing exponential gaps and adding them up with NumPy, one a record; a bare SimPy loop of a process a lane, a "
    'timeout an attempt. "x both" divides by the sum of the two. In brackets: the range over the repetitions.'
)
POINTS_HEAD = ("run", "seconds", "million records/s", "attempts/s", "x drawing", "x timeouts", "x both", "peak MiB")
PEERS = (
    "`queue`: 10 shards of 50 records/s, each record served alone in 10 ms (M/D/1), so that every record is an "
    "attempt and batches save nothing. `polled`: 10 shards of 500 records/s, read each second and served in "
    "batches. `requests`: 100 requests/s of 50 ms, which never wait. Each draws its own arrivals of the same "
    "distribution and observes only the mean that is compared in the last columns (latency in seconds; for "
    "`requests` the number at work), while shardsim takes all its measures. salabim has a deque here, as a "
    "component for each record is more than 20 times slower; it and Ciw were given `queue` alone; "
    "SimFaaS has no queue. cimba is compiled before it is timed, and knows how many wait, but no record."
)
PEERS_HEAD = ("peer", "work", "its records/s", "shardsim's", "shardsim's by its", "its mean", "off ours by")
COMMANDS = "From the start of the process to its end, files cached; the first row is an empty Python program."
STUDIES = (
    "`shardsim compare` from the shell, with its plots: 8 shard counts x 8 replications of 10 minutes at 4,000 "
    "records/s."
)
INVOCATIONS_HEAD = ("invocations.csv", "rows", "bytes a row", "us a row", "time with by time without")


def points(results: Results, groups: Sequence[str]) -> Iterator[list[str]]:
    """A row a point."""
    for group, name in [(each, name) for each in groups for name in results.names(each)]:

        def figure(key: str, form: str, group: str = group, name: str = name) -> str:
            return form.format(results.median(group, name, key))

        yield [
            name, figure("seconds", "{:.2f}") + _range(results, group, name, "seconds", "{:.2f}"),
            f"{results.median(group, name, 'records_s') / 1e6:.2f}", figure("attempts_s", "{:,.0f}"),
            figure("to_drawing", "{:,.1f}"), figure("to_timeouts", "{:,.1f}"),
            figure("ratio", "{:.1f}") + _range(results, group, name, "ratio", "{:.1f}"), figure("peak_mib", "{:.0f}"),
        ]  # fmt: skip


def _range(results: Results, group: str, name: str, key: str, form: str) -> str:
    low, high = results.range(group, name, key)
    return f" ({form.format(low)} to {form.format(high)})"


def pace(results: Results) -> str:
    """How fast this machine is beside what it was when the targets in seconds and rates were set (commit 94ded77)."""
    drawing_s, timeout_s = floors(fitted_runs(results))
    return (
        "Seconds and rates were asked for when the machine drew a gap in 7.4 ns and had a SimPy timeout in 0.66 us; "
        f"in this run it took {drawing_s * 1e9:.1f} ns and {timeout_s * 1e6:.2f} us. Ratios are of one run."
    )


def fitted(results: Results) -> str:
    """The least-squares fit over the points that poll, have unique keys and no failures, and the floors beside it."""
    runs = fitted_runs(results)
    found, (drawing_s, timeout_s) = fit(runs), floors(runs)
    return (
        f"Least squares of the relative errors over the {found.points} polling points with unique keys and nothing in "
        f"their way: an attempt costs {found.attempt_s * 1e6:.1f} us ({found.attempt_s / timeout_s:.1f} SimPy timeouts "
        f"of {timeout_s * 1e6:.2f} us), a record {found.record_s * 1e9:.0f} ns ({found.record_s / drawing_s:.1f} "
        f"drawings of {drawing_s * 1e9:.1f} ns). The worst of these points is off by {found.worst:.0%}."
    )


def fitted_runs(results: Results) -> list[dict[str, float]]:
    """The figures of the points that poll, have unique keys and no failures."""
    left_out = ("push", "Zipf keys", "5 % of attempts fail, poison, bisect", "concurrency binds")
    names = [("matrix", name) for name in results.names("matrix") if name not in left_out]
    names += [("named", results.names("named")[0]), ("named", results.names("named")[-1])]
    keys = ("attempts", "records", "seconds", "drawing_s", "timeout_s")
    return [{key: results.median(*name, key) for key in keys} for name in names]


def floors(runs: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """Seconds of a gap drawn by NumPy and of a SimPy timeout, each the mean over some points."""
    drawing_s, timeout_s = (sum(run[key] for run in runs) / len(runs) for key in ("drawing_s", "timeout_s"))
    return drawing_s, timeout_s


def memory(results: Results) -> str:
    """Sentences of the memory of lanes and of waiting records."""
    millions = results.median("overload", BACKLOG.name, "records") / 1e6
    return (
        f"An idle lane takes {bytes_a_lane(results):,.0f} bytes, a record of a backlog "
        f"{bytes_a_waiting_record(results):,.0f} ({millions:.1f} million were processed, the oldest had expired). "
        "Peaks are those of the whole process, with Python, NumPy and their libraries."
    )


def peers(results: Results) -> Iterator[list[str]]:
    """A row a peer and a work."""
    for name in results.names("peers"):
        peer, _, work = name.partition(": ")
        own, key = WORKS[work].point.name, WORKS[work].checked
        ours = 1 / results.quotient("peers", name, ("own", own), "records_s")
        mean = results.median("peers", name, key)
        yield [
            f"{peer} {results.samples['peers'][name][0]['version']}", work,
            f"{results.median('peers', name, 'records_s'):,.0f}", f"{results.median('own', own, 'records_s'):,.0f}",
            f"{ours:.1f}", f"{mean:.4g}", f"{mean / results.median('own', own, key) - 1:+.1%}",
        ]  # fmt: skip


def commands(results: Results) -> Iterator[list[str]]:
    """A row a command."""
    for i, name in enumerate(results.names("commands")):
        if not i:
            yield ["(python -c pass)", *_seconds(results, "commands", name, "python_s")]
        yield [name, *_seconds(results, "commands", name, "seconds")]


def outputs(results: Results) -> Iterator[list[str]]:
    """Sizes and times of the files of quickstart."""
    rows = {
        "simulate": ("simulated_s", "{:.2f} s", 1),
        "all tables, with the import of pandas": ("tables_s", "{:.2f} s", 1),
        "all tables again": ("csv_s", "{:.2f} s", 1),
        "all plots as PNG and SVG, with the import of matplotlib": ("plots_s", "{:.2f} s", 1),
        "CSV files": ("csv_bytes", "{:,.0f} KiB", 1024),
        "PNG files": ("png_bytes", "{:,.0f} KiB", 1024),
        "SVG files": ("svg_bytes", "{:,.0f} KiB", 1024),
    }
    for what, (key, form, divisor) in rows.items():
        yield [what, form.format(results.median("outputs", "quickstart", key) / divisor)]


def invocations(results: Results) -> Iterator[list[str]]:
    """A row a point that was run with invocations.csv."""
    for name in results.names("invocations"):
        rows, size, each_s, ratio = (
            results.median("invocations", name, k) for k in ("rows", "row_bytes", "row_s", "ratio")
        )
        yield [name, f"{rows:,.0f}", f"{size:.0f}", f"{each_s * 1e6:.2f}", f"{ratio:.2f}"]


def studies(results: Results) -> Iterator[list[str]]:
    """Times of studies and of their parts."""
    rows = {
        "with -j 1": ("one_s", "{:.1f} s", 1.0),
        "with -j 2": ("two_s", "{:.1f} s", 1.0),
        "times faster": ("faster", "{:.2f}", 1.0),
        "the same again, with all runs kept": ("again_s", "{:.1f} s", 1.0),
        "start of a worker, with its first job": ("start_s", "{:.2f} s", 1.0),
        "a job beside its simulation, in the same process": ("here_s", "{:.2f} ms", 1e3),
        "a job beside its simulation, in a worker": ("there_s", "{:.2f} ms", 1e3),
    }
    for what, (key, form, factor) in rows.items():
        values = [results.median("studies", "compare", key), *results.range("studies", "compare", key)]
        median, low, high = (form.format(value * factor) for value in values)
        yield [what, median, f"{low} to {high}"]


def _seconds(results: Results, group: str, name: str, key: str) -> tuple[str, str]:
    low, high = results.range(group, name, key)
    return f"{results.median(group, name, key):.2f}", f"{low:.2f} to {high:.2f}"
