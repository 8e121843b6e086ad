"""Scenario files for tests: a small valid one, and what to say of it when a part is changed."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from simulator.scenario.faults import Fault
from simulator.scenario.loading import check

VALID = """\
duration: 10m
streams:
  clicks:
    shards: 4
producers:
  - name: web
    stream: clicks
    rate: 2000/s
functions:
  enrich:
    duration: {per_batch: 20ms}
event_source_mappings:
  - stream: clicks
    function: enrich
    batch_size: 100
"""

Told = Callable[..., list[str]]


@pytest.fixture
def valid() -> str:
    """The text of a scenario without faults or warnings."""
    return VALID


@pytest.fixture
def scenario_file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes a scenario and gives its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "orders.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def faults(scenario_file: Callable[[str | bytes], Path]) -> Callable[[str | bytes], list[Fault]]:
    """The faults of a text."""
    return lambda content: check(scenario_file(content))


@pytest.fixture
def told(scenario_file: Callable[[str | bytes], Path], tmp_path: Path) -> Told:
    """What is told of the valid scenario with `changes` made and `files` beside it: `line: field: text`."""

    def tell(changes: Mapping[str, str], files: Mapping[str, str | bytes] | None = None) -> list[str]:
        text = VALID
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        for name, content in (files or {}).items():
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return [f"{fault.line}: {fault.field}: {fault.text}" for fault in check(scenario_file(text))]

    return tell
