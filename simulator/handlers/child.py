"""The process of a handler. It is started as a file, with nothing of this project to be imported.

It reads lines of JSON: first what it is to be, then a call a line; and answers a line each. What the handler reads and
writes by itself goes nowhere: the pipes are kept from it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

LONGEST = 2000  # letters of a message that are told


class Context:
    """What Lambda passes as the second argument."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, about: dict[str, Any], request_id: str, ends_s: float) -> None:
        self.function_name = about["name"]
        self.invoked_function_arn = about["arn"]
        self.memory_limit_in_mb = about["memory_mib"]
        self.log_group_name = "/aws/lambda/" + about["name"]
        self.log_stream_name = "shardsim"
        self.aws_request_id = request_id
        self._ends_s = ends_s

    def get_remaining_time_in_millis(self) -> int:
        """Of the real time that the handler may take."""
        return max(0, int(1000 * (self._ends_s - time.monotonic())))


def kept_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the simulator, in places where the handler does not find them."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return calls, answers


def limit_memory(most_bytes: int) -> None:
    """What it may take beyond that fails; not on every system."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


def peak_bytes() -> int:
    """The memory that it has taken at most; 0 where that is not told.

    Not ru_maxrss, which begins with what the process had that started this one.
    """
    try:
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        return 0


def failure(kind: str, error: BaseException, path: str) -> dict[str, Any]:
    """What is told of an error: the last line in the handler's own file, or else the last."""
    frames = traceback.extract_tb(error.__traceback__)
    where: tuple[str, int]
    if isinstance(error, SyntaxError) and error.filename:
        where = (error.filename, error.lineno or 1)
    else:
        mine = [each for each in frames if each.filename == path] or [e for e in frames if e.filename != __file__]
        where = (mine[-1].filename, mine[-1].lineno or 0) if mine else (path, 0)
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be told)"
    return {"kind": kind or type(error).__name__, "message": message[:LONGEST], "file": where[0], "line": where[1]}


def load(path: str, function: str) -> Any:
    """The handler. Whatever the module raises is raised."""
    sys.path.insert(0, str(Path(path).parent))
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec  # it has been read before
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, function)


def call(handler: Any, about: dict[str, Any], request_id: str, event: Any) -> tuple[dict[str, Any], int]:
    """What the handler answers, as JSON; how long it took, in nanoseconds."""
    context = Context(about, request_id, time.monotonic() + about["timeout_s"])
    began = time.perf_counter_ns()
    try:
        response = handler(event, context)
        took = time.perf_counter_ns() - began
    except MemoryError:
        return {"failure": out_of_memory(about)}, time.perf_counter_ns() - began
    except Exception as error:
        return {"failure": failure("", error, about["path"])}, time.perf_counter_ns() - began
    try:
        return {"response": json.dumps(response)}, took
    except MemoryError:
        return {"failure": out_of_memory(about)}, took
    except Exception as error:
        message = "Unable to marshal response: " + failure("", error, about["path"])["message"]
        return {"failure": {"kind": "Runtime.MarshalError", "message": message, "file": about["path"], "line": 0}}, took


def out_of_memory(about: dict[str, Any]) -> dict[str, Any]:
    """What is told where the memory does not do."""
    message = f"it takes more than the memory of {about['memory_mib']} MiB"
    return {"kind": "Runtime.OutOfMemory", "message": message, "file": about["path"], "line": 0}


def main() -> None:
    """Answer calls until there are no more."""
    calls, answers = kept_pipes()
    me, about = os.getpid(), json.loads(calls.readline())

    def tell(what: dict[str, Any]) -> None:
        if os.getpid() != me:  # the handler has forked, and this is the child
            os._exit(0)
        answers.write(json.dumps(what).encode() + b"\n")
        answers.flush()

    limit_memory(about["memory_mib"] * 2**20)
    try:
        handler = load(about["path"], about["function"])
    except (Exception, SystemExit) as error:
        kind = "Runtime.UserCodeSyntaxError" if isinstance(error, SyntaxError) else "Runtime.ImportModuleError"
        told = failure(kind, error, about["path"])
        tell({"failure": dict(told, message=type(error).__name__ + ": " + told["message"])})
        return
    if not callable(handler):
        why = about["function"] + " is no function"
        tell({"failure": {"kind": "Runtime.HandlerNotFound", "message": why, "file": about["path"], "line": 0}})
        return
    tell({})
    for line in calls:
        request_id, _, event = line.partition(b" ")
        answer, took_ns = call(handler, about, request_id.decode(), json.loads(event))
        if peak_bytes() > about["memory_mib"] * 2**20:
            answer = {"failure": out_of_memory(about)}
        tell(dict(answer, took_ns=took_ns))


if __name__ == "__main__":
    main()
