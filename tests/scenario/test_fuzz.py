"""Whatever is in a file, checking it gives faults and never an exception."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulator.scenario.faults import errors
from simulator.scenario.loading import check

from .conftest import VALID

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
yamlish = st.text(st.sampled_from(list("abc:- \n\t[]{}'\"#&*!|>%@`?,0123.~\\/éñ\x85\u2028\ufeff")), max_size=60)


EVERY_FORM = """\
duration: 10m
warmup: auto
prices: {sheet: us-east-1, kinesis_shard_hour: 0.02}
account: {concurrency: 50, other_concurrency: 2}
streams: {a: {shards: 4, retention: 48h, max_record_size: 2MiB}, b: {shards: 1}}
producers:
  - {stream: a, rate: {trace: t.csv, scale: 2}, record_size: {lognormal: {median: 1KiB, p99: 3KiB}}}
  - {stream: a, rate: {steps: [{at: 0s, rate: 1/s}, {at: 5s, rate: 2/s}]}, partition_keys: {weights: k.csv}}
  - {stream: b, rate: {sine: {mean: 1/s, amplitude: 2/s, period: 1m}}, record_size: {uniform: {low: 1B, high: 2KiB}}}
  - {stream: b, rate: {spikes: {base: 1/s, peak: 9/s, every: 1m, lasts: 1s}}, partition_keys: {count: 9, popularity: {zipf: 1}}}
  - {stream: b, rate: 1/s, start: -5s, stop: 1m, record_size: {empirical: {file: t.csv, column: records}}}
functions:
  f:
    duration: {per_batch: {gamma: {mean: 1s, cv: 2}}, per_record: {exponential: {mean: 1ms}}, per_mib: {normal: {mean: 1s, sd: 1s}}}
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
  - {stream: a, function: f, starting_position: {at_timestamp: -1s}, disabled: [{from: 1m, to: 2m}], polling: {phase: 1ms}}
  - {stream: b, function: f, consumer: push, maximum_record_age: 60s}
objectives: {latency_p99: 2s, iterator_age_max: 1m, recovery_time: 5m, records_lost: 0, cost_per_month: 99.5}
search: {shards: 1-16, vary: {event_source_mappings.0.batch_size: [100, 500], functions.f.memory: [1GiB]}}
"""  # noqa: E501
FILES = {"t.csv": "time_s,records\n0,5\n60,6\n", "k.csv": "key,weight\na,1\n"}
WORDS = st.sampled_from(EVERY_FORM.replace("{", " { ").replace("}", " } ").replace(":", " : ").split())


def told(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for fault in check(path):
        assert str(fault)


@quick
@given(content=st.binary(max_size=200))
def test_any_bytes_are_told_of(content: bytes, tmp_path: Path) -> None:
    told(tmp_path / "any.yaml", content)


@quick
@example(text="%YAML 3.0\n---\na: 1\n")
@example(text="!<tag:x> a\n")
@example(text="? a\n? b\n: {}")
@given(text=st.text(max_size=100) | yamlish)
def test_any_text_is_told_of(text: str, tmp_path: Path) -> None:
    told(tmp_path / "any.yaml", text.encode("utf-8", "surrogatepass"))


@quick
@given(at=st.integers(0, len(VALID)), cut=st.integers(0, 12), text=yamlish)
def test_a_scenario_with_any_part_replaced_is_told_of(at: int, cut: int, text: str, tmp_path: Path) -> None:
    told(tmp_path / "any.yaml", (VALID[:at] + text + VALID[at + cut :]).encode())


@quick
@given(changes=st.lists(st.tuples(WORDS, WORDS | yamlish), min_size=1, max_size=4))
def test_a_scenario_with_any_words_replaced_is_told_of(changes: list[tuple[str, str]], tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    text = EVERY_FORM
    for old, new in changes:
        text = text.replace(old, new, 1)
    told(tmp_path / "any.yaml", text.encode())


def test_the_scenario_with_every_form_has_no_errors(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    path = tmp_path / "every.yaml"
    path.write_text(EVERY_FORM)
    assert errors(check(path)) == []


@quick
@given(path=yamlish, value=yamlish)
def test_any_override_is_told_of(path: str, value: str, tmp_path: Path) -> None:
    file = tmp_path / "valid.yaml"
    file.write_text(VALID)
    for fault in check(file, {path: value, f"event_source_mappings.0.{path}": value}):
        assert str(fault)


@quick
@given(
    content=st.binary(max_size=100)
    | st.text(st.sampled_from(list('time_s,records\n0123456789"- .e')), max_size=80).map(str.encode)
)
def test_any_trace_is_told_of(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    told(tmp_path / "any.yaml", VALID.replace("2000/s", "{trace: t.csv}").encode())
