"""What a page says in which tone: green only with room, and no mapping that does not keep up left out."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from simulator.report.page.build import page_of
from simulator.report.vocabulary import cautious, headroom_at_most
from tests.page.folders import run_folder


@pytest.mark.parametrize(
    ("tone", "headroom", "told"),
    [
        ("good", 1.19, "unsure"), ("good", 1.2, "good"), ("good", math.nan, "good"), ("bad", 1.0, "bad"),
        ("unsure", 3.0, "unsure"),
    ],
)  # fmt: skip
def test_good_is_said_with_a_warning_where_headroom_is_known_and_below_a_fifth(
    tone: str, headroom: float, told: str
) -> None:
    assert cautious(tone, headroom) == told  # type: ignore[arg-type]


def test_a_limit_says_what_headroom_it_leaves_unless_more_traffic_does_not_use_it_up() -> None:
    assert headroom_at_most("write_bytes", 0.9).startswith("The headroom is 1.11 times the traffic at most: write b")
    assert headroom_at_most("lanes", 0.9).startswith("Function time is used to 90%; as batches grow with the traffic")
    assert headroom_at_most("lanes", 0.8) == ""
    assert headroom_at_most("read_calls", 0.99) == ""  # a poll a second is made whatever the traffic


@pytest.mark.parametrize(("rate", "tone", "told"), [("800/s", "good", False), ("1850/s", "unsure", True)])
def test_a_run_that_keeps_up_is_green_only_with_room_for_more(rate: str, tone: str, told: bool, tmp_path: Path) -> None:
    page = page_of(run_folder(tmp_path / "result", rate=rate))
    assert page.verdict.tone == tone
    assert any("headroom" in sentence for sentence in page.verdict.sentences) == told


def test_every_mapping_that_does_not_keep_up_is_explained(tmp_path: Path) -> None:
    of = {"readers": ("first", "second"), "failures": "{kind: random, probability: 0.97}"}
    page = page_of(run_folder(tmp_path / "result", drain="0s", **of))  # type: ignore[arg-type]
    said = " ".join(page.verdict.sentences)
    for name in of["readers"]:
        assert f"What binds {name}: random errors" in said, said
