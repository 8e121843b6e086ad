"""Odd scenarios that are accepted: very short and very long, empty, stuck, crowded, with strange names.

They are made blindly and looked at afterwards: `accepted` draws until one has no error.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Final

from simulator.scenario.faults import errors
from simulator.scenario.loading import examine
from simulator.scenario.spec import Scenario
from tests.model.random_scenarios import random_scenario

Section = dict[str, Any]
FILE: Final = "odd.yaml"
# fmt: off
TIMES: Final = (
    "0s", "0.000001s", "1e-5s", "1ms", "7ms", "20ms", "50ms", "0.3s", "1s", "2.5s", "17s", "1m", "10m", "1h", "1d",
    "30d", "365d", "3650d",
)
RATES: Final = ("0/s", "0/h", "1/h", "1000/h", "0.001/s", "0.7/s", "10/s", "300/s", "2000/s", "1000000/s", "1e9/s")
SHARDS: Final = (1, 1, 1, 2, 2, 3, 7, 40, 41, 100, 101, 350)
SIZES: Final = ("1B", "100B", "1KiB", "25KiB", "1MiB")
NAMES: Final = (
    "a", "b", "clicks", "é", "naïve café", "名前", "🙂", "a/b", "a,b", 'say "hi"', "$x_1^2$", "%s {0} <b>&amp;</b>",
    "NA", "001", "-1", "=1+1", "..", "x" * 128, "ÄÖÜß", "ملف", "a|b", "#1", "nan", "[bold]",
)
COUNTS: Final = (0, 1, 2, 3)
# fmt: on


def accepted(rng: Random, folder: Path) -> tuple[Path, Scenario]:
    """A scenario without errors, in a file of the folder."""
    write_csv_files(folder)
    path = folder / FILE
    while True:
        content = Odd(rng).scenario() if rng.random() < 0.8 else varied(rng, random_scenario(rng.randrange(10**6)))
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
        scenario, faults = examine(path)
        if scenario is not None and not errors(faults):
            return path, scenario


def varied(rng: Random, content: Section) -> Section:
    """An ordinary random scenario with one thing that is odd."""
    change: Section = rng.choice(
        (
            {"drain": "0s"}, {"warmup": "auto"}, {"warmup": rng.choice(TIMES)}, {"event_source_mappings": []},
            {"producers": []}, {"duration": rng.choice(TIMES)}, {"drain": rng.choice(TIMES)},
            {"name": rng.choice(NAMES)},
        )
    )  # fmt: skip
    return {**content, **change}


def write_csv_files(folder: Path) -> None:
    """The traces, keys and values that scenarios may name."""
    tables = {
        "trace": "time_s,records\n0,5\n0.5,0\n60,600\n61,1\n",
        "nothing": "time_s,records\n0,0\n1,0\n",
        "keys": "key,weight\nä,1\n名,0.5\n,3\n",
        "values": "value\n0.001\n0.5\n2\n",
        "sizes": "value\n1\n100\n5000\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


class Odd:
    """Makes one scenario."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.pick = rng, rng.choice
        self.names = rng.sample(NAMES, 12)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def some(self, section: Section, probability: float = 0.3) -> Section:
        """Each of the fields with a probability."""
        return {name: value for name, value in section.items() if self.chance(probability)}

    def scenario(self) -> Section:
        """All of it."""
        streams = {self.names[i]: self.stream() for i in range(self.pick((1, 1, 2)))}
        functions = {self.names[3 + i]: self.function() for i in range(self.pick((1, 1, 2)))}
        producers = [self.producer(self.pick(list(streams))) for _ in range(self.pick(COUNTS))]
        mappings = [
            self.mapping(self.pick(list(streams)), self.pick(list(functions))) for _ in range(self.pick(COUNTS))
        ]
        for number, each in enumerate(mappings):
            each["name"] = f"{each['name']}{number or ''}"[-128:].strip()
        return {
            "duration": self.pick(TIMES[1:]),
            "streams": streams,
            "producers": producers,
            "functions": functions if mappings or self.chance(0.5) else {},
            "event_source_mappings": mappings,
            **self.some(
                {
                    "name": self.names[8],
                    "description": self.names[9],
                    "drain": self.pick(("0s", self.pick(TIMES))),
                    "warmup": self.pick(("auto", self.pick(TIMES))),
                    "seed": self.pick((0, 1, 2**63 - 1)),
                    "account": {"concurrency": self.pick((0, 1, 1000)), "other_concurrency": self.pick((0, 0, 1))},
                    "objectives": self.objectives(),
                },
                0.5,
            ),
        }

    def objectives(self) -> Section:
        """Some, easy or not."""
        times = ("latency_p50", "latency_max", "iterator_age_p99", "recovery_time")
        return self.some(
            {**{name: self.pick(TIMES) for name in times}, "records_lost": self.pick((0, 5)), "cost_per_month": 1}
        )

    def stream(self) -> Section:
        """A stream of one shard or hundreds."""
        return {"shards": self.pick(SHARDS), **self.some({"retention": "8760h", "max_record_size": "10MiB"}, 0.2)}

    def producer(self, stream: str) -> Section:
        """A producer, perhaps of nothing."""
        return {
            "stream": stream,
            "rate": self.rate(),
            **self.some(
                {
                    "arrivals": "constant",
                    "start": self.pick(("", "-")) + self.pick(TIMES),
                    "stop": self.pick(TIMES),
                    "record_size": self.distribution(SIZES, "sizes"),
                    "partition_keys": self.keys(),
                    "on_throttle": "drop",
                }
            ),
        }

    def rate(self) -> Any:
        """A rate or a profile."""
        low, high = self.pick(RATES), self.pick(RATES)
        return self.pick(
            (
                low, low, low,
                {"trace": self.pick(("trace.csv", "nothing.csv")), "stretch": self.pick((1e-6, 1, 1000))},
                {"steps": [{"at": "0s", "rate": low}, {"at": self.pick(TIMES[1:]), "rate": high}]},
                {"sine": {"mean": low, "amplitude": high, "period": self.pick(TIMES[3:])}},
                {"spikes": {"base": low, "peak": high, "every": self.pick(TIMES[3:]), "lasts": self.pick(TIMES[:4])}},
            )
        )  # fmt: skip

    def keys(self) -> Any:
        """Few keys, or many of which few are used."""
        return self.pick(
            (
                "unique", {"count": self.pick((1, 2, 1000))}, {"count": 3, "order": "round_robin"},
                {"count": 1000, "popularity": {"zipf": self.pick((0, 1, 20))}}, {"weights": "keys.csv"},
            )
        )  # fmt: skip

    def distribution(self, values: tuple[str, ...], file: str) -> Any:
        """An amount, or a distribution of amounts."""
        low, high = self.pick(values), self.pick(values)
        return self.pick(
            (
                low, {"uniform": {"low": low, "high": high}}, {"exponential": {"mean": low}},
                {"normal": {"mean": low, "sd": high}}, {"lognormal": {"median": low, "p99": high}},
                {"gamma": {"mean": low, "cv": self.pick((0.001, 1, 30))}},
                {"empirical": {"file": f"{file}.csv", "column": "value"}},
            )
        )  # fmt: skip

    def function(self) -> Section:
        """A function that may take no time, fail always or never run."""
        parts = {part: self.distribution(TIMES[:10], "values") for part in ("per_batch", "per_record", "per_mib")}
        return {
            "duration": self.some(parts, 0.5),
            **self.some(
                {
                    "timeout": self.pick(("1s", "3s", "900s")),
                    "cold_start": self.distribution(TIMES[:11], "values"),
                    "idle_timeout": self.pick(TIMES),
                    "reserved_concurrency": self.pick((0, 1, 5)),
                    "provisioned_concurrency": self.pick((1, 5)),
                    "failures": [self.failure() for _ in range(self.pick(COUNTS))],
                    "memory": "10240MiB",
                }
            ),
        }

    def failure(self) -> Section:
        """What goes wrong."""
        probability, period = self.pick((0, 0.01, 0.5, 1)), {"from": self.pick(TIMES), "to": self.pick(TIMES)}
        return self.pick(
            (
                {"kind": "random", "probability": probability}, {"kind": "poison", "probability": probability},
                {"kind": "outage", **period, "fails_after": self.pick((0, 1))},
                {"kind": "poison", "at": [self.pick(TIMES)]},
                {"kind": "slow", **period, "factor": self.pick((0, 3, 1e6))},
            )
        )  # fmt: skip

    def mapping(self, stream: str, function: str) -> Section:
        """A mapping, with whatever can be odd about it."""
        latency, interval = self.pick(TIMES[:11]), self.pick(TIMES[3:13])
        polling = {"interval": interval, "phase": "spread", "latency": latency, "missed": self.pick((0.5, 1)),
                   "get_records_limit": self.pick((1, 10)), "repoll": "base_rate"}  # fmt: skip
        return {
            "name": self.pick(self.names),
            "stream": stream,
            "function": function,
            **self.some(
                {
                    "consumer": "push",
                    "batch_size": self.pick((1, 10, 10_000)),
                    "maximum_batching_window": self.pick(("1s", "300s")),
                    "parallelization_factor": self.pick((2, 10)),
                    "starting_position": self.pick(("trim_horizon", {"at_timestamp": self.pick(TIMES)})),
                    "starts_after": self.pick(TIMES),
                    "maximum_retry_attempts": self.pick((0, 1, 10_000)),
                    "maximum_record_age": self.pick(("60s", "604800s")),
                    "bisect_batch_on_function_error": True,
                    "report_batch_item_failures": True,
                    "on_failure_destination": True,
                    "disabled": [{"from": self.pick(TIMES), "to": self.pick(TIMES)}],
                    "polling": self.some(polling),
                    "push": {"propagation": self.pick(TIMES[:12])},
                    "invoke_overhead": self.pick(TIMES[:10]),
                    "retry_backoff": self.backoff(),
                    "throttle_backoff": self.backoff(),
                }
            ),
        }

    def backoff(self) -> Section:
        """A backoff from a millisecond to years."""
        return {
            "initial": self.pick(TIMES[3:]),
            "maximum": self.pick(TIMES[3:]),
            "factor": self.pick((1, 1.5, 1000)),
            "jitter": self.pick((0, 0.5, 1)),
        }
