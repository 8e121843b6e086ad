"""The simulator gives what the slow reference gives, on random scenarios (docs/model.md)."""

from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from simulator.scenario.faults import ScenarioError
from tests.model.compare_many import compare
from tests.reference.scenarios import scenarios


@settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    phases=[Phase.explicit, Phase.generate],  # to shrink one takes minutes
    suppress_health_check=list(HealthCheck),
)
@given(content=scenarios(), window_records=st.sampled_from([30, 300, 1 << 19]))
def test_rows_totals_ends_and_reads_are_those_of_the_reference(content: dict[str, Any], window_records: int) -> None:
    try:
        found = compare(content, window_records)
    except ScenarioError:
        found = None
    assume(found is not None)
    assert found == []
