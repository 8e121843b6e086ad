"""Results that are damaged or foreign: one line that names the file, says what is wrong with it and what to do."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from simulator import load, simulate
from simulator.cli import cli
from simulator.report.folder import OutputError
from simulator.report.output import write_run
from simulator.report.page.build import WRITERS, diff_of, page_of
from simulator.study.figures import figures, tidy
from tests.model.random_scenarios import random_scenario
from tests.page.folders import OUTAGE, RESULTS, run_folder, study

Results = Callable[[str], Path]


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A result of each kind; tests damage copies of them."""
    kinds = ("run", "replications", "compare", "size", "advise", "sweep-load")
    root = tmp_path_factory.mktemp("originals")
    return {kind: RESULTS[kind](root / kind) for kind in kinds}


@pytest.fixture
def copied(originals: dict[str, Path], tmp_path: Path) -> Results:
    """A function that gives a copy of a result of a kind."""
    return lambda kind: Path(shutil.copytree(originals[kind], tmp_path / kind))


def said_of(folder: Path) -> str:
    """What is said of a folder that cannot be read."""
    with pytest.raises(OutputError) as caught:
        page_of(folder)
    said = str(caught.value)
    assert said.isprintable()
    return said


def changed(file: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file."""
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- any kind of result -------------------------------------------------------------------------------------------

READ = [
    ("run", "run.json"), ("run", "summary.json"), ("run", "scenario.yaml"), ("run", "shards.csv"),
    ("run", "incidents.csv"), ("replications", "replications.csv"), ("compare", "study.json"),
    ("compare", "comparison.csv"), ("compare", "differences.csv"), ("size", "study.json"), ("size", "search.csv"),
    ("size", "headroom.csv"), ("size", "estimate.csv"), ("advise", "study.json"), ("sweep-load", "study.json"),
    ("sweep-load", "loads.csv"), ("sweep-load", "scenario.yaml"), ("run", "plots/backlog.svg"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "file"), READ)
def test_a_file_cut_short_is_named(kind: str, file: str, copied: Results) -> None:
    folder = copied(kind)
    place = folder / file
    content = place.read_bytes()
    for part in (0.0, 0.3, 0.6, 0.9):
        place.write_bytes(content[: int(part * len(content))])
        said = said_of(folder)
        assert said.startswith(f"{place}: ")
        assert said.endswith("; make the result again")


@pytest.mark.parametrize(("kind", "file"), READ)
def test_brackets_within_brackets_are_refused_in_every_file(kind: str, file: str, copied: Results) -> None:
    folder = copied(kind)
    (folder / file).write_text("[" * 200_000 + "\n", encoding="utf-8")
    assert said_of(folder).startswith(f"{folder / file}: ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
@pytest.mark.parametrize(("kind", "file"), READ)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(kind: str, file: str, copied: Results) -> None:
    folder = copied(kind)
    (folder / file).unlink()
    os.mkfifo(folder / file)
    assert said_of(folder) == f"{folder / file}: is not a regular file; make the result again"


@pytest.mark.parametrize(
    ("kind", "file", "column"),
    [
        ("run", "shards.csv", "stream"), ("run", "shards.csv", "lane_busy_max"), ("run", "incidents.csv", "start_s"),
        ("replications", "replications.csv", "value"), ("compare", "comparison.csv", "mapping"),
        ("compare", "comparison.csv", "latency_p99_s_low"), ("compare", "differences.csv", "word"),
        ("size", "search.csv", "replications"), ("size", "headroom.csv", "load"), ("size", "estimate.csv", "why"),
        ("sweep-load", "loads.csv", "verdict"),
    ],
)  # fmt: skip
def test_a_table_without_one_of_its_columns_is_named(kind: str, file: str, column: str, copied: Results) -> None:
    folder = copied(kind)
    heading, _, rest = (folder / file).read_text(encoding="utf-8").partition("\n")
    others = ["other" if each == column else each for each in heading.split(",")]
    (folder / file).write_text(f"{','.join(others)}\n{rest}", encoding="utf-8")
    assert said_of(folder) == f"{folder / file}: has no column {column}; make the result again"


@pytest.mark.parametrize("version", ["²", "", "1" * 5000, "latest", None, 3, [], "0.1\x1b[2J"])
def test_a_version_that_is_none_is_named(version: Any, copied: Results) -> None:
    folder = copied("run")
    changed(folder / "run.json", lambda data: data["versions"].update(shardsim=version))
    assert said_of(folder).endswith("is given; allowed: a version such as 0.1.0; make the result again")


def test_a_study_that_this_version_does_not_know_is_named(copied: Results) -> None:
    folder = copied("compare")
    changed(folder / "run.json", lambda data: data.update(study="dream\n"))
    assert "holds a 'dream\N{REPLACEMENT CHARACTER}', of which this version knows no page" in said_of(folder)


def test_columns_and_names_that_are_not_known_are_left_alone(copied: Results) -> None:
    folder = copied("run")
    before = page_of(folder)
    changed(folder / "summary.json", lambda data: data["event_source_mappings"]["first"].update(waiting={"a": [1]}))
    for file in ("shards.csv", "incidents.csv"):
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        (folder / file).write_text("".join(f"{line},new\n" for line in lines), encoding="utf-8")
    assert page_of(folder) == before


# --- what the program itself writes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_simulated_can_be_read_back(seed: int, tmp_path: Path) -> None:
    content = io.StringIO()
    YAML(typ="safe", pure=True).dump(random_scenario(seed), content)
    (tmp_path / "random.yaml").write_text(content.getvalue(), encoding="utf-8")
    results = [simulate(load(tmp_path / "random.yaml"), 10**30 + seed, number) for number in range(1 + seed % 2)]
    runs = [figures(each) for each in results]
    write_run(results[0], tmp_path, "", 0.0, runs=runs)
    if len(results) > 1:
        table = tidy(runs)
        table.to_csv(tmp_path / "replications.csv", index=False, lineterminator="\n")
    assert diff_of(tmp_path, tmp_path).kind == "diff"


# --- scenario.yaml ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded otherwise")
def test_a_bomb_of_aliases_is_refused_where_it_is_met(copied: Results) -> None:
    folder = copied("run")
    bomb = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    replaced(folder / "scenario.yaml", "name: clicks\n", f"name: clicks\na0: &a0 [lol]\n{bomb}")
    within = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31)); "
        "from simulator.cli import main; main()"
    )
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # its threads reserve memory
    done = subprocess.run(
        [sys.executable, "-c", within, "report", folder], capture_output=True, text=True, env=alone, check=False
    )
    assert done.stderr == (
        f"error: {folder / 'scenario.yaml'}: line 3: aliases are not allowed; make the result again\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("shards: 2", "shards: 0", "streams.clicks.shards: 0 is given; allowed: a whole number from 1 to 1000000"),
        ("shards: 2", "shards: ²", "streams.clicks.shards: '²' is given; allowed: a whole number from 1 to 1000000"),
        ("duration: 1m", "duration: soon", "duration: 'soon' is given; allowed: a duration"),
        ("duration: 1m", "name: again", "line 3: 'name' is given twice, first in line 1"),
        ("duration: 1m", "duration: !!python/object:os.system 1m", "line 3: tags are not allowed"),
        ("  stream: clicks\n  function", "  stream: other\n  function", "there is no stream 'other'"),
        ("description: A minute of clicks.\n", "", "has no description"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_scenario_is_said(old: str, new: str, said: str, copied: Results) -> None:
    file = copied("run") / "scenario.yaml"
    replaced(file, old, new)
    assert f"{file}: {said}" in said_of(file.parent)


# --- files that do not fit together -------------------------------------------------------------------------------


def test_files_of_two_results_do_not_pass_for_one(copied: Results, tmp_path: Path) -> None:
    folder, other = copied("run"), run_folder(tmp_path / "other", readers=("third",), failures=OUTAGE)
    for file, said in (
        ("scenario.yaml", "summary.json: its event source mappings are not those of scenario.yaml"),
        ("incidents.csv", "incidents.csv: its episodes are not as many as summary.json tells"),
    ):
        whole = (folder / file).read_bytes()
        shutil.copy(other / file, folder / file)
        assert said_of(folder) == f"{folder}/{said}; make the result again"
        (folder / file).write_bytes(whole)
    page_of(folder)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (lambda lines: lines[:1], "holds no replication"),
        (lambda lines: lines[:-1], "tells other measures of one replication than of another"),
        (lambda lines: [*lines, lines[-1]], "tells a measure twice"),
        (lambda lines: [x for x in lines if "latency_p99_s" not in x], "does not tell the measures of all mappings"),
        (lambda lines: [x for x in lines if ",reader," not in x], "does not tell the measures of all mappings"),
    ],
)  # fmt: skip
def test_replications_tell_every_measure_of_every_mapping_once(
    lines: Callable[[list[str]], list[str]], said: str, copied: Results
) -> None:
    file = copied("replications") / "replications.csv"
    file.write_text("".join(lines(file.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
    assert said_of(file.parent) == f"{file}: {said}; make the result again"


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("compare", lambda study: study["settings"].pop(), "comparison.csv: has 3 settings; by study.json they are 2"),
        ("compare", lambda study: study["baseline"].clear(), "study.json: its baseline is none of its settings"),
        ("compare", lambda study: study["settings"][0]["overrides"].update({"streams.clicks.shards": "-5"}),
         "study.json: overrides: 'streams.clicks.shards': -5 is out of range"),
        ("size", lambda study: study["answer"]["overrides"].update({"streams.x.shards": "1"}),
         "study.json: overrides: 'streams.x.shards': there is no 'x'"),
        ("size", lambda study: study["answer"]["worst"].update(objective="beauty"),
         "study.json: answer.worst.objective: 'beauty' is given"),
        ("advise", lambda study: study["changes"][0]["effects"].pop("recovery_s"),
         "study.json: changes[0].effects: has no recovery_s"),
        ("sweep-load", lambda study: study["loads"].clear(), "study.json: loads: has 0 entries"),
    ],
)  # fmt: skip
def test_a_study_that_contradicts_itself_is_named(
    kind: str, change: Callable[[Any], object], said: str, copied: Results
) -> None:
    folder = copied(kind)
    changed(folder / "study.json", change)
    assert said_of(folder).startswith(f"{folder}/{said}")


@pytest.mark.parametrize(
    "change",
    [
        lambda summary: summary["bill"].update(usd_per_month=0, wasted_usd_per_month=1),
        lambda summary: summary["bill"].update(items=[], usd_per_million_records=None, on_demand_usd_per_month=None),
        lambda summary: summary.update(bill=None),
        lambda summary: summary["event_source_mappings"]["first"].update(binding_cause="timeouts", attempts=0),
        lambda summary: summary["event_source_mappings"]["first"]["latency_parts_mean_s"].update(pickup=1e-320),
        lambda summary: summary["event_source_mappings"]["first"]["limits"].update(
            concurrency={"offered_mean": None, "offered_peak": 9}
        ),
        lambda summary: summary["event_source_mappings"]["first"]["iterator_age"].clear() or
        summary["event_source_mappings"]["first"]["iterator_age"].update(n=5),
        lambda summary: summary["streams"]["clicks"].update(records_produced=2**63 - 1),
    ],
)  # fmt: skip
def test_figures_that_are_odd_but_possible_are_shown(change: Callable[[Any], object], copied: Results) -> None:
    folder = copied("run")
    changed(folder / "summary.json", change)
    for write in WRITERS.values():
        assert write(page_of(folder))


def test_settings_that_come_to_the_same_number_are_told_apart(tmp_path: Path) -> None:
    vary = "event_source_mappings.0.batch_size=100,050,50"
    page = page_of(study("compare", "--vary", vary, "-n", "2")(tmp_path / "result"))
    table = next(each for each in page.sections if each.id == "settings").blocks[0]
    assert len(table.rows) == 3  # type: ignore[union-attr]


# --- the commands -------------------------------------------------------------------------------------------------


def test_report_and_diff_end_with_one_line_and_leave_the_old_page(copied: Results, originals: dict[str, Path]) -> None:
    folder = copied("run")
    (folder / "report.html").write_text("the old page", encoding="utf-8")
    (folder / "incidents.csv").write_text("mapping,event\n", encoding="utf-8")
    for words in (("report", folder), ("diff", folder, originals["replications"]), ("diff", originals["run"], folder)):
        done = CliRunner().invoke(cli, [str(word) for word in words])
        assert done.exit_code == 2
        assert done.stderr == f"error: {folder}/incidents.csv: has no column cause; make the result again\n"
    assert (folder / "report.html").read_text(encoding="utf-8") == "the old page"


def test_a_result_with_nested_brackets_in_run_json_is_not_replaced_but_told(copied: Results) -> None:
    folder = copied("run")
    (folder / "run.json").write_text("[" * 200_000, encoding="utf-8")
    done = CliRunner().invoke(cli, ["run", str(folder / "scenario.yaml"), "-o", str(folder), "--force"])
    assert done.exit_code == 2
    assert done.stderr.endswith("is not a result of shardsim, so it stays; name another place with --out\n")


def test_diff_needs_no_plots(copied: Results) -> None:
    folder = copied("run")
    shutil.rmtree(folder / "plots")
    assert diff_of(folder, folder).kind == "diff"
