"""The bound on the memory that waiting records take."""

import pytest
from click.testing import CliRunner

from simulator.cli import cli
from simulator.measures.observer import Measures
from simulator.model import simulation as simulation_module
from simulator.model.memory import BacklogTooLargeError, check_backlog, held_bytes
from simulator.model.simulation import Simulation
from tests.model.rows import Section, scenario, small

STUCK = {"reserved_concurrency": 0}  # nothing is ever processed


def stuck(**changes: Section) -> Simulation:
    """A run of 10 s, of 73 records that all wait at its end."""
    loaded = scenario(small(run={"drain": "0s"}, function=STUCK, **changes))
    found = Simulation(loaded, 1, 0, Measures(loaded))
    found.run()
    return found


def test_a_waiting_record_of_constant_size_takes_16_bytes() -> None:
    run = stuck()
    assert run.mappings[0].waiting == 73
    assert held_bytes(run.mappings) in (73 * 8, 73 * 16)  # produced; and the lane's busy time, if it was ever busy


def test_arrays_that_lanes_and_pollers_share_count_once() -> None:
    sizes: Section = {"record_size": {"uniform": {"low": "1KiB", "high": "2KiB"}}}
    assert held_bytes(stuck(producer=sizes).mappings) <= 73 * (8 + 8 + 8 + 8) + 8  # times, sizes and their sum


def test_what_a_poller_is_still_to_read_counts_beside_what_its_lanes_hold() -> None:
    """Lanes sort the records anew: times, places and order by lane; the poller has the times by shard."""
    waiting: Section = {"disabled": [{"from": "0s", "to": "1000s"}], "parallelization_factor": 2}
    assert held_bytes(stuck(mapping=waiting).mappings) == 73 * (8 + 8 + 8) + 73 * 8


def test_too_much_is_refused_with_the_count_and_what_would_help() -> None:
    run = stuck()
    check_backlog(run.mappings, 10.0, held_bytes(run.mappings))
    with pytest.raises(BacklogTooLargeError, match=r"after 10 s 73 records wait for mapping 'm'.*Simulate a shorter"):
        check_backlog(run.mappings, 10.0, held_bytes(run.mappings) - 1)


def test_a_run_whose_backlog_is_too_large_ends_with_one_line(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("large")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(simulation_module, "most_bytes", lambda: 100)
    (folder / "large.yaml").write_text(
        "duration: 10s\nstreams: {s: {shards: 1}}\nproducers: [{stream: s, rate: 10/s}]\n"
        "functions: {f: {duration: {per_batch: 1s}, reserved_concurrency: 0}}\n"
        "event_source_mappings: [{stream: s, function: f}]\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(cli, ["run", "large.yaml"])
    assert done.exit_code == 5
    assert done.stderr.splitlines()[-1].startswith("error: large.yaml: after 10 s ")
    assert not (folder / "reports" / "large").exists()
