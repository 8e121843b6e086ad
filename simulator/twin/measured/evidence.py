"""All measurements of a system: metrics on one axis of time, logs by function, keys by stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from simulator.twin.found import Finding, Remark, warning
from simulator.twin.measured.grid import Floats, Measured, measured
from simulator.twin.measured.naming import Names, series, whose_keys, whose_logs
from simulator.twin.measured.series import KeyCounts, Metric, Query, Raw, Reports, Series
from simulator.twin.merging import Known
from simulator.twin.system import System


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured; `metrics` is None where no metric is known."""

    metrics: Measured | None = None
    logs: Mapping[str, Reports] = field(default_factory=dict)
    keys: Mapping[str, KeyCounts] = field(default_factory=dict)

    def find(self, name: str, thing: str, statistic: str = "Sum") -> Series | None:
        """The series of a metric of a thing."""
        return self.metrics.find(name, thing, statistic) if self.metrics else None

    def column(self, name: str, thing: str, statistic: str = "Sum") -> Floats | None:
        """Its values in each interval."""
        found = self.find(name, thing, statistic)
        return self.metrics.column(found) if self.metrics and found else None

    def without_the_last(self, holdout: float) -> tuple[Evidence, list[Remark]]:
        """What was measured but in the last part of the time, such as 0.5; of logs what is known to be before that.

        Keys are counted as they are: no file tells when.
        """
        if self.metrics is None:
            return self, [warning("there are no metrics, which tell from when to when it is; nothing is held out")]
        first = self.metrics.without_the_last(holdout)
        until_s = first.start_s + first.duration_s
        logs = {name: each.before(until_s) for name, each in self.logs.items()}
        remarks = [
            warning(f"{each.place}: {each.undated:,} of its lines do not tell when they were written, and are held out")
            for each in self.logs.values()
            if each.undated
        ]
        return Evidence(first, logs, self.keys), remarks

    def total(self, name: str, thing: str) -> float | None:
        """The sum of its values."""
        found = self.column(name, thing)
        return None if found is None else float(found.sum())


def uuid(mapping: Known) -> str:
    """What metrics call a mapping; empty where it is not known."""
    return str(mapping.value("UUID") or "")


def names_of(whole: System) -> Names:
    """What the streams, functions and mappings of a system are called in metrics."""
    uuids = [each for each in map(uuid, whole.mappings) if each]
    return {"stream": list(whole.streams), "function": list(whole.functions), "mapping": uuids}


def evidence(found: Sequence[Finding], given: Mapping[str, Metric], names: Names) -> tuple[Evidence, list[Remark]]:
    """The measurements of streams, functions and mappings, and remarks about those that are nobody's."""
    raws = [each for each in found if isinstance(each, Raw)]
    queries = [each for each in found if isinstance(each, Query)]
    said: list[Finding] = [
        *series(raws, queries, given, names),
        *whose_logs([each for each in found if isinstance(each, Reports)], names["function"]),
        *whose_keys([each for each in found if isinstance(each, KeyCounts)], names["stream"]),
    ]
    every = [each for each in said if isinstance(each, Series)]
    known = [each for each in every if each.metric.thing in names.get(each.metric.of, ())]
    metrics, remarks = measured(known)
    strange = dict.fromkeys(f"{of} {thing}" for _, _, thing, of in (each.metric for each in every if each not in known))
    remarks += [warning(f"metrics of {each} are not used: no other file knows of it") for each in strange]
    logs = _together(each for each in said if isinstance(each, Reports))
    keys = {each.stream: each for each in said if isinstance(each, KeyCounts)}
    return Evidence(metrics, logs, keys), [*(each for each in said if isinstance(each, Remark)), *remarks]


def _together(logs: Iterable[Reports]) -> dict[str, Reports]:
    """The logs of each function as one."""
    found: dict[str, Reports] = {}
    for each in logs:
        before = found.get(each.function)
        if before is not None:
            each = Reports(
                each.function,
                before.durations_ms + each.durations_ms,
                before.inits_ms + each.inits_ms,
                before.timeouts + each.timeouts,
                before.errors + each.errors,
                before.place,
                before.durations_at + each.durations_at,
                before.inits_at + each.inits_at,
            )
        found[each.function] = each
    return found
