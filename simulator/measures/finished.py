"""A finished run as data, which tables, summary and bill are made of."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.measures.conservation import Ends
from simulator.measures.episodes import Episode
from simulator.measures.limits import Offered
from simulator.measures.mapping import MappingMeasures
from simulator.measures.observer import Measured
from simulator.measures.unserved import Percentile
from simulator.measures.verdict import Verdict
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NS


@dataclass(frozen=True)
class MappingResult:
    """What came of one mapping."""

    name: str
    stream: str
    function: str
    pushed: bool  # it reads by push (enhanced fan-out)
    verdict: Verdict
    ends: Ends
    limits: tuple[Offered, ...]
    episodes: tuple[Episode, ...]
    reads: dict[str, int]  # GetRecords calls, refused, skipped; empty for push
    read_bytes: int  # by GetRecords, again for retries, too; by push: sent
    measures: MappingMeasures

    @property
    def parts_mean_s(self) -> dict[str, float]:
        """The mean of each part of latency over the processed records after the warm-up."""
        return self.measures.parts_mean_s

    def latency(self, percent: float) -> Percentile:
        """A percentile of the latencies of all records that it does not skip, lost and unprocessed ones too."""
        mine = self.measures
        return mine.unserved.percentile(mine.latency, self.ends.dropped_at_write, percent)

    @property
    def waiting_s(self) -> dict[str, float]:
        """The seconds that its records waited, lost and unprocessed ones too, by cause; causes without any left out."""
        return {cause: waited / NS for cause, waited in self.measures.waiting.total_ns().items() if waited}


@dataclass(frozen=True)
class Finished:
    """One finished run."""

    scenario: Scenario
    seed: int
    replication: int
    end_ns: int
    measures: Measured
    mappings: tuple[MappingResult, ...]

    def __getitem__(self, mapping: str) -> MappingResult:
        return next(m for m in self.mappings if m.name == mapping)

    @property
    def end_s(self) -> float:
        """When the run ended."""
        return self.end_ns / NS

    @property
    def traffic_s(self) -> float:
        """The simulated time in which traffic came, with what was there before t = 0; the rest was draining."""
        return self.scenario.duration - min([0.0, *(p.start for p in self.scenario.producers)])

    @property
    def rows(self) -> int:
        """How many intervals the time series has."""
        return -(-self.end_ns // self.measures.interval_ns)
