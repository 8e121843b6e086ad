"""Handlers that misbehave: each ends its attempts as on Lambda, and the run goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from simulator.model.simulation import run
from simulator.scenario.faults import ScenarioError
from tests.handlers.own import Told, own, told


@pytest.mark.parametrize(
    ("code", "kind", "line"),
    [
        ("def handler(event, context):\n    sys.exit(3)", "Runtime.ExitError", 0),
        ("def handler(event, context):\n    os._exit(0)", "Runtime.ExitError", 0),
        ("def handler(event, context):\n    os.abort()", "Runtime.ExitError", 0),
        ("def handler(event, context):\n    return {1, 2}", "Runtime.MarshalError", 0),
        ("def handler(event, context):\n    return time", "Runtime.MarshalError", 0),
        ("def handler(event, context):\n    bytearray(2 ** 30)", "Runtime.OutOfMemory", 0),
        ("def handler():\n    pass", "TypeError", 0),
        ("def handler(event, context):\n\n    return 1 / 0", "ZeroDivisionError", 6),
        ("import nowhere\ndef handler(event, context):\n    pass", "Runtime.ImportModuleError", 4),
        ("handler = 17", "Runtime.HandlerNotFound", 0),
        ("raise SystemExit(1)\ndef handler(event, context):\n    pass", "Runtime.ImportModuleError", 4),
    ],
)
def test_what_goes_wrong_in_a_handler_is_an_error_of_its_attempts(
    code: str, kind: str, line: int, tmp_path: Path
) -> None:
    found = told(own(tmp_path, code))
    assert {each.outcome for each in found.attempts} == {"error"}
    assert {(each, at) for each, _, at in found.kinds} == {(kind, line)}
    assert len(found.lost) == 20


def test_a_handler_that_blocks_is_ended_at_the_timeout(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    if data(event['Records'][0]) == 5:\n        time.sleep(60)\n"
    began = time.monotonic()
    found = told(own(tmp_path, code, ", timeout: 1s"))
    assert time.monotonic() - began < 30  # it was ended, once
    blocked = [each for each in found.attempts if 5 in each.places]
    assert [each.outcome for each in blocked] == ["timeout"] * 3
    assert {each.finished_ns - each.started_ns for each in blocked} == {1_000_000_000}
    assert {each.outcome for each in found.attempts if 5 not in each.places} == {"ok"}


def test_a_process_that_has_ended_is_a_new_environment(tmp_path: Path) -> None:
    found = told(own(tmp_path, "def handler(event, context):\n    sys.exit(3)\n"))
    assert {each.environment for each in found.attempts} == {"cold"}


def test_what_a_handler_prints_and_reads_disturbs_nobody(tmp_path: Path) -> None:
    code = """
    print("at import")
    def handler(event, context):
        print("{}")
        os.write(1, b'{"response": "null"}\\n')
        sys.stderr.write("x" * 100000)
        assert sys.stdin.read() == ""
    """
    assert told(own(tmp_path, code)).kinds == set()


def test_a_handler_that_forks_answers_once_and_leaves_nobody_behind(tmp_path: Path) -> None:
    code = f"""
    def handler(event, context):
        if os.fork() == 0:
            with open({str(tmp_path / "children")!r}, "a") as file:
                file.write(f"{{os.getpid()}}\\n")
            if data(event["Records"][0]) == 5:
                time.sleep(600)
            return {{"batchItemFailures": [{{"itemIdentifier": ""}}]}}
        time.sleep(0.05)
    """
    found = told(own(tmp_path, code, mapping=", report_batch_item_failures: true"))
    assert {each.outcome for each in found.attempts} == {"ok"}
    assert_gone(map(int, (tmp_path / "children").read_text().split()))


def assert_gone(pids: Iterable[int]) -> None:
    """That processes end, which have been told to."""
    until = time.monotonic() + 10
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < until, left
        pids = left


def alive(pid: int) -> bool:
    """Whether a process is there, and no zombie that nobody has waited for."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_fork_that_outlives_its_handler_s_process_does_not_hold_up_the_run(tmp_path: Path) -> None:
    code = """
    def handler(event, context):
        if os.fork() == 0:
            time.sleep(600)
        os._exit(1)
    """
    assert {kind for kind, _, _ in told(own(tmp_path, code, ", timeout: 30s")).kinds} == {"Runtime.ExitError"}


COUNTS = """
def handler(event, context):
    with open(FILE, "a") as file:
        file.write("x")
    assert data(event["Records"][0]) != 5
"""


@pytest.mark.parametrize(("pure", "calls"), [("true", 4), ("false", 6)])
def test_the_same_batch_is_not_run_twice_unless_the_handler_is_not_pure(pure: str, calls: int, tmp_path: Path) -> None:
    code = COUNTS.replace("FILE", repr(str(tmp_path / "calls")))
    found = told(own(tmp_path, code, f", pure: {pure}"))
    assert len(found.attempts) == 6  # one batch of four is tried three times
    assert len((tmp_path / "calls").read_text()) == calls


def test_a_handler_that_is_a_function_of_its_event_gives_the_same_run_each_time(tmp_path: Path) -> None:
    scenario = own(tmp_path, "def handler(event, context):\n    assert hash(str(event)) % 3\n")
    one, two = told(scenario), told(scenario)
    assert one.batches == two.batches
    assert len({outcome for _, outcome, _ in one.batches}) == 2


def test_the_process_is_ended_when_a_run_is_given_up(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"open({str(pid)!r}, 'w').write(str(os.getpid()))\ndef handler(event, context):\n    pass\n"

    class Enough(Told):
        def observe(self, *window: object) -> None:
            if pid.exists():
                raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        run(own(tmp_path, code), 1, 0, Enough())
    assert not alive(int(pid.read_text()))


@pytest.mark.parametrize(
    ("handler", "code", "message"),
    [
        ("app.py:handler", "def handlr(event, context): pass", "has no function 'handler'; did you mean 'handlr'?"),
        ("app.py:handler", "x = 1\n\ndef handler(event, context:\n", "app.py, line 6 is not Python: "),
        ("none.py:handler", "", "none.py cannot be read: No such file or directory"),
        ("app.handler", "", "did you mean 'app.py:handler'?"),
        ("app", "", "app is not known"),
    ],
)
def test_a_handler_that_is_none_is_told_with_file_and_line(
    handler: str, code: str, message: str, tmp_path: Path
) -> None:
    own(tmp_path, "def handler(event, context): pass")
    path = tmp_path / "own.yaml"
    path.write_text(path.read_text().replace("app.py:handler", handler))
    (tmp_path / "app.py").write_text("import os\n" * 3 + code)
    from simulator.scenario.loading import load

    with pytest.raises(ScenarioError, match=r"own\.yaml:15:") as caught:
        load(path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (", failures: [{kind: poison, at: [1s]}]", "the handler says which records are poison"),
        (", environment: {A: 1}", "1 is a number in YAML"),
    ],
)
def test_what_does_not_go_with_a_handler_is_told(options: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        own(tmp_path, "def handler(event, context): pass", options)
    assert message in str(caught.value)


def test_the_memory_of_who_starts_the_process_is_not_the_handler_s(tmp_path: Path) -> None:
    taken = bytearray(b"x" * (200 * 2**20))  # more than the function has
    assert told(own(tmp_path, "def handler(event, context):\n    pass\n")).kinds == set()
    assert len(taken) == 200 * 2**20
