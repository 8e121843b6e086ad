"""Metrics and logs: the load as a trace, sizes, and the time per batch and per record with intervals that hold."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.scenario.loading import load
from simulator.scenario.spec import Lognormal, Trace
from simulator.twin.imported import Imported, Request, import_files
from simulator.twin.measured.fit import fit
from simulator.twin.measured.naming import metric_of

from . import exports
from .conftest import Command
from .exports import FUNCTION, STREAM
from .files import cli_function, cli_mapping, cli_shards, write
from .observed import Minutes, flat, observe, wave
from .systems import FunctionSpec, MappingSpec, StreamSpec

UUID = cli_mapping(MappingSpec(StreamSpec(STREAM, 4), FunctionSpec(FUNCTION)))["UUID"]


def system(**settings: Any) -> None:
    """A stream, a function and a mapping, in `in`."""
    mapping = cli_mapping(MappingSpec(StreamSpec(STREAM, 4), FunctionSpec(FUNCTION)))
    write(Path("in"), "mappings.json", {"EventSourceMappings": [mapping | settings]})
    write(Path("in"), "stream.json", {"StreamDescriptionSummary": {"StreamName": STREAM, "OpenShardCount": 4}})
    write(Path("in"), "function.json", cli_function(FunctionSpec(FUNCTION, seconds=60)))


def imported(**metrics: str) -> Imported:
    given = {id_: metric for id_, name in metrics.items() if (metric := metric_of(name))}
    return import_files([Path("in")], Request(metrics=given, stem="out"))


def field(of: Imported, name: str) -> Any:
    return next(each for each in of.fields if each.name == name)


def as_query_file(minutes: Minutes) -> None:
    """Ids that say nothing, and a file of queries that tells them."""
    series = {f"m{i}": exports.points(values) for i, values in enumerate(exports.columns(minutes).values())}
    of = {"IncomingRecords": f"StreamName={STREAM}", "IncomingBytes": f"StreamName={STREAM}"}
    ids = {f"m{i}": (name, "Sum", of.get(name, f"FunctionName={FUNCTION}")) for i, name in enumerate(exports.COUNTED)}
    write(Path("in"), "q.json", exports.queries(ids))
    write(Path("in"), "metrics.json", exports.metric_data(series))


def as_labels(minutes: Minutes) -> None:
    """No file of queries: the labels say it, and pages overlap."""
    names = list(exports.COUNTED)
    labels = {f"m{i}": f"{name} Sum" for i, name in enumerate(names)}
    for page, part in enumerate((slice(0, 800), slice(700, None))):
        series = {f"m{i}": exports.points(exports.columns(minutes)[name])[part] for i, name in enumerate(names)}
        write(Path("in"), f"metrics-{page}.json", exports.metric_data(series, newest_first=False, labels=labels))


def as_statistics(minutes: Minutes) -> None:
    for name, values in exports.columns(minutes).items():
        write(Path("in"), f"{name}.json", exports.statistics(name, exports.points(values)))


def as_console(minutes: Minutes) -> None:
    series = exports.columns(minutes)
    write(Path("in"), "a.csv", exports.console_csv({f"{name} (Sum)": series[name] for name in series}))


def as_console_newest_first(minutes: Minutes) -> None:
    series = exports.columns(minutes)
    write(Path("in"), "a.csv", exports.console_csv({f"Sum {name}": series[name] for name in series}, True))


FORMS = [as_query_file, as_labels, as_statistics, as_console, as_console_newest_first]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_metrics_gives_the_load_and_the_time_of_the_function(
    form: Callable[[Minutes], None], shardsim: Command
) -> None:
    minutes = observe(1, wave(20, 240))
    system()
    form(minutes)
    result = shardsim("import", "in", "-o", "out.yaml")
    assert result.exit_code == 4  # keys and cold starts are missing
    assert result.stderr == ""
    scenario = load("out.yaml")
    assert scenario.duration == 86_400
    assert scenario.start_time == datetime.fromisoformat("2026-03-01T22:00:00+00:00")
    rate = scenario.producers[0].rate
    assert isinstance(rate, Trace)
    assert np.array_equal(rate.records, minutes.records)
    assert rate.time_s[1] == 60
    of = imported()
    assert field(of, "producers.0.record_size").value == "700B"
    batch, record = (field(of, f"functions.{FUNCTION}.duration.{name}") for name in ("per_batch", "per_record"))
    assert (batch.how, record.how) == ("fitted", "fitted")
    assert 39 <= float(batch.value.removesuffix("ms")) <= 41
    assert 1.98 <= float(record.value.removesuffix("ms")) <= 2.02
    assert float(record.low.removesuffix("ms")) <= float(record.value.removesuffix("ms")) <= float(record.high[:-2])


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "a wave": (wave(20, 240, 180), {}),
    "a wave of small batches": (wave(10, 60, 180), {}),
    "1 % of batches fail": (wave(20, 240, 180), {"failing": 0.01}),
}


@pytest.mark.parametrize("name", CASES)
def test_true_values_are_within_their_intervals_in_95_of_100_cases(name: str) -> None:
    """The intervals are of 95 %: of 100 cases, 90 or more in all but one of 100 tries."""
    rates, options = CASES[name]
    inside = np.zeros(2)
    for seed in range(100):
        minutes = observe(seed, rates, **options)
        none = np.zeros_like(minutes.records)
        found = fit(minutes.invocations, minutes.errors, none, minutes.duration_ms / 1000, minutes.records)
        assert found is not None
        assert found.per_record is not None
        truth = (found.per_batch, 0.040), (found.per_record, 0.002)
        inside += [each.low <= value <= each.high for each, value in truth]
    assert inside.min() >= 90
    assert inside.max() < 100  # or they would be of no use


def test_metrics_without_a_common_minute_are_told(shardsim: Command) -> None:
    minutes = observe(13, wave(20, 240, 60))
    system()
    other_day = Minutes(**{**vars(minutes), "records": np.zeros(60), "bytes": np.zeros(60)})
    as_query_file(other_day)
    early = [(time - timedelta(days=1), value) for time, value in exports.points(minutes.records)]
    write(Path("in"), "r.json", exports.statistics("IncomingRecords", early))
    of = imported()
    batch = field(of, f"functions.{FUNCTION}.duration.per_batch")
    assert batch.how == "missing"
    assert batch.source == "fewer than 10 intervals in which records, invocations and durations are all known"
    assert any("a gap" in each for each in of.told("warning"))
    assert shardsim("import", "in", "-o", "out.yaml").exit_code == 4
    assert shardsim("validate", "out.yaml").exit_code == 0


def test_a_time_per_record_of_nothing_is_0_and_not_refused() -> None:
    for seed in range(20):
        minutes = observe(seed, wave(20, 240), per_record_ms=0.0)
        none = np.zeros_like(minutes.records)
        found = fit(minutes.invocations, none, none, minutes.duration_ms / 1000, minutes.records)
        assert found is not None
        if found.per_record is not None:
            assert 0 <= found.per_record.value < 0.00001
            assert found.per_batch.value == pytest.approx(0.040, rel=0.01)


def test_batches_that_vary_too_little_tell_only_the_mean() -> None:
    system()
    as_statistics(observe(1, flat(80)))
    of = imported()
    record = field(of, f"functions.{FUNCTION}.duration.per_record")
    assert (record.value, record.how) == ("0s", "missing")
    assert "vary too little" in record.source
    batch = field(of, f"functions.{FUNCTION}.duration.per_batch")
    assert float(batch.value.removesuffix("ms")) == pytest.approx(40 + 2 * 20, rel=0.03)
    assert batch.how == "fitted"


def test_several_mappings_on_one_function_are_told_apart_by_their_own_metrics_only() -> None:
    minutes = observe(2, wave(20, 240))
    other = StreamSpec("other", 1)
    pair = [
        cli_mapping(MappingSpec(each, FunctionSpec(FUNCTION)), i)
        for i, each in enumerate((StreamSpec(STREAM, 4), other))
    ]
    write(Path("in"), "mappings.json", {"EventSourceMappings": pair})
    as_query_file(minutes)
    record = field(imported(), f"functions.{FUNCTION}.duration.per_record")
    assert record.how == "missing"
    assert record.source.startswith("2 mappings invoke it")
    ids = {
        f"e{i}": ("InvokedEventCount", "Sum", f"EventSourceMappingUUID={each['UUID']}") for i, each in enumerate(pair)
    }
    write(Path("in"), "more-q.json", exports.queries(ids))
    half = exports.points(minutes.records / 2)
    write(Path("in"), "more.json", exports.metric_data({"e0": half, "e1": half}))
    assert field(imported(), f"functions.{FUNCTION}.duration.per_record").how == "fitted"


def test_what_a_filter_lets_through_comes_from_the_mappings_metrics() -> None:
    minutes = observe(3, wave(20, 240))
    system(FilterCriteria={"Filters": [{"Pattern": "{}"}]})
    as_query_file(minutes)
    ids = {
        name: (name, "Sum", f"EventSourceMappingUUID={UUID}") for name in ("PolledEventCount", "FilteredOutEventCount")
    }
    write(Path("in"), "more-q.json", exports.queries(ids))
    series = {
        "PolledEventCount": exports.points(minutes.records * 4),
        "FilteredOutEventCount": exports.points(minutes.records),
    }
    write(Path("in"), "more.json", exports.metric_data(series))
    passes = field(imported(), "event_source_mappings.0.filter.passes")
    assert (passes.value, passes.how) == (0.75, "data")


def test_errors_are_a_probability_and_bursts_are_told() -> None:
    minutes = observe(4, wave(20, 240), failing=0.05)
    system()
    as_query_file(minutes)
    failures = field(imported(), f"functions.{FUNCTION}.failures")
    assert failures.value[0]["kind"] == "random"
    assert failures.value[0]["probability"] == pytest.approx(0.05 / 1.05, rel=0.02)
    burst = Minutes(**{**vars(minutes), "errors": np.where(np.arange(1440) == 700, 5000.0, 0.0)})
    as_query_file(burst)
    assert any("come in bursts, the worst 42,000 s into the run" in each for each in imported().told("warning"))


def test_a_minute_that_only_some_series_lack_is_0_and_one_that_all_lack_is_a_gap() -> None:
    minutes = observe(5, wave(20, 240))
    single = {"single_ms": minutes.single_ms, "single_minute": minutes.single_minute}
    values = {name: getattr(minutes, name).copy() for name in vars(minutes) if name not in single}
    values["records"][10] = 0.0
    for each in values.values():
        each[20:25] = 0.0
    system()
    as_query_file(Minutes(**values, **single))
    of = imported()
    rows = list(csv.DictReader(of.attachments[0].text.splitlines()))
    assert [float(rows[i]["records"]) for i in (9, 10, 20)] == [minutes.records[9], 0.0, 0.0]
    assert of.told("warning") == [
        "no metric has a value in 5 of 1440 intervals of 60 s, the first at 2026-03-01 22:20 UTC: a gap; nothing is "
        "written then in the trace"
    ]


def test_ids_that_nothing_explains_are_told_and_an_option_names_them() -> None:
    minutes = observe(6, wave(20, 240))
    system()
    write(Path("in"), "m.json", exports.metric_data({"x1": exports.points(minutes.records)}))
    of = imported()
    assert of.told("warning") == [
        "in/m.json: MetricDataResults[0]: which metric 'x1' is, is not known; --metric x1=NAME tells it"
    ]
    assert field(imported(x1="IncomingRecords"), "producers.0.rate.trace").how == "data"
    assert field(imported(x1="IncomingRecords.Sum:meter"), "producers.0.rate.trace").how == "data"


def test_writes_that_were_refused_are_told() -> None:
    minutes = observe(7, wave(20, 240))
    system()
    refused = exports.statistics("WriteProvisionedThroughputExceeded", exports.points(minutes.records * 0.1))
    write(Path("in"), "refused.json", refused)
    as_statistics(minutes)
    assert any("10.0% of those accepted" in each for each in imported().told("warning"))


LOGS: dict[str, Callable[..., Any]] = {
    "f.log": exports.text_log,
    "copied.txt": lambda durations, inits: exports.text_log(durations, inits, spaces=True),
    "events.json": exports.filtered_events,
    "json.log": exports.json_log,
    "insights.json": exports.insights_results,
    "insights.csv": exports.insights_csv,
}


@pytest.mark.parametrize("name", LOGS)
def test_each_form_of_logs_gives_durations_and_cold_starts(name: str) -> None:
    draw = np.random.default_rng(8)
    durations, inits = draw.lognormal(np.log(80), 0.5, 2000), draw.lognormal(np.log(300), 0.2, 50)
    system()
    write(Path("in"), name, LOGS[name](list(durations), list(inits)))
    of = imported()
    batch = field(of, f"functions.{FUNCTION}.duration.per_batch")
    assert batch.how == "data"
    assert "2,000 invocations" in batch.source
    median = float(np.median(durations))
    assert float(batch.value["lognormal"]["median"].removesuffix("ms")) == pytest.approx(median, rel=0.001)
    cold = field(of, f"functions.{FUNCTION}.cold_start")
    assert "50 times Init Duration" in cold.source
    assert float(cold.value["lognormal"]["median"].removesuffix("ms")) == pytest.approx(
        float(np.median(inits)), rel=0.001
    )


def test_reports_of_timeouts_and_errors_are_no_durations() -> None:
    system()
    lines = [exports.report_line(i, 100.0) for i in range(30)]
    lines += [
        exports.report_line(99, 3000.0, tail="Status: timeout"),
        exports.report_line(98, 7.0, tail="Status: error"),
    ]
    write(Path("in"), "f.log", "".join(lines))
    assert field(imported(), f"functions.{FUNCTION}.duration.per_batch").value == "100ms"


def test_the_spread_of_logs_is_given_to_the_fitted_time_and_its_mean_is_kept() -> None:
    minutes = observe(9, wave(20, 240), cv=0.5)
    system()
    as_query_file(minutes)
    write(Path("in"), "f.log", exports.text_log(list(minutes.single_ms[::20]), [250.0] * 30))
    of = imported()
    write(Path(), "out.yaml", of.yaml)
    for each in of.attachments:
        write(Path(), each.name, each.text)
    work = load("out.yaml").functions[FUNCTION].duration
    parts = [(work.per_batch, 0.040), (work.per_record, 0.002)]
    variance = mean = 0.0
    for spread, true in parts:
        assert isinstance(spread, Lognormal)
        sigma = np.log(spread.p99 / spread.median) / 2.3263
        assert spread.median * np.exp(sigma**2 / 2) == pytest.approx(true, rel=0.03)
        part = true * (1 if true == 0.040 else 32.5)  # the mean batch
        variance, mean = variance + np.expm1(sigma**2) * part**2, mean + part
    assert np.sqrt(variance) / mean == pytest.approx(0.5, rel=0.15)  # what was put in


def test_percentiles_give_the_spread_where_there_are_no_logs() -> None:
    minutes = observe(10, wave(20, 240))
    system()
    as_query_file(minutes)
    for statistic, value in (("p50", 100.0), ("p99", 250.0)):
        pairs = exports.points(np.full(1440, value))
        data = [{"Timestamp": time.isoformat(), "ExtendedStatistics": {statistic: v}} for time, v in pairs]
        write(Path("in"), f"{statistic}.json", {"Label": "Duration", "Datapoints": data})
    values = [field(imported(), f"functions.{FUNCTION}.duration.{part}").value for part in ("per_batch", "per_record")]
    assert any(isinstance(each, dict) for each in values)


def test_keys_and_counts_become_weights(shardsim: Command) -> None:
    system()
    write(Path("in"), "hot.csv", 'partition_key,count,share\n"a,""b",90,0.9\nc,10,0.1\n')
    shardsim("import", "in", "-o", "out.yaml")
    keys = load("out.yaml").producers[0].partition_keys
    assert list(keys.keys) == ['a,"b', "c"]  # type: ignore[union-attr]
    assert list(keys.weight) == [90, 10]  # type: ignore[union-attr]


def test_with_all_measurements_nothing_is_missing_and_the_exit_code_is_0(shardsim: Command) -> None:
    minutes = observe(11, wave(20, 240))
    system()
    as_query_file(minutes)
    write(Path("in"), "hot.csv", "key,count\na,90\nc,10\n")
    write(Path("in"), "f.log", exports.text_log(list(minutes.single_ms[:500]), [250.0] * 30))
    result = shardsim("import", "in", "-o", "out.yaml")
    assert (result.exit_code, result.stderr) == (0, ""), result.stdout
    assert "MISSING" not in result.stdout + Path("out.yaml").read_text().split("\n\n", 1)[1]
    assert shardsim("validate", "out.yaml").exit_code == 0
    again = shardsim("import", "in", "-o", "out.yaml")
    assert "out.yaml, out-meter-traffic.csv, out-meter-keys.csv exists already" in again.stderr


def sequence_number(made_s: int) -> str:
    """The first of a shard that was made then: 2, the time, and zeros but for the shard and the version."""
    return str(int(f"2{made_s:09x}{0:01x}{0:016x}00{made_s:09x}{0:08x}2", 16))


@pytest.mark.parametrize(("after_s", "told"), [(-10, False), (3600, True)])
def test_shards_that_were_made_while_it_was_measured_are_told(after_s: int, told: bool) -> None:
    system()
    as_query_file(observe(12, wave(20, 240)))
    made_s = round(exports.START.timestamp()) + after_s
    shards = cli_shards(2)
    for each in shards:
        each["SequenceNumberRange"]["StartingSequenceNumber"] = sequence_number(made_s)
    write(Path("in"), "shards.json", {"Shards": shards})
    words = "within the time of the metrics, the first at 2026-03-01 23:00:00 UTC, 3,600 s into it"
    assert any(words in each for each in imported().told("warning")) == told


def test_shards_of_unequal_ranges_keep_them() -> None:
    system()
    shards = cli_shards(4)
    shards[1]["HashKeyRange"]["EndingHashKey"] = str(2**125 - 1)
    shards[2]["HashKeyRange"]["StartingHashKey"] = str(2**125)
    write(Path("in"), "shards.json", {"Shards": shards})
    Path("out.yaml").write_text(imported().yaml, encoding="utf-8")
    half, quarter = 2**127, 2**126
    assert load(Path("out.yaml")).streams["meter"].ranges == [
        (0, quarter // 2 - 1),
        (quarter // 2, half - 1),
        (half, half + quarter - 1),
        (half + quarter, 2**128 - 1),
    ]


def test_shards_that_differ_from_equal_ones_by_rounding_have_no_ranges() -> None:
    system()
    shards = cli_shards(3)
    shards[1]["HashKeyRange"]["EndingHashKey"] = str(2**128 // 3)
    shards[2]["HashKeyRange"]["StartingHashKey"] = str(2**128 // 3 + 1)
    write(Path("in"), "shards.json", {"Shards": shards})
    assert "hash_ranges" not in imported().yaml


def test_metrics_of_an_unknown_function_and_of_shards_are_told() -> None:
    system()
    ids = {"a": ("Invocations", "Sum", "FunctionName=stranger"), "b": ("IncomingRecords", "Sum", "ShardId=shardId-1")}
    write(Path("in"), "q.json", exports.queries(ids))
    pairs = exports.points(flat(5, 10))
    write(Path("in"), "m.json", exports.metric_data({"a": pairs, "b": pairs}))
    told = imported().told("warning")
    assert any("metrics of single shards are not used" in each for each in told)
    assert any("metrics of function stranger are not used" in each for each in told)


@pytest.mark.parametrize(
    "damage",
    [
        {"Timestamps": ["x"], "Values": [1]},
        {"Timestamps": [], "Values": [1]},
        {"Timestamps": ["2026-03-01"], "Values": [-1]},
        {"Timestamps": ["2026-03-01"], "Values": [1e300]},
        {"Timestamps": [1e30], "Values": [1]},
        {"Timestamps": 3, "Values": "x"},
        {"Timestamps": ["0001-01-01", "9999-12-31"], "Values": [1, 1]},
        {"Timestamps": ["2026-03-01"], "Values": [5]},
    ],
)
def test_damaged_series_are_told_or_read_as_far_as_they_go(damage: dict[str, Any], shardsim: Command) -> None:
    system()
    write(Path("in"), "m.json", {"MetricDataResults": [{"Id": "a", "Label": "IncomingRecords", **damage}]})
    result = shardsim("import", "in", "-o", "out.yaml")
    assert result.exit_code == 4, result.output
    assert shardsim("validate", "out.yaml").exit_code == 0


def test_a_spread_that_nothing_tells_is_said_to_be_none() -> None:
    system()
    as_query_file(observe(1, wave(20, 240)))
    field = next(each for each in imported().fields if each.path[-1] == "per_batch")
    assert isinstance(field.value, str)
    assert field.source.endswith(
        "; constant, as only p50 and p99 of Duration, or REPORT lines, tell how much it differs"
    )


def test_percentiles_of_a_minute_are_not_taken_for_the_spread_of_batches_over_the_day() -> None:
    minutes = observe(1, wave(20, 240))
    system()
    as_query_file(minutes)
    ids = {f"p{percent}": ("Duration", f"p{percent}", f"FunctionName={FUNCTION}") for percent in (50, 99)}
    write(Path("in"), "more.json", exports.queries(ids))
    series = {f"p{percent}": exports.points(minutes.percentile_ms(percent)) for percent in (50, 99)}
    write(Path("in"), "percentiles.json", exports.metric_data(series))
    field = next(each for each in imported().fields if each.path[-1] == "per_batch")
    spread = field.value["lognormal"]
    assert float(spread["p99"].removesuffix("ms")) / float(spread["median"].removesuffix("ms")) > 1.6
