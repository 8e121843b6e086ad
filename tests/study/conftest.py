"""A small scenario for studies: a run takes about ten milliseconds."""

from pathlib import Path

import pytest

SCENARIO = """\
name: small
duration: 20s
seed: 3
streams:
  clicks: {shards: 2}
producers:
  - {name: web, stream: clicks, rate: 150/s}
functions:
  enrich: {duration: {per_batch: {exponential: {mean: 50ms}}}}
event_source_mappings:
  - {stream: clicks, function: enrich, batch_size: 100}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The path of a small scenario, alone in its folder."""
    folder = tmp_path / "scenario"
    folder.mkdir()
    path = folder / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path
