"""The same traffic, more of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import load
from simulator.scenario.scaling import scaled_traffic
from simulator.traffic.rates import profile

SCENARIO = """
duration: 10m
streams: {{clicks: {{shards: 1}}}}
producers:
  - {{stream: clicks, rate: 10/s}}
  - {{stream: clicks, rate: {rate}}}
"""
RATES = [
    "120/m",
    "{trace: trace.csv}",
    "{trace: trace.csv, scale: 3, stretch: 2}",
    "{steps: [{at: 0s, rate: 10/s}, {at: 1m, rate: 0.3/s}, {at: 5m, rate: 100/h}]}",
    "{sine: {mean: 5/s, amplitude: 8/s, period: 4m, peak_at: 1m}}",
    "{spikes: {base: 0/s, peak: 33.3/s, every: 90s, lasts: 10s}}",
]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("factor", [0.5, 1.0, 1.7])
def test_every_form_of_rate_expects_so_many_times_the_records_at_every_time(
    tmp_path: Path, rate: str, factor: float
) -> None:
    (tmp_path / "trace.csv").write_text("time_s,records\n0,10\n60,50\n120,0\n180,7\n", encoding="utf-8")
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO.format(rate=rate), encoding="utf-8")
    scenario = load(path)
    more = load(path, scaled_traffic(scenario, factor))
    for before, after in zip(scenario.producers, more.producers, strict=True):
        plain, scaled = profile(before.rate), profile(after.rate)
        assert plain is not None
        assert scaled is not None
        for t in np.linspace(0, 600, 61).tolist():
            assert scaled.integral(t) - scaled.integral(0) == pytest.approx(
                factor * (plain.integral(t) - plain.integral(0)), rel=1e-9, abs=1e-9
            )


def test_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO.format(rate="1/s"), encoding="utf-8")
    scenario = load(path)
    more = load(path, scaled_traffic(scenario, 2.0))
    assert more.streams == scenario.streams
    assert [each.record_size for each in more.producers] == [each.record_size for each in scenario.producers]
    assert load(path, scaled_traffic(scenario, 1.0)) == scenario
