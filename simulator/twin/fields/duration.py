"""How long functions run, how long their cold starts take, and how often they fail, as far as it was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from simulator.twin.fields.field import Field, Path
from simulator.twin.found import Remark, warning
from simulator.twin.measured.evidence import Evidence, uuid
from simulator.twin.measured.fit import LEAST_INTERVALS, Estimate, Fit, fit
from simulator.twin.measured.grid import Floats
from simulator.twin.measured.series import Reports
from simulator.twin.measured.spread import MS, P99, lognormal, quantiles, seconds, variation
from simulator.twin.merging import Known
from simulator.twin.system import System

SPREAD_TELLS: Final = "p50 and p99 of Duration, or REPORT lines,"
RARE: Final = 1e-9
BURST: Final = 0.5  # of the errors in a tenth of the intervals


def duration_fields(
    name: str, mappings: Sequence[Known], passes: Mapping[str, float], seen: Evidence
) -> Iterator[Field]:
    """The fields of a function that only measurements tell. passes: the part that a mapping's filter lets through."""
    path = ("functions", name)
    logs = seen.logs.get(name)
    yield from _duration((*path, "duration"), name, mappings, passes, seen, logs)
    here = (*path, "cold_start")
    if logs is not None and logs.inits_ms:
        yield Field(here, quantiles(logs.inits_ms), "data", f"{logs.place}: {len(logs.inits_ms):,} times Init Duration")
    else:
        yield Field(here, "200ms", "missing", "REPORT lines with an Init Duration tell it")
    yield _failures((*path, "failures"), name, seen)


def _duration(
    path: Path, name: str, mappings: Sequence[Known], passes: Mapping[str, float], seen: Evidence, logs: Reports | None
) -> Iterator[Field]:
    records, why = _records(mappings, passes, seen)
    found = _fitted(name, records, seen) if records is not None else None
    if found is None and records is not None and seen.find("Invocations", name):
        why = f"fewer than {LEAST_INTERVALS} intervals in which records, invocations and durations are all known"
    if found is not None:
        cv = _variation(name, found, seen, logs)
        constant = f"; constant, as only {SPREAD_TELLS} tell how much it differs" if cv is None else ""
        yield from _fields(path, found, cv, _source(name, seen, found) + constant)
    elif logs is not None and logs.durations_ms:
        source = f"{logs.place}: Duration of {len(logs.durations_ms):,} invocations"
        yield Field((*path, "per_batch"), quantiles(logs.durations_ms), "data", source)
        yield Field((*path, "per_record"), "0s", "missing", why or "metrics with a varying load tell it")
    else:
        yield Field((*path, "per_batch"), "50ms", "missing", why or "Invocations and Duration, or REPORT lines tell it")
        yield Field((*path, "per_record"), "1ms", "missing", why or "metrics with a varying load tell it")


def _records(mappings: Sequence[Known], passes: Mapping[str, float], seen: Evidence) -> tuple[Floats | None, str]:
    """The records that mappings gave to a function in each interval; or None, and why they are not known."""
    invoked = [seen.column("InvokedEventCount", uuid(each)) for each in mappings]
    known = [each for each in invoked if each is not None and each.any()]  # a mapping has it only if it was asked for
    if known and len(known) == len(invoked):
        return np.sum(known, axis=0), ""
    if len(mappings) > 1:
        return None, f"{len(mappings)} mappings invoke it: only the metric InvokedEventCount of each tells them apart"
    written = seen.column("IncomingRecords", mappings[0].key[0]) if mappings else None
    if written is None:
        return None, ""
    return written * passes.get(uuid(mappings[0]), 1.0), ""


def _fitted(name: str, records: Floats, seen: Evidence) -> Fit | None:
    invocations = seen.column("Invocations", name)
    if invocations is None:
        return None
    total = seen.column("Duration", name)
    mean = seen.column("Duration", name, "Average")
    if total is None and mean is None:
        return None
    duration = total if total is not None else np.nan_to_num(mean) * invocations  # type: ignore[arg-type]
    none = np.zeros_like(invocations)
    errors, throttles = seen.column("Errors", name), seen.column("Throttles", name)
    return fit(
        invocations,
        none if errors is None else errors,
        none if throttles is None else throttles,
        duration / MS,
        records,
    )


def _source(name: str, seen: Evidence, found: Fit) -> str:
    series = seen.find("Duration", name) or seen.find("Duration", name, "Average")
    return (
        f"{series.place if series else ''}: {found.intervals} intervals, batches of {found.mean_batch:.3g} on average"
    )


def _variation(name: str, found: Fit, seen: Evidence, logs: Reports | None) -> float | None:
    """The variation of an invocation's time that the size of its batch does not explain.

    That of lines is over all the time, and batches vary as they do from interval to interval. Percentiles are of an
    interval, in which batches vary as counts of a steady rate do.
    """
    of_lines = variation(logs.durations_ms) if logs else None
    total = _from_percentiles(name, seen) if of_lines is None else of_lines
    if total is None:
        return None
    batch_sd = math.sqrt(found.mean_batch) if of_lines is None else found.batch_sd
    explained = found.per_record.value * batch_sd / found.mean_s if found.per_record else 0.0
    return math.sqrt(max(total**2 - explained**2, 0.0))


def _from_percentiles(name: str, seen: Evidence) -> float | None:
    """By the median over time of p99 / p50, as if durations were lognormal."""
    p50, p99 = seen.column("Duration", name, "p50"), seen.column("Duration", name, "p99")
    if p50 is None or p99 is None:
        return None
    good = (p50 > 0) & (p99 >= p50)
    if not good.any():
        return None
    sigma = float(np.median(np.log(p99[good] / p50[good]))) / P99
    return math.sqrt(math.expm1(min(sigma, 3.0) ** 2))


def _fields(path: Path, found: Fit, cv: float | None, source: str) -> Iterator[Field]:
    """Data do not tell which part varies: both do, so much that an invocation of the mean batch varies by `cv`."""
    batch, record = found.per_batch, found.per_record
    part = record.value * found.mean_batch if record else 0.0
    root = math.hypot(batch.value, part)
    each = None if cv is None or root == 0 else cv * (batch.value + part) / root
    yield _estimate((*path, "per_batch"), batch, each, source)
    if record is None:
        yield Field((*path, "per_record"), "0s", "missing", found.why)
    else:
        yield _estimate((*path, "per_record"), record, each, source)


def _estimate(path: Path, found: Estimate, cv: float | None, source: str) -> Field:
    value: Any = lognormal(found.value, cv)
    return Field(path, value, "fitted", source, seconds(found.low), seconds(found.high))


def _failures(path: Path, name: str, seen: Evidence) -> Field:
    series, errors, calls = seen.find("Errors", name), seen.total("Errors", name), seen.total("Invocations", name)
    if series is None or errors is None or not calls:
        return Field(path, [], "missing", "the metrics Errors and Invocations tell it")
    part = min(errors / calls, 1.0)
    value = [{"kind": "random", "probability": float(f"{part:.4g}")}] if part > RARE else []
    return Field(path, value, "data", f"{series.place}: {errors:,.0f} errors of {calls:,.0f} invocations")


def duration_remarks(system: System, seen: Evidence) -> Iterator[Remark]:
    """A warning where errors come in bursts: a scenario then has an outage, which is for the user to write."""
    for name in system.functions:
        errors = seen.column("Errors", name)
        if seen.metrics is None or errors is None or errors.sum() < len(errors) / 10:
            continue
        most = np.sort(errors)[::-1][: max(len(errors) // 10, 1)].sum()
        if most > BURST * errors.sum() and len(errors) >= 20:
            at = int(np.argmax(errors)) * seen.metrics.step_s
            what = f"most of its {errors.sum():,.0f} errors come in bursts, the worst {at:,} s into the run"
            yield warning(f"function {name}: {what}; a failure of kind outage would say so")
