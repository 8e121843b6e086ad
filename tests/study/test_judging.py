"""Settings are judged with the traffic as it is, and with as much more as they are to take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator import size
from simulator.study.evaluate import Evaluator
from simulator.study.judging import Judge
from simulator.study.settings import Setting
from simulator.study.size import ROOM, Sizing
from simulator.study.source import Source
from tests.study.scenarios import content, written

FIELDS: dict[str, Any] = {
    "rate": "220/s", "batch": "500ms", "duration": "60s", "mapping": {"consumer": "push"},
    "objectives": {"latency_p99": "20s"},
}  # fmt: skip


def judge(folder: Path, room: float) -> Judge:
    """A lane takes 100 records in 0.5 s: 200 records/s a shard."""
    source = Source.of(written(folder, content(**FIELDS)))
    return Judge(Evaluator(source), source.scenario().objectives, room, 2)


@pytest.mark.parametrize(
    ("shards", "room", "state"), [(2, 1.0, "met"), (2, 1.5, "met"), (2, 2.5, "missed"), (1, 1.5, "missed")]
)
def test_a_setting_meets_the_objectives_if_it_does_with_more_traffic_too(
    tmp_path: Path, shards: int, room: float, state: str
) -> None:
    setting = Setting((("streams.s.shards", str(shards)),))
    for found in (judge(tmp_path, room).race([setting])[0], judge(tmp_path, room).confirm([setting])[0]):
        assert found.state == state
        loads = {each.load for each in found.assessments}
        assert loads == ({1.0} if room == 1 or shards == 1 else {1.0, room})


def sized(folder: Path, **objectives: float) -> Sizing:
    fields = FIELDS | {"objectives": FIELDS["objectives"] | objectives, "search": {"shards": "1-6"}}
    return size(written(folder, content(**{**fields, "rate": "380/s"})), replications=2)


def test_an_answer_takes_a_fifth_more_traffic_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    """380 records/s: 2 shards take 400, and 1.2 times 380 is 456; each shard has its part of the keys' hashes."""
    found = {room: sized(tmp_path, **({} if room is None else {"headroom": room})) for room in (None, 1.0, 2.0)}
    shards = {room: each.shards(each.answer) for room, each in found.items() if each.answer}
    assert shards[1.0] < shards[None] < shards[2.0]
    assert found[None].room == ROOM
    assert found[2.0].headroom is not None
    assert found[2.0].headroom.holds >= 2.0
    assert [each.load for each in found[2.0].assessments if each.load > 1] == [2.0]
