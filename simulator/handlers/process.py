"""A process that a handler runs in: it is ended at the timeout, and is not there any more when its code ends it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from simulator.events.names import Names
from simulator.scenario.bounds import MIB
from simulator.scenario.spec import Function

CHILD: Final = Path(__file__).with_name("child.py")
INIT_S: Final = 10.0  # that importing the handler's module may take, as Lambda's init phase
LOOKS_S: Final = (
    0.1  # so often it is looked whether the process is there still: one that it has forked may hold its pipe
)
PIPE_BYTES: Final = 1 << 20  # an event mostly goes through at once; of no effect where the system knows no such size
OF_WINDOWS: Final = ("SYSTEMROOT",)  # without it Python does not start there


@dataclass(frozen=True)
class Failed:
    """Why a call has no response. `kind`: Lambda's errorType; `line` 0: not known."""

    kind: str
    message: str
    file: str
    line: int
    ends_process: bool = False


TIMED_OUT: Final = "Sandbox.Timedout"


@dataclass(frozen=True)
class Returned:
    """What the handler returned, as JSON."""

    response: str


@dataclass(frozen=True)
class Called:
    """What came of a call, and how long the handler took."""

    outcome: Failed | Returned
    took_s: float


class Process:
    """The process of one function's handler; a new one is started for the call after one that has ended it."""

    def __init__(self, name: str, function: Function, names: Names, most_s: float) -> None:
        """`most_s`: the real time that a call may take."""
        assert function.handler
        self._path, self._most_s = function.handler.path, most_s
        self._about = {
            "name": name,
            "arn": names.function(name),
            "path": function.handler.path,
            "function": function.handler.function,
            "memory_mib": function.memory // MIB,
            "timeout_s": most_s,
        }
        self._environment = {
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory // MIB),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": names.region,
            "PYTHONHASHSEED": "0",  # the order of a set is the same in each run
            **function.environment,
            **{each: os.environ[each] for each in OF_WINDOWS if each in os.environ},
        }
        self._running: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def call(self, request_id: str, event: bytes) -> Called:
        """Call the handler with an event of JSON on one line."""
        if self._running is None:
            failed = self._start()
            if failed:
                self.close()
                return Called(failed, 0.0)
        began = time.perf_counter()
        answer = self._exchange(request_id.encode() + b" " + event, self._most_s)
        if isinstance(answer, Failed):
            self.close()
            return Called(answer, time.perf_counter() - began)
        took_s = answer["took_ns"] / 1e9
        if "failure" in answer:
            failed = Failed(**answer["failure"])
            if failed.kind == "Runtime.OutOfMemory":
                self.close()
                failed = Failed(**answer["failure"], ends_process=True)
            return Called(failed, took_s)
        return Called(Returned(answer["response"]), took_s)

    def close(self) -> None:
        """End the process, and what it has started."""
        running, self._running, self._rest = self._running, None, b""
        if running is None:
            return
        try:
            os.killpg(running.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError, PermissionError):  # Windows, or it has ended
            running.kill()
        running.wait()
        for pipe in (running.stdin, running.stdout):
            _shut(pipe)

    def _start(self) -> Failed | None:
        """Start the process; why its handler cannot be called, if so."""
        self._running = subprocess.Popen(
            [sys.executable, "-s", "-u", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            cwd=Path(self._path).parent,
            start_new_session=True,
            pipesize=PIPE_BYTES,
        )
        answer = self._exchange(json.dumps(self._about).encode(), INIT_S)
        if isinstance(answer, Failed):
            why = f"importing it takes longer than {INIT_S:.0f} s" if answer.kind == TIMED_OUT else answer.message
            return Failed("Runtime.ImportModuleError", why, answer.file, answer.line)
        return Failed(**answer["failure"]) if "failure" in answer else None

    def _exchange(self, line: bytes, most_s: float) -> dict[str, Any] | Failed:
        """Send a line, and wait for the answer; or why there is none."""
        until = time.monotonic() + most_s
        try:
            self._send(line + b"\n", until)
            return self._receive(until)
        except (BrokenPipeError, EOFError):
            return self._ended()
        except TimeoutError:
            return Failed(TIMED_OUT, f"Task timed out after {most_s:.2f} seconds", self._path, 0, ends_process=True)

    def _send(self, data: bytes, until: float) -> None:
        """All of it; a handler's process that does not read ends at the timeout, too."""
        pipe = self._running.stdin  # type: ignore[union-attr]
        os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(pipe.fileno(), left) :]  # type: ignore[union-attr]
            except BlockingIOError:
                self._wait([], [pipe], until)

    def _receive(self, until: float) -> dict[str, Any]:
        pipe = self._running.stdout  # type: ignore[union-attr]
        parts = [self._rest]
        while b"\n" not in parts[-1]:
            self._wait([pipe], [], until)
            part = os.read(pipe.fileno(), 1 << 16)  # type: ignore[union-attr]
            if not part:
                raise EOFError
            parts.append(part)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _wait(self, read: list[Any], write: list[Any], until: float) -> None:
        """Until a pipe is ready. Raises TimeoutError, and EOFError when the process has ended."""
        while True:
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            if any(select.select(read, write, [], min(left_s, LOOKS_S))):
                return
            if self._running is None or self._running.poll() is not None:
                raise EOFError

    def _ended(self) -> Failed:
        """The handler's process has ended by itself."""
        assert self._running
        code = self._running.wait()
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            why = f"Runtime exited with error: signal: {name}"
        else:
            why = f"Runtime exited with error: exit status {code}" if code else "Runtime exited without a reason"
        return Failed("Runtime.ExitError", why, self._path, 0, ends_process=True)


def _shut(pipe: IO[bytes] | None) -> None:
    try:
        if pipe:
            pipe.close()
    except OSError:  # it had not been read
        pass
