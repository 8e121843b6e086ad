"""Sound scenarios, with the files that they name, for targets that damage them."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from simulator.scenario.templates import TEMPLATES, TRACE, template, trace_csv

ROOT: Final = Path(__file__).parents[2]
RATES: Final = "time_s,records\n0,5\n60,6\n"
KEYS: Final = "key,weight\na,1\n"

EVERY_FORM: Final = """\
duration: 10m
warmup: auto
prices: {sheet: us-east-1, kinesis_shard_hour: 0.02}
account: {concurrency: 50, other_concurrency: 2}
streams: {a: {shards: 4, retention: 48h, max_record_size: 2MiB}, b: {shards: 1}}
producers:
  - {stream: a, rate: {trace: t.csv, scale: 2}, record_size: {lognormal: {median: 1KiB, p99: 3KiB}}}
  - {stream: a, rate: {steps: [{at: 0s, rate: 1/s}, {at: 5s, rate: 2/s}]}, partition_keys: {weights: k.csv}}
  - {stream: b, rate: {sine: {mean: 1/s, amplitude: 2/s, period: 1m}}, record_size: {uniform: {low: 1B, high: 2KiB}}}
  - stream: b
    rate: {spikes: {base: 1/s, peak: 9/s, every: 1m, lasts: 1s}}
    partition_keys: {count: 9, popularity: {zipf: 1}}
  - {stream: b, rate: 1/s, start: -5s, stop: 1m, record_size: {empirical: {file: t.csv, column: records}}}
functions:
  f:
    duration:
      per_batch: {gamma: {mean: 1s, cv: 2}}
      per_record: {exponential: {mean: 1ms}}
      per_mib: {normal: {mean: 1s, sd: 1s}}
    memory: 512MiB
    architecture: arm
    duration_by_memory: {256MiB: 2s, 1GiB: 600ms}
    duration_measured_at: 256MiB
    reserved_concurrency: 5
    failures:
      - {kind: outage, from: 1m, to: 2m}
      - {kind: slow, from: 1m, to: 2m, factor: 2}
      - {kind: poison, at: [1m]}
event_source_mappings:
  - stream: a
    function: f
    starting_position: {at_timestamp: -1s}
    disabled: [{from: 1m, to: 2m}]
    polling: {phase: 1ms}
  - {stream: b, function: f, consumer: push, maximum_record_age: 60s}
objectives: {latency_p99: 2s, iterator_age_max: 1m, recovery_time: 5m, records_lost: 0, cost_per_month: 99.5}
search: {shards: 1-16, vary: {event_source_mappings.0.batch_size: [100, 500], functions.f.memory: [1GiB]}}
"""


@cache
def texts() -> tuple[str, ...]:
    """The worked cases, the templates and one with every form of a field; not those that read other files."""
    cases = sorted((ROOT / "tests" / "cases").glob("*/scenario.yaml"))
    files = sorted((ROOT / "scenarios").glob("*.yaml"))
    shipped = [path for path in files if not re.search("traffic/|handler:", path.read_text("utf-8"))]
    templates = [template(name).replace(TRACE, "template.csv") for name in TEMPLATES]
    return (EVERY_FORM, *templates, *(path.read_text("utf-8") for path in cases + shipped))


@cache
def documents() -> tuple[Any, ...]:
    """The same as values of JSON."""
    return tuple(YAML(typ="safe", pure=True).load(text) for text in texts())


def write_csv_files(folder: Path) -> None:
    """The files that they name."""
    files = {"t.csv": RATES, "k.csv": KEYS, "template.csv": trace_csv()}
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    for name in ("trace.csv", "keys.csv"):
        shutil.copy(ROOT / "tests" / "cases" / "traffic" / name, folder)


def written(folder: Path) -> list[Path]:
    """All of them as files in a folder."""
    write_csv_files(folder)
    paths = [folder / f"{i}.yaml" for i in range(len(texts()))]
    for path, text in zip(paths, texts(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths
