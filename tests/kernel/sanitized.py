"""The kernel's C natively, with the address and undefined-behaviour sanitizers, over random and damaged plans.

python -m tests.kernel.sanitized 300

A compiler of the system has both; the one that comes as a Python package (make kernel) has the second only.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from simulator.kernel.plan import plan
from simulator.measures.run import measuring
from simulator.measures.run_times import run_times
from simulator.scenario.faults import ScenarioError
from simulator.scenario.handler import Handler
from simulator.scenario.spec import Poison, Scenario
from tests.kernel.random_scenarios import Section, random_scenarios
from tests.model.rows import scenario

SOURCES: Final = Path("simulator/kernel/c")
FLAGS: Final = ("-O1", "-g", "-w", "-ffp-contract=off", "-fno-sanitize-recover=undefined")
ZIG: Final = Path(".venv-kernel/bin/python")
DAMAGE: Final = (bytes(8), b"\xff" * 8)
AT_ONCE: Final = 50  # plans a process


def compiler() -> list[str]:
    """A command that compiles C with the sanitizers that there are; empty without any."""
    if of_system := shutil.which("gcc") or shutil.which("clang"):
        return [of_system, "-fsanitize=address,undefined"]
    return [str(ZIG), "-m", "ziglang", "cc", "-fsanitize=undefined"] if ZIG.exists() else []


def build(folder: Path) -> Path:
    """Compile tests/kernel/plans.c with the kernel; the program."""
    program = folder / "plans"
    sources = ["tests/kernel/plans.c", *sorted(map(str, SOURCES.rglob("*.c")))]
    subprocess.run([*compiler(), *FLAGS, "-o", str(program), *sources, "-lm"], check=True)
    return program


def random_plans(examples: int, seed_: int = 0) -> list[bytes]:
    """Plans of random scenarios: one that states facts, and one that is measured, of each; some of them damaged."""
    found: list[bytes] = []
    draws = random.Random(seed_)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(seed_)
    @given(random_scenarios())
    def add(content: Section) -> None:
        try:
            loaded = scenario(content)
        except ScenarioError:
            return
        if draws.random() < 0.3:
            loaded = with_handlers(loaded)
        stated, measured = _plans(loaded)
        found.extend((stated, measured, _damaged(stated, draws), _damaged(measured, draws)))

    add()
    return found


def with_handlers(loaded: Scenario, handler: Handler = Handler("app.py", "handler", "")) -> Scenario:  # noqa: B008
    """The same with a handler for each function, in place of poison."""
    functions = {
        name: replace(each, handler=handler, failures=tuple(f for f in each.failures if not isinstance(f, Poison)))
        for name, each in loaded.functions.items()
    }
    return replace(loaded, functions=functions)


def _plans(loaded: Scenario) -> tuple[bytes, bytes]:
    return plan(loaded, loaded.seed, 0), plan(loaded, loaded.seed, 0, measuring(loaded, run_times(loaded)))


def _damaged(whole: bytes, draws: random.Random) -> bytes:
    """With another word somewhere, mostly near the end, where the mappings are; or cut off."""
    at = 8 * max(0, len(whole) // 8 - 1 - int(draws.expovariate(1 / 200)))
    return whole[:at] + draws.choice([*DAMAGE, draws.randbytes(8), b""]) + whole[at + 8 :]


def run(program: Path, plans: list[bytes], folder: Path) -> str:
    """Run plans; what a sanitizer says of the first that it stops at, or nothing."""
    for low in range(0, len(plans), AT_ONCE):
        files = [folder / f"{low + number}.plan" for number in range(len(plans[low : low + AT_ONCE]))]
        for file, content in zip(files, plans[low : low + AT_ONCE], strict=True):
            file.write_bytes(content)
        done = subprocess.run(
            [program, *files], capture_output=True, text=True, check=False, env={"ASAN_OPTIONS": "detect_leaks=0"}
        )
        if done.returncode:
            return done.stdout[-200:] + done.stderr
    return ""


def main(examples: int) -> int:
    """Build, run, say; 1 if something was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plans = random_plans(examples)
        found = run(build(folder), plans, folder)
    sanitizers = compiler()[-1].removeprefix("-fsanitize=")
    print(found or f"{len(plans)} plans, nothing found by the sanitizers of: {sanitizers}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
