"""simulate(): what a run leaves behind, apart from its result."""

import gc

import pytest

from simulator.measures.run import simulate, without_cycle_collection
from tests.model.rows import scenario, small


def cycles_left(seconds: int) -> int:
    """Objects in reference cycles that nobody holds, after a run with failures and both kinds of reading."""
    content = small(
        run={"duration": f"{seconds}s"},
        function={"failures": [{"kind": "random", "probability": 0.3}]},
        mapping={"batch_size": 3, "parallelization_factor": 2, "maximum_batching_window": "1s"},
    )
    content["event_source_mappings"].append({"name": "pushed", "stream": "s", "function": "f", "consumer": "push"})
    content["producers"][0]["partition_keys"] = "unique"
    loaded = scenario(content)
    gc.collect()
    gc.disable()
    try:
        result = simulate(loaded, engine="simpy")
        left = gc.collect()
    finally:
        gc.enable()
    assert result.mappings[0].measures.counts["attempts"] > 2 * seconds
    return left


def test_a_run_leaves_no_reference_cycles_behind_however_long_it_is() -> None:
    assert cycles_left(400) - cycles_left(40) < 10


def test_the_collection_of_cycles_goes_on_after_a_run_even_if_it_fails() -> None:
    def fail() -> None:
        with without_cycle_collection():
            assert not gc.isenabled()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert gc.isenabled()
