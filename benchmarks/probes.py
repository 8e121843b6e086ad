"""What is measured: each probe is one thing, measured once a repetition as a few named numbers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.points import CHECKED, GROUPS, LONG
from benchmarks.queues import WORKS
from benchmarks.scenario import Point

Numbers = dict[str, float]
COMMANDS = {
    "--help": ["--help"],
    "validate quickstart": ["validate", "scenarios/quickstart.yaml"],
    "explain retention": ["explain", "retention"],
    "schema": ["schema"],
    "run quickstart, all plots": ["run", "scenarios/quickstart.yaml", "--force", "-q", "-o", "{folder}/run"],
}


@dataclass(frozen=True)
class Probe:
    """A group and a name, which together are its own, and how it is measured: by the number of the repetition."""

    group: str
    name: str
    measure: Callable[[int], Numbers]


def everything(folder: Path, peers_python: str, scale: float, long: bool) -> list[Probe]:
    """All probes. Files go into `folder`; `scale` shortens all simulated times."""
    points = [_point(group, each, folder, scale) for group, members in GROUPS.items() for each in members]
    return [
        *points,
        *(_point("long", each, folder, scale) for each in (LONG if long else ())),
        *_peers(folder, peers_python, scale),
        *_commands(folder),
        Probe("outputs", "quickstart", lambda _: fresh("benchmarks.outputs", "folder", str(folder))),
        *(_invocations(each, folder, scale) for each in (CHECKED[0], CHECKED[-1])),
        Probe("studies", "compare", lambda number: fresh("benchmarks.studies", str(folder / str(number)), str(scale))),
    ]


def important(folder: Path, scale: float) -> list[Probe]:
    """The few whose ratios `make bench-check` looks at."""
    named = {id(each): group for group, members in GROUPS.items() for each in members}
    points = [_point(named[id(each)], each, folder, scale) for each in CHECKED]
    return points + [each for each in _commands(folder) if each.name in ("--help", "run quickstart, all plots")]


def fresh(module: str, *words: str, python: str = sys.executable) -> Numbers:
    """The numbers that a module prints when it runs in a process of its own."""
    done = subprocess.run([python, "-m", module, *words], stdout=subprocess.PIPE, text=True, check=True)
    numbers: Numbers = json.loads(done.stdout)
    return numbers


def _point(group: str, point: Point, folder: Path, scale: float) -> Probe:
    path = _written(point, folder / f"{group}.yaml", scale)
    return Probe(group, point.name, lambda _: fresh("benchmarks.sample", str(path())))


def _written(point: Point, path: Path, scale: float) -> Callable[[], Path]:
    def write() -> Path:
        path.write_text(point.text(scale), encoding="utf-8")
        return path

    return write


def _peers(folder: Path, python: str, scale: float) -> Iterator[Probe]:
    for work in WORKS.values():
        yield _point("own", work.point, folder, scale)
    for peer, work_name in PEERS:
        yield Probe("peers", f"{peer}: {work_name}", _peer(peer, work_name, python, scale))


def _peer(peer: str, work: str, python: str, scale: float) -> Callable[[int], Numbers]:
    return lambda number: fresh("benchmarks.peers", peer, work, str(number), str(scale), python=python)


def _invocations(point: Point, folder: Path, scale: float) -> Probe:
    path = _written(point, folder / "invocations.yaml", scale)
    return Probe("invocations", point.name, lambda _: fresh("benchmarks.outputs", "invocations", str(path())))


def _commands(folder: Path) -> Iterator[Probe]:
    from simulator.cli import cli

    helps = {f"{name} --help": [name, "--help"] for name in cli.commands}
    for name, words in {**COMMANDS, **helps}.items():
        yield Probe("commands", name, _command([word.format(folder=folder) for word in words]))


def _command(words: Sequence[str]) -> Callable[[int], Numbers]:
    def measure(_: int) -> Numbers:
        bare_s = _wall_s([sys.executable, "-c", "pass"])
        seconds = _wall_s([sys.executable, "-m", "simulator", *words])
        return {"seconds": seconds, "python_s": bare_s, "ratio": seconds / bare_s}

    return measure


def _wall_s(words: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
