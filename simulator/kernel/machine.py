"""The kernel's WebAssembly file at work: its memory, and its few functions (door.c)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import wasmtime

from simulator.traffic.log import Integers

FILE: Final = Path(__file__).with_name("kernel.wasm")
MOST_BYTES: Final = (1 << 32) - (1 << 20)  # what WebAssembly can address, but for the stack


class OutOfMemoryError(Exception):
    """A run takes more memory than the kernel may have."""


@cache
def compiled() -> tuple[wasmtime.Engine, wasmtime.Module]:
    """The kernel as machine code: made once a process, or found among what wasmtime keeps in the user's cache."""
    engine = wasmtime.Engine(_with_a_cache())
    return engine, wasmtime.Module.from_file(engine, str(FILE))


def _with_a_cache() -> wasmtime.Config:
    config = wasmtime.Config()
    with suppress(wasmtime.WasmtimeError):  # a home that cannot be written to: code is made each time
        config.cache = True
    return config


@cache
def digest() -> str:
    """The SHA-256 of the kernel's file."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


class Machine:
    """One run in the kernel."""

    RUNNING, OVER, REACHED, ASKING, BAD_PLAN, NO_MEMORY = 0, 1, 2, 3, -1, -2

    def __init__(self, plan: bytes, most_bytes: int) -> None:
        """Begin the run of a plan, which may take so much memory.

        Raises OutOfMemoryError, and ValueError for what is no plan.
        """
        engine, module = compiled()
        self._store = wasmtime.Store(engine)
        exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._functions: dict[str, Any] = {name: exports[name] for name in exports}
        self._memory: wasmtime.Memory = self._functions["memory"]
        self._kernel = self.call("new_run", len(plan), min(most_bytes, MOST_BYTES))
        if not self._kernel:
            raise OutOfMemoryError
        self._memory.write(self._store, plan, self._address("plan_of"))
        self._check(self.call("begin_run", self._kernel, len(plan)))

    def call(self, name: str, *arguments: int) -> int:
        """Call one of its functions."""
        return self._functions[name](self._store, *arguments)  # type: ignore[no-any-return]

    def go_on(self, until_ns: int) -> int:
        """Go on until all is stated that was decided before a time, or a portion is full: RUNNING, REACHED or OVER.

        Or until a function's own handler is to be called: ASKING; `answer` has to come first then.
        """
        return self._check(self.call("go_on_run", self._kernel, until_ns))

    def answer(self, healthy: int, took_ns: int, timed_out: bool, ends: bool) -> None:
        """What a handler made of the batch that was asked about (see simulator.kernel.asked)."""
        self.call("answer_run", self._kernel, healthy, took_ns, timed_out, ends)

    @property
    def now_ns(self) -> int:
        """The time that it has come to."""
        return self.call("now_of", self._kernel)

    def facts(self, kind: int, words: int) -> Integers:
        """A copy of the facts of a kind that were stated since the last call: one row of so many words each."""
        n = self.call("fact_words", self._kernel, kind)
        return self._words(self._address("facts_of", kind), n).reshape(-1, words)

    def written(self, stream: int, words: int) -> Integers:
        """A copy of what was offered to a stream since the last time that was reached."""
        n = self.call("written_words", self._kernel, stream)
        return self._words(self._address("written_of", stream), n).reshape(-1, words)

    def kept(self, stream: int, shards: int) -> Integers:
        """By shard, the place of the first record that somebody has not done with."""
        return self._words(self._address("kept_of", stream), shards)

    def block(self, kind: int, number: int) -> Integers:
        """A copy of a block of measures, when the run is over (see simulator.kernel.blocks)."""
        pieces: list[Integers] = []
        while n := self.call("block_words", self._kernel, kind, number, len(pieces)):
            pieces.append(self._words(self._address("block", kind, number, len(pieces)), n))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)

    def tell_attempts(self) -> None:
        """Have the rows of invocations.csv stated, though the run is measured."""
        self.call("tell_attempts", self._kernel)

    def records_kept(self, stream: int) -> int:
        """The records of a stream that wait at their producers, or that somebody has not done with."""
        return self.call("records_kept", self._kernel, stream)

    def _address(self, name: str, *arguments: int) -> int:
        return self.call(name, self._kernel, *arguments) % 2**32  # wasmtime takes one beyond 2 GiB for negative

    def _words(self, address: int, n: int) -> Integers:
        words = self._memory.read(self._store, address, address + 8 * n)
        return np.frombuffer(words, np.int64)

    def _check(self, status: int) -> int:
        if status == self.NO_MEMORY:
            raise OutOfMemoryError
        if status == self.BAD_PLAN:
            raise ValueError("this is no plan of a run")
        return status
