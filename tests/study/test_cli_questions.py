"""`shardsim size`, `advise` and `sweep-load`, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from tests.results import read_csv
from tests.study.scenarios import content, written

FIELDS: dict[str, Any] = {
    "rate": "700/s", "shards": 3, "batch": "0s", "record": "4ms", "producer": {"arrivals": "poisson"},
    "duration": "40s", "objectives": {"latency_p99": "1800ms", "headroom": 1}, "search": {"shards": "2-4"},
}  # fmt: skip
QUICK = {
    "size": ("-n", "3", "-j", "1"), "advise": ("-n", "2", "-j", "1"),
    "sweep-load": ("-n", "1", "--points", "3", "--factor", "0.5-2", "-j", "1"),
}  # fmt: skip
SETTINGS = ("settings", "setting_lags", "setting_quantiles")
FILES = {
    "size": {"search.csv", "objectives.csv", "headroom.csv", "estimate.csv", *SETTINGS},
    "advise": {"knobs.csv", "knobs", "setting_lags"},
    "sweep-load": {"loads.csv", "load_curve"},
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results go to the test's own folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots take a second; those tests that look at them draw them."""
    monkeypatch.setattr("simulator.report.plots.drawing.save", lambda *_: [])


def called(command: str, *words: str, **fields: Any) -> Result:
    path = written(Path(), content(**{**FIELDS, **fields}))
    return CliRunner().invoke(cli, [command, str(path), *QUICK[command], *words])


@pytest.mark.parametrize("command", QUICK)
def test_each_leaves_its_tables_its_plot_and_what_it_says(command: str) -> None:
    done = called(command)
    assert done.exit_code == 0, done.output
    folder = Path(f"reports/scenario-{command}")
    files = {path.name for path in folder.iterdir()} | {
        path.stem.removesuffix("-narrow") for path in (folder / "plots").iterdir()
    }
    assert files == FILES[command] | {"study.json", "run.json", "scenario.yaml", "report.html", "plots"}
    assert f"written to {folder}/" in done.stdout
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    assert study["study"] == command
    assert study["scenario"] == "scenario"
    for table in folder.glob("*.csv"):
        assert len(read_csv(table))


@pytest.mark.parametrize("command", QUICK)
def test_a_reserve_of_nothing_to_which_all_is_offered_is_told(command: str) -> None:
    """What is offered to a capacity of 0 is infinite."""
    overrides = ("--set", "functions.f.reserved_concurrency=0")
    done = called(command, *overrides)
    assert done.exit_code in (0, 4), done.output
    assert CliRunner().invoke(cli, ["report", f"reports/scenario-{command}"]).exit_code == 0


@pytest.mark.usefixtures("no_plots")
def test_a_search_without_an_answer_leaves_tables_with_heads() -> None:
    found = called("size", objectives={"latency_p99": "1ms"})
    assert found.exit_code == 4
    folder = Path("reports/scenario-size")
    search = read_csv(folder / "search.csv")
    headroom, objectives = read_csv(folder / "headroom.csv"), read_csv(folder / "objectives.csv")
    assert list(headroom.columns) == ["load", *search.columns[1:]]
    assert len(objectives.columns) == 12
    assert headroom.empty
    assert objectives.empty


@pytest.mark.parametrize("command", QUICK)
@pytest.mark.usefixtures("no_plots")
def test_the_same_again_simulates_nothing_and_says_the_same(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = called(command)
    monkeypatch.setattr("simulator.study.jobs.simulate", lambda *_: pytest.fail("simulated again"))
    assert called(command).stdout == first.stdout


@pytest.mark.parametrize("command", QUICK)
def test_a_dry_run_prints_the_plan_and_leaves_nothing(command: str) -> None:
    done = called(command, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "in 1 process" in done.stdout
    assert not Path("reports").exists()


@pytest.mark.parametrize("command", QUICK)
@pytest.mark.usefixtures("no_plots")
def test_json_is_what_study_json_says(command: str) -> None:
    told = json.loads(called(command, "--json").stdout)
    folder = Path(told["output"])
    assert json.loads((folder / "study.json").read_text(encoding="utf-8")).items() <= told.items()


@pytest.mark.parametrize("command", QUICK)
def test_a_fault_of_the_file_is_told_with_its_place(command: str) -> None:
    done = called(command, "--set", "streams.s.shard=4")
    assert done.exit_code == 3
    assert "did you mean 'shards'?" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize("command", QUICK)
@pytest.mark.usefixtures("no_plots")
def test_a_folder_that_is_not_ours_stays(command: str) -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("dear", encoding="utf-8")
    done = called(command, "-o", "mine")
    assert done.exit_code == 2
    assert "is not a result of shardsim" in done.stderr
    assert [path.name for path in Path("mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("command", QUICK)
def test_a_scenario_that_nothing_reads_is_refused(command: str) -> None:
    done = called(command, event_source_mappings=[])
    assert done.exit_code == 2
    assert "has no event source mapping" in done.stderr


# size


@pytest.mark.usefixtures("no_plots")
def test_size_prints_the_answer_what_breaks_below_it_its_headroom_the_search_and_the_estimate() -> None:
    done = called("size")
    for text in (
        "the cheapest setting that meets the objectives is shards 3 for USD",
        "holds up to 1.",
        "one step cheaper, with 2 shards for USD",
        "the objectives with shards 3",
        "the search: 3 of 3 settings tried",
        "the closed-form estimate for m: shards by each limit on its own",
        "the closed-form estimate asks for 3 shards",
    ):
        assert text in done.stdout
    assert "3 settings: shards (3); only some are tried" in done.stderr


@pytest.mark.usefixtures("no_plots")
def test_size_ends_with_4_when_nothing_meets_the_objectives() -> None:
    done = called("size", objectives={"latency_p99": "5ms"})
    assert done.exit_code == 4
    assert "no setting meets the objectives" in done.stdout


@pytest.mark.usefixtures("no_plots")
def test_size_ends_with_4_when_the_cheapest_that_serves_costs_too_much() -> None:
    done = called("size", "--set", "objectives.cost_per_month=1")
    assert done.exit_code == 4
    assert "cost per month is USD" in done.stdout


def test_size_without_objectives_says_which_to_add() -> None:
    done = called("size", objectives={})
    assert done.exit_code == 2
    assert "objectives:\n  iterator_age_p99: 2s" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--vary", "event_source_mappings.0.batch_sise=1,2"), 3, "did you mean 'batch_size'?"),
        (("--vary", "event_source_mappings.0.batch_size=1,0"), 3, "allowed: a whole number from 1 to 10000"),
        (("--shards", "x=2-4"), 2, "there is no stream 'x'"),
        (("--shards", "1-9999", "--vary", "seed=1,2,3"), 2, "29,997 settings"),
    ],
)
def test_size_tells_bad_values_before_it_simulates(words: tuple[str, ...], code: int, said: str) -> None:
    done = called("size", *words)
    assert done.exit_code == code
    assert said in done.stderr
    assert not Path("reports").exists()


@pytest.mark.usefixtures("no_plots")
def test_size_for_twice_the_traffic_says_so_everywhere_and_is_kept_beside_that_for_once() -> None:
    """A lane has time for 250 records/s: 700/s need 3 shards, and 1,400/s need 6."""
    done = called("size", "--factor", "2", "--shards", "2-8")
    assert done.exit_code == 0, done.output
    assert (
        "scenario at 2 times its traffic: the cheapest setting that meets the objectives is shards 6 for" in done.stdout
    )
    folder = Path("reports/scenario-size-2x")
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    assert (study["factor"], study["scenario"]) == (2.0, "scenario at 2 times its traffic")
    holds = study["headroom"]["holds"]
    assert f"holds up to {holds:.3g} times this traffic, {2 * holds:.3g} times that of the file" in done.stdout
    assert "scenario at 2 times its traffic" in (folder / "report.html").read_text(encoding="utf-8")
    assert "rate: 1400/s" in (folder / "scenario.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--factor", "0"), 2, "is not in the range"),
        (("--factor", "nan"), 2, "factor nan: is out of range; allowed: 0.001 to 1000 times the traffic"),
        (("--factor", "2", "--vary", "rate=1/s,2/s"), 2, "--factor 2: multiplies producers.0.rate, which is varied"),
        (("--factor", "100", "--set", "rate=100000000/s"), 3, "--factor 100: error: producers[0].rate: "),
    ],
)
def test_size_refuses_a_factor_that_makes_no_sense(words: tuple[str, ...], code: int, said: str) -> None:
    done = called("size", *words)
    assert done.exit_code == code
    assert said in done.stderr
    assert not Path("reports").exists()


# advise


@pytest.mark.usefixtures("no_plots")
def test_advise_says_why_and_ranks_the_knobs() -> None:
    done = called("advise", shards=2)
    assert "m is overloaded: latency p99" in done.stdout
    assert "what binds: the function's time" in done.stdout
    assert "the most gain: " in done.stdout
    assert "parallelization factor 1 -> 2" in done.stdout


def test_advise_knows_the_mappings() -> None:
    done = called("advise", "--mapping", "other")
    assert done.exit_code == 2
    assert "--mapping other: there is none; known: m" in done.stderr


# sweep-load


@pytest.mark.usefixtures("no_plots")
def test_sweep_load_marks_saturation() -> None:
    """3 lanes have time for 750 records/s: 1.07 times what comes."""
    done = called("sweep-load")
    assert "scenario: keeps up to 1." in done.stdout
    assert "the last that keeps up" in done.stdout
    assert "saturated" in done.stdout


@pytest.mark.usefixtures("no_plots")
def test_sweep_load_does_not_say_that_what_is_blocked_at_every_load_holds() -> None:
    done = called("sweep-load", "--set", "functions.f.reserved_concurrency=0")
    assert "keeps up at no load that was tried: at 0.0156 times the traffic m is blocked" in done.stdout


@pytest.mark.parametrize("text", ["3", "2-1", "a-b", "0-2", "1-2000"])
def test_sweep_load_refuses_a_range_that_is_none(text: str) -> None:
    done = called("sweep-load", "--factor", text)
    assert done.exit_code == 2
    assert text in done.stderr
