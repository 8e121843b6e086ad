"""Observed minutes as files: metrics of CloudWatch in all its forms, and logs of the function."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from .observed import Floats, Minutes

START = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
STREAM, FUNCTION = "meter", "sum"
COUNTED = {
    "IncomingRecords": "records", "IncomingBytes": "bytes", "Invocations": "invocations", "Errors": "errors",
    "Duration": "duration_ms",
}  # fmt: skip


def stamps(n: int) -> list[datetime]:
    return [START + timedelta(minutes=i) for i in range(n)]


def points(values: Floats) -> list[tuple[datetime, float]]:
    """Minutes without anything are not there."""
    return [(time, float(value)) for time, value in zip(stamps(len(values)), values, strict=True) if value]


def columns(minutes: Minutes) -> dict[str, Floats]:
    """The values of each metric."""
    return {name: getattr(minutes, attribute) for name, attribute in COUNTED.items()}


def metric_data(
    series: Mapping[str, Sequence[tuple[datetime, float]]],
    newest_first: bool = True,
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What get-metric-data prints; the key of a series is its Id."""
    results = []
    for id_, pairs in series.items():
        ordered = list(reversed(pairs)) if newest_first else list(pairs)
        results.append(
            {
                "Id": id_,
                "Label": (labels or {}).get(id_, id_),
                "Timestamps": [time.isoformat() for time, _ in ordered],
                "Values": [value for _, value in ordered],
                "StatusCode": "Complete",
            }
        )
    return {"MetricDataResults": results, "Messages": []}


def queries(ids: Mapping[str, tuple[str, str, str]]) -> list[dict[str, Any]]:
    """A file of queries: of each Id the metric, its statistic and the dimension with its value."""
    found = []
    for id_, (name, statistic, dimension) in ids.items():
        key, _, value = dimension.partition("=")
        namespace = "AWS/Kinesis" if key == "StreamName" else "AWS/Lambda"
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": key, "Value": value}]}
        found.append({"Id": id_, "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}, "ReturnData": True})
    return found


def statistics(label: str, pairs: Sequence[tuple[datetime, float]], statistic: str = "Sum") -> dict[str, Any]:
    """What get-metric-statistics prints, in no order."""
    data = [{"Timestamp": time.timestamp(), statistic: value, "Unit": "None"} for time, value in pairs]
    return {"Label": label, "Datapoints": data[1::2] + data[::2]}


def console_csv(series: Mapping[str, Floats], newest_first: bool = False) -> str:
    """The console's download: rows of headings, then times."""
    names = list(series)
    rows = [["Full label", *names], ["", *["us-east-1"] * len(names)], ["Label", *names]]
    times = stamps(len(next(iter(series.values()))))
    body = [
        [f"{time:%Y/%m/%d %H:%M:%S}", *(f"{series[name][i]:g}" if series[name][i] else "" for name in names)]
        for i, time in enumerate(times)
    ]
    return "\r\n".join(",".join(row) for row in rows + (body[::-1] if newest_first else body)) + "\r\n"


def report_line(i: int, duration_ms: float, init_ms: float | None = None, tail: str = "") -> str:
    """A REPORT line, with its tabs."""
    parts = [f"REPORT RequestId: {i:08x}-0000-4000-8000-000000000000", f"Duration: {duration_ms:.2f} ms"]
    parts += [f"Billed Duration: {int(duration_ms) + 1} ms", "Memory Size: 512 MB", "Max Memory Used: 97 MB"]
    parts += [f"Init Duration: {init_ms:.2f} ms"] if init_ms is not None else []
    return "\t".join([*parts, *([tail] if tail else [])]) + "\t\n"


def tailed_log(durations: Sequence[float], inits: Sequence[float], minutes: Sequence[int]) -> str:
    """A log as `aws logs tail` prints it: before each line its time and its stream."""
    lines = []
    for i, (duration, minute) in enumerate(zip(durations, minutes, strict=True)):
        time = START + timedelta(minutes=int(minute), seconds=i % 60)
        stream = f"{time:%Y/%m/%d}/[$LATEST]{i % 4:032x}"
        lines.append(f"{time.isoformat()} {stream} {report_line(i, duration, inits[i] if i < len(inits) else None)}")
    return "".join(lines)


def text_log(durations: Sequence[float], inits: Sequence[float], spaces: bool = False) -> str:
    """A log as it is copied or tailed."""
    lines = []
    for i, duration in enumerate(durations):
        init = inits[i] if i < len(inits) else None
        lines += [f"START RequestId: {i:08x} Version: $LATEST\n", "handled Duration: 99999 ms of nothing\n"]
        lines += [report_line(i, duration, init), f"END RequestId: {i:08x}\n"]
    return "".join(lines).replace("\t", "  ") if spaces else "".join(lines)


def filtered_events(durations: Sequence[float], inits: Sequence[float]) -> dict[str, Any]:
    """What filter-log-events prints."""
    lines = [report_line(i, each, inits[i] if i < len(inits) else None) for i, each in enumerate(durations)]
    events = [
        {"logStreamName": "2026/03/01/[$LATEST]abcd", "timestamp": 1772400000000 + i, "message": line, "eventId": "1"}
        for i, line in enumerate(lines)
    ]
    return {"events": events, "searchedLogStreams": []}


def json_log(durations: Sequence[float], inits: Sequence[float]) -> str:
    """A log in Lambda's JSON format."""
    lines = []
    for i, duration in enumerate(durations):
        metrics = {"durationMs": round(duration, 2), "billedDurationMs": int(duration) + 1, "memorySizeMB": 512}
        if i < len(inits):
            metrics["initDurationMs"] = round(inits[i], 2)
        record = {"requestId": f"{i:08x}", "status": "success", "metrics": metrics}
        lines.append({"time": "2026-03-01T22:00:00.000Z", "type": "platform.start", "record": {"requestId": "1"}})
        lines.append({"time": "2026-03-01T22:00:00.000Z", "type": "platform.report", "record": record})
    return "".join(json.dumps(each) + "\n" for each in lines)


def insights_results(durations: Sequence[float], inits: Sequence[float]) -> dict[str, Any]:
    """What get-query-results prints."""
    rows = []
    for i, duration in enumerate(durations):
        row = [{"field": "@timestamp", "value": "2026-03-01 22:00:00.123"}, {"field": "@type", "value": "REPORT"}]
        row += [{"field": "@duration", "value": f"{duration:.2f}"}, {"field": "@memorySize", "value": "5.12E8"}]
        row += [{"field": "@initDuration", "value": f"{inits[i]:.2f}"}] if i < len(inits) else []
        rows.append(row)
    return {"results": rows, "status": "Complete"}


def insights_csv(durations: Sequence[float], inits: Sequence[float]) -> str:
    """What the console of Logs Insights saves."""
    rows = [
        f"2026-03-01 22:00:00.123,{duration:.2f},{f'{inits[i]:.2f}' if i < len(inits) else ''}"
        for i, duration in enumerate(durations)
    ]
    return "\n".join(["@timestamp,@duration,@initDuration", *rows]) + "\n"
