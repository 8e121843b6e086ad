"""The program's own checks: they raise when records or the parts of latency do not add up."""

from collections.abc import Callable

import numpy as np
import pytest
from simulator.measures.records import Processed

from simulator.measures.attempts import COLUMN, Attempts
from simulator.measures.conservation import Ends, RecordsDoNotAddUpError, ends
from simulator.measures.observer import Measures
from simulator.measures.parts import PARTS, PartsDoNotAddUpError, parts_s
from simulator.model.mapping import Mapping
from simulator.model.simulation import Simulation
from tests.model.rows import scenario, small

SLOW = {"duration": {"per_batch": "1700ms"}}


def count(spoil: Callable[[Simulation, Measures], None], measured_too_many: int = 0) -> Ends:
    """The ends of a finished run of which something was changed."""
    content = scenario(small(run={"drain": "1s"}, function=SLOW, mapping={"batch_size": 5}))
    measures = Measures(content)
    simulation = Simulation(content, 1, 0, measures)
    end_s = simulation.run()
    spoil(simulation, measures)
    measured = round(float(measures.mappings[0].processed.values.sum())) + measured_too_many
    return ends(simulation.intakes[0], simulation.streams["s"], measures.streams["s"], measured, end_s)


def test_the_counts_of_a_run_add_up() -> None:
    found = count(lambda simulation, measures: None)
    assert found.produced == 73
    assert found.processed == 3 + 5 * 5  # what the first poll finds, then five full batches in 11 s
    assert found.unprocessed == 45


def test_records_of_which_nothing_is_left_are_lost() -> None:
    found = Ends(
        produced=127, processed=1, skipped=2, dropped_at_write=4, dropped=8, sent_to_destination=16, expired=32,
        unprocessed=64,
    )  # fmt: skip
    assert found.lost == 4 + 8 + 32


def add_to(name: str) -> Callable[[Simulation, Measures], None]:
    def spoil(simulation: Simulation, measures: Measures) -> None:
        mapping: Mapping = simulation.mappings[0]
        setattr(mapping, name, getattr(mapping, name) + 1)

    return spoil


def lose_one(simulation: Simulation, measures: Measures) -> None:
    simulation.mappings[0].lost[1] += 1


def forget_one(simulation: Simulation, measures: Measures) -> None:
    simulation.mappings[0].lane(0).low += 1


def produce_one(simulation: Simulation, measures: Measures) -> None:
    measures.streams["s"].produced_total += 1


def drop_one(simulation: Simulation, measures: Measures) -> None:
    measures.streams["s"].dropped_total += 1


@pytest.mark.parametrize("spoil", [add_to("skipped"), add_to("processed"), lose_one, forget_one, produce_one, drop_one])
def test_one_record_too_many_or_too_few_anywhere_is_noticed(spoil: Callable[[Simulation, Measures], None]) -> None:
    with pytest.raises(RecordsDoNotAddUpError, match="mapping m"):
        count(spoil)


def test_a_processed_record_without_a_measured_latency_is_noticed() -> None:
    with pytest.raises(RecordsDoNotAddUpError):
        count(lambda simulation, measures: None, measured_too_many=-1)


ATTEMPT = {
    "low": 0, "high": 2, "done": 2, "first_cut_s": 4.0, "cut_s": 4.0, "begun_s": 9.0, "started_s": 9.5,
    "finished_s": 11.0, "environment": 3, "cold_start_s": 0.25, "throttled_s": 2.0, "busy_s": 3.0,
}  # fmt: skip


def processed(**changes: float) -> Processed:
    """Two records, produced at 1 and 2, accepted at 1.5 and 2, of which the first queued for 1 s."""
    row = np.zeros((1, len(COLUMN)))
    for name, value in {**ATTEMPT, **changes}.items():
        row[0, COLUMN[name]] = value
    return Processed(Attempts(row), np.array([2]), np.array([1.0, 2.0]), np.array([1.5, 2.0]), np.array([2.0, 3.0]))


def test_the_parts_of_latency_are_added_up_over_the_records_of_an_attempt() -> None:
    found = dict(zip(PARTS, parts_s(processed(), np.array([0.5]))[0].tolist(), strict=True))
    assert found == pytest.approx(
        {
            "write_wait": 0.5,
            "pickup": 2.5 + 2.0 - 1.0 - 0.5,
            "queueing": 1.0,
            "batching": 0.5,
            "throttled": 4.0,
            "retrying": 6.0,
            "cold_start": 0.5,
            "processing": 3.5,
        }
    )


def test_a_negative_part_is_noticed() -> None:
    with pytest.raises(PartsDoNotAddUpError, match="retrying -"):
        parts_s(processed(throttled_s=5.5), np.array([0.0]))


def test_parts_that_exceed_the_latency_are_noticed() -> None:
    with pytest.raises(PartsDoNotAddUpError):
        parts_s(processed(busy_s=9.0), np.array([0.0]))


def test_parts_that_do_not_add_up_to_the_latency_are_noticed() -> None:
    two = processed()
    two.__dict__["latency_s"] = two.latency_s + 1e-5
    with pytest.raises(PartsDoNotAddUpError):
        parts_s(two, np.array([0.0]))
