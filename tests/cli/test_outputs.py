"""What commands write loses nothing of others, whatever happens at its place in the meantime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.measures.result import Result
from simulator.measures.run import simulate

from .conftest import Command, Write, everything

Meanwhile = Callable[[Callable[[], object]], None]
RUN = ("run", "small.yaml", "-o", "out")
COMPARE = ("compare", "small.yaml", "--shards", "1-2", "-n", "1", "-j", "1", "-o", "out")
SIZE = (
    "size",
    "small.yaml",
    "--shards",
    "1-2",
    "-n",
    "2",
    "-j",
    "1",
    "--set",
    "objectives.latency_max=1h",
    "-o",
    "out",
)
ADVISE = ("advise", "small.yaml", "-n", "2", "-j", "1", "-o", "out")
SWEEP = ("sweep-load", "small.yaml", "-n", "1", "--points", "2", "-j", "1", "-o", "out")
COMMANDS = pytest.mark.parametrize("args", [RUN, COMPARE, SIZE, ADVISE, SWEEP], ids=lambda args: args[0])


@pytest.fixture
def meanwhile(write: Write, no_plots: None, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Has something happen when the first simulation begins; plots are not drawn."""
    write()
    monkeypatch.setattr("simulator.report.plots.comparing.PLOTS", ())
    monkeypatch.setattr("simulator.report.plots.drawing.save", lambda *_: [])

    def happen(event: Callable[[], object]) -> None:
        events = [event]

        def simulated(*args: object) -> Result:
            if events:
                events.pop()()
            return simulate(*args)  # type: ignore[arg-type]

        monkeypatch.setattr("simulator.report.runs.simulate", simulated)
        monkeypatch.setattr("simulator.study.jobs.simulate", simulated)

    return happen


def notes() -> None:
    Path("out").mkdir()
    Path("out/notes.txt").write_text("mine")


@COMMANDS
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_a_folder_that_appears_during_the_command_is_left_alone(
    args: tuple[str, ...], force: tuple[str, ...], meanwhile: Meanwhile, shardsim: Command, tmp_path: Path
) -> None:
    meanwhile(notes)
    done = shardsim(*args, *force, "-q")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"error: out: is no longer what it was at the start, so it stays; the finished result is in {tmp_path}/out-2"
    ]
    assert everything(Path("out")) == ["notes.txt"]
    assert Path("out-2/run.json").exists()
    assert shardsim(*args, "-q", "-o", "out-2", "--force").exit_code == 0  # it is a result like any other


@COMMANDS
def test_the_second_of_two_commands_at_once_is_refused_at_once(
    args: tuple[str, ...], meanwhile: Meanwhile, shardsim: Command
) -> None:
    second = []
    meanwhile(lambda: second.append(shardsim(*args, "--seed", "7", "-q")))
    assert shardsim(*args, "-q").exit_code == 0
    assert second[0].exit_code == 2
    assert second[0].stderr == (
        "error: out: another command is writing it; wait for that, or name another place with --out\n"
    )
    assert '"command"' in Path("out/run.json").read_text()


def test_two_scenarios_that_would_go_to_one_place_by_a_link_are_refused(write: Write, shardsim: Command) -> None:
    write("a.yaml")
    write("b.yaml")
    Path("reports/a").mkdir(parents=True)
    Path("reports/b").symlink_to("a")
    done = shardsim("run", "a.yaml", "b.yaml", "--force")
    assert done.exit_code == 2
    assert "two scenarios would be written to reports/b" in done.stderr


@COMMANDS
def test_links_without_end_are_told_before_the_simulation(
    args: tuple[str, ...], meanwhile: Meanwhile, shardsim: Command
) -> None:
    Path("out").symlink_to("again")
    Path("again").symlink_to("out")
    meanwhile(lambda: pytest.fail("it simulates"))
    done = shardsim(*args, "-q")
    assert done.exit_code == 2
    assert done.stderr == (
        "error: out: cannot be written: Too many levels of symbolic links; name another place with --out\n"
    )


@pytest.mark.parametrize("most", [600, 2000])  # bytes of a file: the first run of a study is not kept, or it is
@pytest.mark.parametrize("args", [RUN, COMPARE], ids=lambda args: args[0])
@pytest.mark.usefixtures("small_files")
def test_on_a_full_disk_no_part_of_a_result_is_left(
    args: tuple[str, ...], most: int, meanwhile: Meanwhile, shardsim: Command
) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    done = shardsim(*args, "-q")
    assert done.exit_code == 2
    assert ": File too large; " in done.stderr
    assert [path for path in everything(Path()) if not path.startswith("small.")] == []
