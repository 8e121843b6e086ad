"""What is said when a run takes more memory than it may."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kernel import engine, whole
from simulator.measures.run import simulate
from simulator.model.memory import BYTES_A_RECORD, BacklogTooLargeError
from tests.kernel.recording import record
from tests.model.rows import scenario, small

NEVER_SERVED = small(producer={"rate": "100/s"}, function={"reserved_concurrency": 0})


@pytest.mark.parametrize(("module", "run"), [(whole, simulate), (engine, lambda of: record(of, "kernel"))])
def test_a_kernel_without_memory_says_how_much_it_may_have(
    module: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "most_bytes", lambda: 1 << 18)
    with pytest.raises(BacklogTooLargeError, match=r"the kernel needs more memory than it may have, 0\.0 GiB"):
        run(scenario(NEVER_SERVED))


def test_a_measured_run_stops_when_too_many_records_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "most_bytes", lambda: 16 << 20)
    monkeypatch.setattr("simulator.model.memory.BYTES_A_RECORD", 1000 * BYTES_A_RECORD)
    with pytest.raises(BacklogTooLargeError, match=r"records of stream 's' wait for a mapping; what waits takes"):
        simulate(scenario(NEVER_SERVED))
