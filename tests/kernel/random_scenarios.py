"""Random scenarios with randomness of their own: those of tests/model, and draws put into them."""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import pairwise
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from simulator.scenario.units import parse_duration
from tests.model.random_scenarios import scenarios, text

Section = dict[str, Any]
KEYS: Final = 40


def random_scenarios() -> st.SearchStrategy[Section]:
    """A hypothesis strategy of scenarios that mix the mechanisms of docs/model.md, and draw; shrunk they do not."""
    return st.builds(stochastic, scenarios(), st.randoms(use_true_random=False))


def stochastic(content: Section, random: Random) -> Section:
    """The content of a scenario without randomness, made random in some places, which `random` picks."""
    return Dice(random).scenario(deepcopy(content))


class Dice:
    """Makes one scenario random, in place."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def scenario(self, content: Section) -> Section:
        """All of it."""
        content["seed"] = self.random.randint(0, 1000)
        for producer in content["producers"]:
            self.producer(producer)
        for function in content["functions"].values():
            self.function(function)
        for mapping in content["event_source_mappings"]:
            self.mapping(mapping)
        for stream in content["streams"].values():
            self.change(content, stream)
        content["readers"] = [self.reader(name) for name in content["streams"] if self.chance(0.25)]
        if self.chance(0.5):
            content.setdefault("account", {})["requests_per_concurrency"] = self.random.choice(["0/s", "1/s", "3.7/s"])
        return content

    def producer(self, producer: Section) -> None:
        """Arrivals, sizes and keys."""
        if self.chance(0.7):
            producer["arrivals"] = "poisson"
        if self.chance(0.5):
            producer["record_size"] = self.distribution(producer["record_size"])
        if self.chance(0.7):
            producer["partition_keys"] = self.keys()

    def keys(self) -> Any:
        """Keys that are drawn."""
        kind = self.random.randint(0, 2)
        if kind == 0:
            return "unique"
        popularity = "uniform" if kind == 1 else {"zipf": self.part(0, 2)}
        return {"count": self.random.randint(1, KEYS), "popularity": popularity}

    def function(self, function: Section) -> None:
        """Durations, cold starts and failures."""
        duration = function["duration"]
        for name in duration:
            if self.chance(0.5):
                duration[name] = self.distribution(duration[name])
        if self.chance(0.5):
            function["cold_start"] = self.distribution(function["cold_start"])
        failures = function.setdefault("failures", [])
        for failure in failures:
            if failure["kind"] == "outage" and self.chance(0.6):
                failure["probability"] = self.part(0.1, 1)
        for kind, most in (("random", 0.5), ("poison", 0.1)):
            if self.chance(0.4):
                new = {"kind": kind, "probability": self.part(0, most), "fails_after": self.part(0, 1)}
                failures.insert(self.random.randint(0, len(failures)), new)

    def mapping(self, mapping: Section) -> None:
        """When it polls, and how long it waits."""
        polling = mapping.get("polling", {})
        if polling and self.chance(0.6):
            polling["jitter"] = self.part(0, 0.5)
        if polling and self.chance(0.3):
            polling["missed"] = self.part(0, 0.5)
        if polling and self.chance(0.5):
            polling["phase"] = "random"
        mapping["shard_discovery"] = self.random.choice(["2s", "0.7s", "0s"])
        for name in ("retry_backoff", "throttle_backoff"):
            if self.chance(0.6):
                mapping[name]["jitter"] = self.part(0, 1)

        if self.chance(0.35):
            mapping["filter"] = {
                "passes": self.random.choice([1, 0.7, 0.2, 0]),
                "by": self.random.choice(["record", "key"]),
            }

    def change(self, content: Section, stream: Section) -> None:
        """Have the shards of a stream change, perhaps: by requests, by a rule, on demand; within minutes, or hours."""
        if self.chance(0.3):
            stream["hash_ranges"] = self.ranges(stream["shards"])
        kind = self.random.choice(["no", "no", "no", "requests", "requests", "rule", "both", "on demand"])
        lasts_s = parse_duration(content["duration"])
        if kind in ("rule", "both", "on demand") and lasts_s < 150:
            content["duration"], lasts_s = "150s", 150.0
        if kind != "no":
            begin = self.random.choice(["0s", "1s", {"exponential": {"mean": "3s"}}])
            each = self.random.choice(["0s", "0.8s", {"uniform": {"low": "0.1s", "high": "5s"}}])
            stream["resharding_time"] = {"begin": begin, "each": each}
        if kind in ("requests", "both"):
            at = sorted(self.part(0, 1.2) * lasts_s for _ in range(self.random.randint(1, 6)))
            stream["resharding"] = [{"at": text(each, "s"), **self.request()} for each in at]
        if kind in ("rule", "both"):
            stream["scaling"] = self.rule()
        if kind == "on demand":
            delay = self.random.choice(["0s", "1m", {"uniform": {"low": "5s", "high": "50s"}}])
            stream |= {"mode": "on_demand", "on_demand": {"split_above": 0.0003, "delay": delay, "maximum": 7}}

    def ranges(self, shards: int) -> list[list[int]]:
        """Of so many shards, unequal: where one begins is in the low bits or in the high ones."""
        begins = sorted(self.random.sample(range(1, 2**16), shards - 1))
        firsts = [0, *(each * 2**112 + self.random.choice([0, 1, self.random.randrange(2**112)]) for each in begins)]
        return [[first, after - 1] for first, after in pairwise([*firsts, 2**128])]

    def request(self) -> Section:
        """One that is carried out, or refused, as the shards will be."""
        first, kind = self.random.randint(0, 6), self.random.randint(0, 2)
        if kind == 0:
            return {"shards": self.random.randint(1, 6)}
        point = self.random.choice([0.5, 0.1, 0.8])
        return {"split": first, "point": point} if kind == 1 else {"merge": [first, first + 1]}

    def rule(self) -> Section:
        """One that asks for more and for fewer, as the traffic is."""
        above, metric = self.random.choice([1e-5, 3e-4, 3e-3]), self.random.choice(["use", "records", "bytes"])
        more: Section = self.random.choice([{"add": self.random.randint(1, 4)}, {"factor": self.part(1, 3)}])
        up = {"above": above, "period": "1m", "points": 1, "of": self.random.randint(1, 2), **more}
        down = {"below": above, "period": "1m", "points": 2, "of": 2, "cooldown": "20s"}
        limits = {"minimum": self.random.randint(1, 2), "maximum": 9, "delay": self.random.choice(["0s", "7s"])}
        return {"metric": metric, **limits, "up": up, "down": down}

    def reader(self, stream: str) -> Section:
        """Another reader, which takes much of what may be read."""
        reader = {"name": f"{stream} too", "stream": stream, "interval": self.random.choice(["1s", "0.3s", "4s"])}
        reader["starts_after"], limit = self.random.choice(["0s", "3s"]), self.random.choice([10_000, 7])
        disabled = self.random.choice([[], [{"from": "4s", "to": "9s"}]])
        return {**reader, "get_records_limit": limit, "disabled": disabled, "jitter": self.part(0, 0.5)}

    def distribution(self, amount: str | Section) -> Any:
        """A distribution about an amount, which may be written as a constant; nothing is made of 0."""
        written = amount if isinstance(amount, str) else amount["constant"]
        found = re.fullmatch(r"([-+.\de]+)([a-zA-Z]+)", written)
        assert found, written
        value, unit = float(found[1]), found[2]
        if value == 0:
            return amount

        def times(low: float, high: float) -> str:
            return text(value * self.part(low, high), unit)

        kind = self.random.randint(0, 4)
        if kind == 0:
            return {"uniform": {"low": times(0.1, 1), "high": times(1, 1.5)}}
        if kind == 1:
            return {"exponential": {"mean": written}}
        if kind == 2:
            return {"normal": {"mean": written, "sd": times(0, 2)}}
        if kind == 3:
            return {"lognormal": {"median": written, "p99": times(1, 9)}}
        return {"gamma": {"mean": written, "cv": self.part(0.1, 3)}}

    def chance(self, probability: float) -> bool:
        """True with a probability; shrinks to False."""
        return self.random.randint(0, 99) >= 100 - round(100 * probability)

    def part(self, low: float, high: float) -> float:
        """A number from low to high; shrinks to low."""
        return float(f"{low + (high - low) * self.random.randint(0, 1000) / 1000:.6g}")
