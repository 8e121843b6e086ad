"""The command `run`: what it writes, what it prints, how it ends."""

from __future__ import annotations

import csv
import json
import re
import statistics
from pathlib import Path
from typing import Any

import pytest

from simulator.measures.conservation import RecordsDoNotAddUpError
from tests.model.differences import read_rows, row_differences

from .conftest import Command, Write, everything

pytestmark = pytest.mark.usefixtures("no_plots")

TABLES = {"bill.csv", "incidents.csv", "latency.csv", "shard_load-clicks.csv", "shards.csv", "timeseries.csv"}
T_19 = 2.093024  # Student's t for 95 % and 19 degrees of freedom, from the printed tables


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return content


# --- the files ----------------------------------------------------------------------------------------------------


def test_a_run_leaves_its_files_under_reports_by_the_scenarios_name(write: Write, shardsim: Command) -> None:
    result = shardsim("run", write())
    assert (result.exit_code, result.stderr) == (0, "")
    assert set(everything(Path("reports"))) == {"small"} | {
        f"small/{name}" for name in TABLES | {"run.json", "scenario.yaml", "summary.json"}
    }


def test_the_tables_give_the_totals_of_the_summary(write: Write, shardsim: Command) -> None:
    shardsim("run", write(), "-o", "out")
    mapping = summary(Path("out"))["event_source_mappings"]["reader"]
    series, shards = rows(Path("out/timeseries.csv")), rows(Path("out/shards.csv"))
    assert mapping["records"]["processed"] > 1500
    for column, expected in {
        "processed_records": mapping["records"]["processed"],
        "accepted_records": mapping["records"]["produced"],
        "attempts": mapping["attempts"],
    }.items():
        assert sum(int(row[column]) for row in series) == expected
    assert sum(int(row["processed_records"]) for row in shards) == mapping["records"]["processed"]
    assert sum(int(row["get_records_calls"]) for row in shards) == mapping["get_records"]["calls"]
    latency = {
        row["statistic"]: float(row["value_s"]) for row in rows(Path("out/latency.csv")) if row["measure"] == "latency"
    }
    assert latency["p50"] == pytest.approx(mapping["latency"]["p50_s"], abs=1e-6)
    assert latency["mean"] == pytest.approx(mapping["latency"]["mean_s"], abs=1e-6)
    load = rows(Path("out/shard_load-clicks.csv"))
    step_s = float(load[1]["time_s"]) - float(load[0]["time_s"])
    accepted = sum(float(row[f"shard_{j}"]) for row in load for j in (0, 1)) * step_s
    assert accepted == pytest.approx(mapping["records"]["produced"], abs=1)


def test_every_column_says_its_unit_or_is_a_count(write: Write, shardsim: Command) -> None:
    shardsim("run", write(), "-o", "out")
    texts = {"mapping", "stream", "measure", "statistic", "event", "cause", "item", "resource", "unit"}
    counts = {
        "quantity", "shard", "attempts", "errors", "throttles", "get_records_calls", "get_records_refused",
        "polls_skipped", "open_shards", "closed_shards_left",
        "records_delayed", "records_done_again", "records_lost", "records_sent_to_destination",
    }  # fmt: skip
    texts |= {"parents"}
    parts = {"part_of_stream", "lane_busy_mean", "lane_busy_max"}  # of 1
    concurrency = {"function_concurrency_mean", "function_concurrency_max"}
    loads = {"shard_0", "shard_1"}  # shard_load-*.csv: records/s, as its documentation says
    for table in TABLES:
        heading = Path("out", table).read_text(encoding="utf-8").splitlines()[0].split(",")
        assert heading
        for column in set(heading) - texts - counts - parts - concurrency - loads:
            says = column.endswith(("_s", "_records", "_bytes", "_records_per_s")) or "usd" in column.split("_")
            assert says, f"{table}: {column}"


def test_the_resolved_scenario_gives_the_same_run_again(write: Write, shardsim: Command) -> None:
    shardsim("run", write(), "-o", "first", "--set", "streams.clicks.shards=3", "--seed", 7)
    shardsim("run", "first/scenario.yaml", "-o", "second", "--seed", 7)
    for name in TABLES | {"summary.json"}:
        assert Path("first", name).read_bytes() == Path("second", name).read_bytes()
    assert summary(Path("first"))["streams"]["clicks"]["shards"] == 3


def test_the_seed_changes_the_traffic_and_stands_in_run_json(write: Write, shardsim: Command) -> None:
    path = write()
    for seed in (1, 2):
        shardsim("run", path, "-o", f"out{seed}", "--seed", seed)
    assert Path("out1/timeseries.csv").read_bytes() != Path("out2/timeseries.csv").read_bytes()
    assert [json.loads(Path(f"out{seed}/run.json").read_text())["seed"] for seed in (1, 2)] == [1, 2]


def test_the_interval_of_the_time_series_can_be_given(write: Write, shardsim: Command) -> None:
    shardsim("run", write(), "-o", "out", "--interval", "5s")
    assert [float(row["time_s"]) for row in rows(Path("out/timeseries.csv"))][:4] == [0, 5, 10, 15]


def test_invocations_are_the_rows_of_the_worked_case(write: Write, shardsim: Command) -> None:
    write()
    case = Path(__file__).parents[1] / "cases" / "polling"
    assert shardsim("run", case / "scenario.yaml", "-o", "out", "--invocations").exit_code == 0
    written, expected = Path("out/invocations.csv"), case / "invocations.csv"
    assert row_differences(read_rows(written), read_rows(expected), limit=3) == []
    assert written.read_text().splitlines()[0] == expected.read_text().splitlines()[0]


def test_without_the_option_there_are_no_invocations(write: Write, shardsim: Command) -> None:
    shardsim("run", write(), "-o", "out")
    assert not Path("out/invocations.csv").exists()


# --- what is printed ----------------------------------------------------------------------------------------------


def test_the_printed_table_has_the_figures_of_the_summary(write: Write, shardsim: Command) -> None:
    lines = shardsim("run", write(), "-o", "out").stdout.splitlines()
    mapping = summary(Path("out"))["event_source_mappings"]["reader"]
    assert lines[0].startswith(f"small: {mapping['verdict']} ({mapping['verdict_reason']})")
    heading, row = lines[1], lines[2].split()
    assert re.sub(" +", " ", heading) == (
        "mapping verdict processed unprocessed lost again latency p50 p99 iterator age p99"
    )
    assert row[:2] == ["reader", mapping["verdict"]]
    assert row[2:6] == [f"{mapping['records']['processed']:,}", "0", "0", "0"]
    assert row[6:8] == [f"{mapping['latency']['p50_s'] * 1000:.3g}", "ms"]
    assert lines[3].startswith("beware of percentiles of reader: ")  # a second of traffic is too short
    assert f"attempts {mapping['attempts']:,}, errors 0" in lines[4]
    assert lines[5].startswith("offered: ")
    assert lines[-1] == "written to out/ (pictures in out/plots/)"


def test_json_has_the_figures_of_summary_json(write: Write, shardsim: Command) -> None:
    result = shardsim("run", write(), "-o", "out", "--json")
    assert json.loads(result.stdout) == summary(Path("out")) | {"output": "out"}


def test_json_is_valid_where_nothing_was_measured(write: Write, shardsim: Command) -> None:
    result = shardsim("run", write(), "-n", 2, "--json", "--set", "producers.web.rate=0.0001/h")
    content = json.loads(result.stdout, parse_constant=pytest.fail)
    assert content["event_source_mappings"]["reader"]["latency"] == {"n": 0}
    assert content["replications"]["reader"]["latency_mean_s"] == {"mean": None, "half_width_95": None, "n": 0}


def test_json_of_several_scenarios_is_one_list(write: Write, shardsim: Command) -> None:
    result = shardsim("run", write("a.yaml"), write("b.yaml"), "--json")
    assert [each["output"] for each in json.loads(result.stdout)] == ["reports/a", "reports/b"]


@pytest.mark.parametrize("also", [(), ("--json",)])
def test_quiet_prints_nothing_not_even_warnings(write: Write, shardsim: Command, also: tuple[str, ...]) -> None:
    path = write()
    unwise = ("--set", "functions.enrich.reserved_concurrency=1")
    assert "warning" in shardsim("run", path, *unwise, "-o", "loud").stderr
    result = shardsim("run", path, *unwise, "-q", "-o", "quiet", *also)
    assert (result.exit_code, result.output, result.stderr) == (0, "", "")
    assert Path("quiet/summary.json").exists()


@pytest.mark.parametrize("options", [(), ("-n", 2)])
def test_at_most_20_lines_are_printed_however_many_mappings_there_are(
    write: Write, shardsim: Command, options: tuple[object, ...]
) -> None:
    result = shardsim("run", write("many.yaml", *(f"reader-{i}" for i in range(12))), *options)
    lines = result.stdout.splitlines()
    assert len(lines) <= 20
    assert "6 of 12 mappings" in result.stdout
    assert sum(line.startswith("reader-") and ": " not in line for line in lines) == 6


def test_a_scenario_that_nothing_reads_is_told(write: Write, shardsim: Command) -> None:
    path = write()
    path.write_text(path.read_text().partition("event_source_mappings")[0])
    result = shardsim("run", path, "-o", "out")
    assert result.exit_code == 0
    assert (
        result.stdout == "small: no event source mapping reads its streams\nwritten to out/ (pictures in out/plots/)\n"
    )


# --- objectives ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "exit_code", "told"),
    [
        ("{latency_p99: 10s, records_lost: 0}", 0, "objectives met: latency p99 of reader is "),
        ("{latency_p99: 10s, iterator_age_max: 1ms}", 4, "objectives missed: iterator age max of reader is "),
        ("{cost_per_month: 1}", 4, "objectives missed: cost per month is USD "),
    ],
)
def test_a_run_is_judged_by_the_objectives_of_its_scenario(
    write: Write, shardsim: Command, bounds: str, exit_code: int, told: str
) -> None:
    path = write()
    path.write_text(f"{path.read_text(encoding='utf-8')}objectives: {bounds}\n", encoding="utf-8")
    result = shardsim("run", path, "-o", "out")
    assert result.exit_code == exit_code
    assert [line for line in result.stdout.splitlines() if line.startswith(told)]
    as_json = shardsim("run", path, "-o", "again", "--json")
    states = {each["name"]: each["state"] for each in json.loads(as_json.stdout)["objectives"]}
    assert ("missed" in states.values()) == (exit_code == 4)


# --- replications -------------------------------------------------------------------------------------------------


def test_the_intervals_of_20_replications_are_students_of_values_or_of_pseudo_values(
    write: Write, shardsim: Command
) -> None:
    result = shardsim("run", write(), "-n", 20, "-o", "out", "--json")
    told = json.loads(result.stdout)["replications"]["reader"]
    table = rows(Path("out/replications.csv"))
    assert list(table[0]) == ["replication", "mapping", "verdict", "measure", "value"]
    assert {"latency_p50_s", "latency_p99_s", "iterator_age_max_s", "attempts", "records_lost"} <= told.keys()
    for measure, interval in told.items():
        values = [float(row["value"]) for row in table if row["measure"] == measure and row["value"]]
        if not values:  # the recovery time, without an incident
            assert interval == {"mean": None, "half_width_95": None, "n": 0}
            continue
        of_quantile = interval.pop("pseudovalues", None)  # of a histogram whose buckets are 1/256 wide
        assert (of_quantile is not None) == bool(re.search(r"_p\d\d_(most_)?s$", measure))
        values, off = (of_quantile, 1 / 256) if of_quantile else (values, 0.0)
        half_width = T_19 * statistics.stdev(values) / 20**0.5 + off * statistics.mean(values)
        assert interval == pytest.approx(
            {"mean": statistics.mean(values), "half_width_95": half_width, "n": 20}, rel=1e-6
        )


def test_replications_differ_and_one_more_leaves_the_earlier_ones_as_they_were(write: Write, shardsim: Command) -> None:
    path = write()
    for n in (2, 3):
        shardsim("run", path, "-n", n, "-o", f"out{n}")
    two, three = (Path(f"out{n}/replications.csv").read_text(encoding="utf-8") for n in (2, 3))
    assert three.startswith(two)
    means = [row["value"] for row in rows(Path("out3/replications.csv")) if row["measure"] == "latency_mean_s"]
    assert len(set(means)) == 3


def test_the_tables_of_replications_are_the_first_ones(write: Write, shardsim: Command) -> None:
    path = write()
    shardsim("run", path, "-o", "one")
    result = shardsim("run", path, "-n", 3, "-o", "three")
    several, one = summary(Path("three")), summary(Path("one"))
    assert several.pop("replications")["reader"]["attempts"]["n"] == several.pop("objectives")[0]["runs"] == 3
    one.pop("objectives")
    words = several["event_source_mappings"]["reader"]
    assert words.pop("verdict_runs") == {one["event_source_mappings"]["reader"]["verdict"]: 3}
    assert sum(words.pop("binding_runs").values()) == 3
    assert words.pop("episodes_of_all") == []
    for of_all in ("binding_share", "binding_cause", "binding_reason", "verdict_reason", "too_short"):
        words.pop(of_all)
        one["event_source_mappings"]["reader"].pop(of_all)
    assert several == one
    assert "percentiles of all 3 runs together, the rest in the mean, ± half of the 95 % interval" in result.stdout
    assert " ± " in result.stdout.splitlines()[2]


# --- what stands in the way ---------------------------------------------------------------------------------------


def test_an_earlier_result_is_replaced_with_force_only(write: Write, shardsim: Command) -> None:
    path = write()
    shardsim("run", path, "-o", "out", "--seed", 1)
    before = Path("out/timeseries.csv").read_bytes()
    refused = shardsim("run", path, "-o", "out", "--seed", 2)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "error: out: holds an earlier result; --force replaces it, --out names another place\n"
    assert Path("out/timeseries.csv").read_bytes() == before
    assert shardsim("run", path, "-o", "out", "--seed", 2, "--force").exit_code == 0
    assert Path("out/timeseries.csv").read_bytes() != before


def test_a_folder_that_is_not_ours_stays_even_with_force(write: Write, shardsim: Command) -> None:
    path = write("small.yaml")
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("years of work")
    result = shardsim("run", path, "-o", "mine", "--force")
    assert (result.exit_code, everything(Path("mine"))) == (2, ["thesis.txt"])
    assert "mine: is not a result of shardsim, so it stays" in result.stderr


def test_a_place_that_must_not_be_written_to_is_one_line(
    write: Write, shardsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write()

    def forbidden(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", forbidden)
    result = shardsim("run", path, "-o", "out")
    assert result.exit_code == 2
    assert result.stderr == "error: out: cannot be written: Permission denied; name another place with --out\n"
    assert everything(Path()) == ["small.yaml"]


def test_faults_of_settings_name_the_path_and_the_nearest_name_and_write_nothing(
    write: Write, shardsim: Command
) -> None:
    path = write()
    result = shardsim("run", path, "--set", "streams.clicks.shard=3", "--set", "event_source_mappings.0.batch_size=0")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == (
        "--set streams.clicks.shard: error: unknown field; did you mean 'shards'?\n"
        "--set event_source_mappings.0.batch_size: error: 0 is out of range; allowed: a whole number from 1 to 10000\n"
    )
    assert everything(Path()) == ["small.yaml"]


def test_a_fault_of_a_setting_is_told_once_for_several_scenarios(write: Write, shardsim: Command) -> None:
    result = shardsim("run", write("a.yaml"), write("b.yaml"), "--set", "streams.clicks.shards=0")
    assert result.exit_code == 3
    assert result.stderr.count("error: 0 is out of range") == 1


def test_the_faults_of_all_files_are_told_and_none_is_run(write: Write, shardsim: Command) -> None:
    good, bad = write("good.yaml"), write("bad.yaml")
    bad.write_text(bad.read_text().replace("shards", "shard"))
    result = shardsim("run", good, bad, "missing.yaml")
    assert result.exit_code == 3
    assert "bad.yaml:5:12: error: streams.clicks.shard: unknown field; did you mean 'shards'?" in result.stderr
    assert "missing.yaml: error: cannot be read: No such file or directory" in result.stderr
    assert everything(Path()) == ["bad.yaml", "good.yaml"]


def test_one_of_several_that_fails_ends_with_5_and_the_others_are_written(write: Write, shardsim: Command) -> None:
    paths = [write(name) for name in ("a.yaml", "b.yaml", "c.yaml")]
    Path("reports/b").mkdir(parents=True)
    Path("reports/b/thesis.txt").write_text("years of work")
    result = shardsim("run", *paths)
    assert result.exit_code == 5
    assert result.stderr.startswith("error: reports/b: is not a result of shardsim")
    assert all(Path("reports", name, "summary.json").exists() for name in "ac")


def test_a_failed_check_of_the_program_itself_is_a_bug_report_with_the_scenarios_name(
    write: Write, shardsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecordsDoNotAddUpError("1 in, 2 out")

    monkeypatch.setattr("simulator.report.runs.simulate", fail)
    result = shardsim("run", write())
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "error: small.yaml: a check of the program itself failed: RecordsDoNotAddUpError: 1 in, 2 out\n"
    )
    assert everything(Path()) == ["small.yaml"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--set", "duration"), "--set duration: write PATH=VALUE, such as batch_size=500 or streams.clicks.shards=8"),
        (("--interval", "5"), "--interval: "),
        (("--interval", "0s"), "--interval: 0s is out of range; allowed: more than 0s"),
        (("--interval", "0.001ms"), "--interval: an interval of 0.001ms would give up to "),
        (("-n", "0"), "0 is not in the range"),
        (("--seed", "-1"), "-1 is not in the range"),
        (("small.yaml", "-o", "out"), "--out takes one scenario"),
        (("other/small.yaml",), "two scenarios would be written to reports/small"),
        (("--sett", "x=1"), "No such option"),
    ],
)
def test_a_wrong_use_ends_with_2_and_says_what_would_be_right(
    write: Write, shardsim: Command, args: tuple[str, ...], message: str
) -> None:
    write("other/small.yaml")
    result = shardsim("run", write(), *args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path("reports").exists()
