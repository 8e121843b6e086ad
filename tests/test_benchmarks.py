"""The benchmarks run, and what they compare is alike; that they are fast is no test's business."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import page
from benchmarks.__main__ import bench, repeated
from benchmarks.peers import PEERS, measure, release
from benchmarks.points import BASE, LONG, RECORDS, all_points
from benchmarks.probes import Probe, everything
from benchmarks.queues import WORKS
from benchmarks.results import Results, fit, regressions
from benchmarks.sample import sample
from benchmarks.scenario import Point
from benchmarks.targets import TARGETS, growth_with_shards
from simulator import load

SCALE = 0.2  # of the peers' simulated times: 10,000 records and more


@pytest.mark.parametrize("point", all_points(long=True), ids=lambda point: point.name)
def test_every_point_is_a_valid_scenario(point: Point, tmp_path: Path) -> None:
    path = tmp_path / "point.yaml"
    path.write_text(point.text(), encoding="utf-8")
    assert load(path).event_source_mappings


def test_points_have_names_of_their_own() -> None:
    names = [point.name for point in all_points(long=True)]
    assert len(names) == len(set(names))


def test_a_day_of_100_shards_has_864_million_records() -> None:
    day = LONG[0]
    assert day.shards * day.rate * day.seconds == 864e6


def test_a_sample_counts_what_was_simulated(tmp_path: Path) -> None:
    path = tmp_path / "point.yaml"
    path.write_text(RECORDS.text(0.001), encoding="utf-8")
    numbers = sample(path)
    assert abs(numbers["records"] - 16_000) < 5 * 16_000**0.5
    assert numbers["attempts"] >= 100
    assert numbers["ratio"] < min(numbers["to_drawing"], numbers["to_timeouts"])
    assert numbers["peak_mib"] > 20


@pytest.mark.parametrize(("peer", "work"), PEERS)
def test_a_peer_simulates_what_the_program_does(peer: str, work: str, tmp_path: Path) -> None:
    try:
        release(peer)
    except PackageNotFoundError:
        pytest.skip("is in the environment of the benchmarks only")
    numbers = measure(peer, work, seed=1, scale=SCALE)
    path = tmp_path / "own.yaml"
    path.write_text(WORKS[work].point.text(SCALE), encoding="utf-8")
    own = sample(path)
    for same in ("records", WORKS[work].checked):
        assert numbers[same] == pytest.approx(own[same], rel=0.05)


def test_repetitions_are_interleaved() -> None:
    seen: list[str] = []

    def probe(name: str) -> Probe:
        def measure(repetition: int) -> dict[str, float]:
            seen.append(f"{name}{repetition}")
            return {"seconds": float(repetition)}

        return Probe("g", name, measure)

    probes = [probe("a"), probe("b")]
    assert repeated(probes, 2).values("g", "b", "seconds") == [0.0, 1.0]
    assert seen == ["a0", "b0", "a1", "b1"]


def test_ratios_are_medians_within_a_repetition_and_not_of_medians() -> None:
    results = Results()
    for mine, theirs in ((1.0, 1.0), (4.0, 2.0), (30.0, 10.0)):
        results.add("g", "mine", {"x": mine})
        results.add("g", "theirs", {"x": theirs})
    assert results.quotient("g", "mine", ("g", "theirs"), "x") == 2
    assert results.range("g", "mine", "x") == (1, 30)


def test_the_fit_finds_the_costs_of_an_attempt_and_a_record() -> None:
    runs = [
        {"attempts": a, "records": r, "seconds": a * 8e-6 + r * 30e-9} for a, r in ((1e5, 1e5), (1e4, 1e7), (5e4, 1e6))
    ]
    found = fit(runs)
    assert found.attempt_s == pytest.approx(8e-6)
    assert found.record_s == pytest.approx(30e-9)
    assert found.worst < 1e-9


def test_a_regression_is_more_than_a_fifth_above_the_committed_ratio() -> None:
    committed = {"a": 2.0, "b": 2.0}
    assert regressions({"a": 2.39, "b": 1.0}, committed) == []
    assert "21% more" in regressions({"a": 2.42}, committed)[0]
    assert "no committed figure" in regressions({"c": 1.0}, committed)[0]


def test_the_cost_of_an_attempt_is_compared_from_1_to_1000_shards() -> None:
    results = Results()
    for point in all_points(long=False):
        if point.name.startswith("attempts: "):
            slow = point.name == "attempts: 1,000 shards"
            results.add("flat", point.name, {"attempts_s": 50.0 if slow else 100.0})
    assert growth_with_shards(results) == 2


def test_a_target_is_met_on_its_own_side() -> None:
    rate = next(target for target in TARGETS if target.at_least)
    assert rate.met(rate.limit)
    assert not rate.met(rate.limit * 0.99)
    cost = next(target for target in TARGETS if not target.at_least)
    assert cost.met(cost.limit)
    assert not cost.met(cost.limit * 1.01)


def test_only_what_is_between_the_markers_is_written() -> None:
    before = f"# Performance\n\n{page.BEGIN}\nold\n{page.END}\n\n## What was tried\n\nmuch\n"
    assert (
        page.renewed(before, "new")
        == f"# Performance\n\n{page.BEGIN}\n\nnew\n\n{page.END}\n\n## What was tried\n\nmuch\n"
    )
    for broken in ("no markers", page.BEGIN, f"{page.END}{page.BEGIN}", before + page.BEGIN):
        with pytest.raises(page.NoMarkersError):
            page.renewed(broken, "new")


def test_the_committed_page_has_its_markers() -> None:
    assert "## Where the time goes" in page.renewed(Path("docs/performance.md").read_text(encoding="utf-8"), "new")


def test_the_page_is_made_of_numbers_of_every_probe(tmp_path: Path) -> None:
    """Every number of a repetition is 1 here, and no reading of the page asks for one that a probe does not give."""
    results = Results()
    keys = {
        "peers": ("records_s", "latency_s", "concurrency"),
        "commands": ("seconds", "python_s", "ratio"),
        "outputs": ("simulated_s", "tables_s", "csv_s", "plots_s", "csv_bytes", "png_bytes", "svg_bytes"),
        "invocations": ("rows", "row_bytes", "row_s", "ratio"),
        "studies": ("one_s", "two_s", "faster", "again_s", "start_s", "here_s", "there_s"),
    }
    path = tmp_path / "point.yaml"
    path.write_text(replace(BASE, shards=1).text(0.01), encoding="utf-8")
    of_a_point = sample(path)
    for probe in everything(tmp_path, sys.executable, 1.0, long=False):
        results.add(probe.group, probe.name, dict.fromkeys(keys.get(probe.group, ()), 1.0) or of_a_point)
        if probe.group == "peers":
            results.samples["peers"][probe.name][0]["version"] = "1"  # type: ignore[assignment]
    text = page.measured(results, "heading")
    assert "not measured in this run" in text
    assert all(
        probe.name.partition(":")[0] in text
        for probe in everything(tmp_path, "", 1.0, long=False)
        if probe.group != "own"
    )


def test_check_warns_and_does_not_fail(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    figures.write_text(json.dumps({"ratios": {"commands: --help": 1e-9}}), encoding="utf-8")
    done = CliRunner().invoke(bench, ["check", "--figures", str(figures), "--repetitions", "1", "--scale", "0.001"])
    assert done.exit_code == 0
    assert "warning: commands: --help" in done.output
