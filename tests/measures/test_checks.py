"""The program's own checks: they raise when records, or the time that they spend, do not add up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.measures.conservation import Ends, LittlesLawError, RecordsDoNotAddUpError
from simulator.measures.observer import Measures
from simulator.measures.run_times import run_times
from simulator.model.simulation import run
from tests.model.rows import scenario, small

SLOW = {"duration": {"per_batch": "1700ms"}}
Spoil = Callable[[Measures], None]


def count(spoil: Spoil) -> Ends:
    """The ends of a finished run of which something that was measured is changed."""
    content = scenario(small(run={"drain": "1s"}, function=SLOW, mapping={"batch_size": 5}))
    measures = Measures(content, run_times(content))
    run(content, 1, 0, measures)
    spoil(measures)
    return measures.mappings[0].ends(measures.streams["s"])


def test_the_counts_of_a_run_add_up() -> None:
    found = count(lambda measures: None)
    assert found.produced == 73
    assert found.processed == 3 + 5 * 5  # what the first poll finds, then five full batches in 11 s
    assert found.unprocessed == 45


def test_records_of_which_nothing_is_left_are_lost() -> None:
    found = Ends(
        produced=255, processed=1, skipped=2, dropped_at_write=4, dropped=8, sent_to_destination=16, expired=32,
        filtered=128, unprocessed=64,
    )  # fmt: skip
    assert found.lost == 4 + 8 + 32


def produce_one(measures: Measures) -> None:
    measures.streams["s"].produced_total += 1


def drop_one_at_write(measures: Measures) -> None:
    measures.streams["s"].dropped_total += 1


def tell_one_more(how: str) -> Spoil:
    def spoil(measures: Measures) -> None:
        measures.mappings[0].measures.told[how] += 1

    return spoil


@pytest.mark.parametrize(
    "spoil", [produce_one, drop_one_at_write, *map(tell_one_more, ("processed", "dropped", "sent_to_destination"))]
)
def test_one_record_too_many_or_too_few_anywhere_is_noticed(spoil: Spoil) -> None:
    with pytest.raises(RecordsDoNotAddUpError, match="mapping m"):
        count(spoil)


def wait_longer_at_producers(measures: Measures) -> None:
    measures.streams["s"].unwritten.integral += 1


def wait_longer_in_the_stream(measures: Measures) -> None:
    measures.mappings[0].measures.backlog.level.integral -= 1


@pytest.mark.parametrize("spoil", [wait_longer_at_producers, wait_longer_in_the_stream])
def test_a_nanosecond_that_littles_law_does_not_explain_is_noticed(spoil: Spoil) -> None:
    with pytest.raises(LittlesLawError, match="mapping m"):
        count(spoil)
