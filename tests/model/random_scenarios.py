"""Small random scenarios without randomness of their own, that mix the mechanisms of docs/model.md.

The numbers of one half are awkward, so that hardly ever two things are due at the same instant; those of the other half
are round, so that many are.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Section = dict[str, Any]
KINDS = ["usual"] * 13 + ["burst"] * 3 + ["backlog"] * 3 + ["crowded"] * 2 + ["aged"] * 2 + ["retained"] * 3
STEPS = 499  # awkward numbers lie on a grid of so many steps, and a little beside it
GRIDS = [0.0] * 3 + [0.1, 0.25, 0.5]  # of round times, in seconds; 0: awkward
EXACT_RATES = [4.8, 6, 7.2, 7.5, 9, 9.6, 10, 12, 12.5]  # /h: for a day the times of production are whole nanoseconds
ROUND_RATES = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 4, 5, 10, 20, 25, 40, 50, 100, 500, 1000, 2000, 4000]  # /s, or /h


def random_scenario(seed: int) -> Section:
    """The scenario of a seed, as a parsed file."""
    return Maker(Random(seed)).scenario()


def scenarios() -> st.SearchStrategy[Section]:
    """A hypothesis strategy of such scenarios."""
    return st.randoms(use_true_random=False).map(lambda random: Maker(random).scenario())


def text(number: float, unit: str) -> str:
    """A number with its unit."""
    return f"{number:.6g}{unit}"


class Maker:
    """Makes one scenario."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.drawn = 0
        self.grid = self.pick(GRIDS)
        self.kind = self.pick(KINDS)
        self.duration = self.awkward(19, 47)
        if self.kind == "aged":
            self.duration = self.awkward(141, 163)
        if self.kind == "retained":
            self.duration = self.awkward(3700, 6100)
        self.scale = self.duration / 40 if self.kind == "retained" else 1.0  # of outages, backoffs, periods

    # Drawing

    def chance(self, probability: float) -> bool:
        """True with a probability; shrinks to False."""
        return self.random.randint(0, 99) >= 100 - round(100 * probability)

    def pick(self, values: Sequence[T]) -> T:
        """One of some values; shrinks to the first."""
        return values[self.random.randint(0, len(values) - 1)]

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high."""
        return self.random.randint(low, high)

    def awkward(self, low: float, high: float) -> float:
        """A number between low and high that has nothing to do with any other."""
        self.drawn += 1
        beside = self.drawn * 0.6180339887498949 % 1
        return float(f"{low + (high - low) * (self.random.randint(0, STEPS - 1) + beside) / STEPS:.6g}")

    # Numbers with units: awkward ones as they are, or round ones near them

    def s(self, seconds: float) -> str:
        """A duration, not 0."""
        if not self.grid:
            return text(seconds, "s")
        return text(self.grid * (round(seconds / self.grid) or (1 if seconds > 0 else -1)), "s")

    def time(self, low: float, high: float) -> str:
        """A duration, of so many seconds."""
        return self.s(self.awkward(low, high))

    def brief(self, low: float, high: float) -> str:
        """A duration that may be 0, of so many milliseconds."""
        milliseconds = self.awkward(low, high)
        if not self.grid:
            return text(milliseconds, "ms")
        return "0s" if self.chance(0.4) else self.s(milliseconds / 1000)

    def one_of(self, low: float, high: float, round_ones: Sequence[T]) -> float | T:
        """A number between low and high, or one of some round ones."""
        return self.pick(round_ones) if self.grid else self.awkward(low, high)

    def rate_of(self, number: float, unit: str = "/s") -> str:
        """A rate."""
        if not self.grid:
            return text(number, unit)
        return text(min(ROUND_RATES, key=lambda rate: abs(rate - number)), unit)

    def size(self, number: int) -> str:
        """A size."""
        return text(number, "B") if not self.grid else f"{2 ** (number.bit_length() - 1)}B"

    def period(self, low: float, high: float) -> Section:
        """A part of the run: from within (low, high) of the duration, for 4 to 13 s (more in long runs)."""
        start = self.awkward(low, high) * self.duration
        return {"from": self.s(start), "to": self.s(start + self.awkward(3, 11) * self.scale)}

    # The sections of the file

    def scenario(self) -> Section:
        """All of it."""
        streams = self.streams()
        functions = {name: self.function(n) for n, name in enumerate(["store", "count"][: self.whole(1, 2)])}
        mappings = self.mappings(streams, functions)
        result: Section = {"name": f"random-{self.kind}", "duration": self.s(self.duration)}
        result["drain"] = self.time(2000, 7000) if self.kind == "retained" else self.time(5, 75)
        result["streams"] = streams
        result["producers"] = [p for name in streams for p in self.producers(name, streams, mappings)]
        result["functions"] = functions
        result["event_source_mappings"] = mappings
        account = self.account(functions)
        return {**result, "account": account} if account else result

    def account(self, functions: dict[str, Section]) -> Section:
        """Sometimes an account with little left."""
        if not self.chance(0.3):
            return {}
        other = self.whole(0, 5)
        reserves = sum(f.get("reserved_concurrency", 0) for f in functions.values())
        without = [f for f in functions.values() if "reserved_concurrency" not in f]
        provisioned = sum(f.get("provisioned_concurrency", 0) for f in without)
        return {"concurrency": reserves + other + max(provisioned, self.pick([1, 2, 3])), "other_concurrency": other}

    def streams(self) -> dict[str, Section]:
        """One stream or two."""
        long = self.kind in ("aged", "retained", "crowded")
        names = ["clicks", "files"][: self.pick([1, 1, 2])] if not long else ["clicks"]
        streams: dict[str, Section] = {name: {"shards": 1 if long else self.pick([1, 1, 2, 3])} for name in names}
        if self.kind == "retained" and self.chance(0.3):
            streams["clicks"]["retention"] = "25h"
        return streams

    def producers(self, stream: str, streams: dict[str, Section], mappings: list[Section]) -> list[Section]:
        """The producers of a stream: several sizes where there are several lanes; their names are their stream's."""
        lanes = max(m.get("parallelization_factor", 1) for m in mappings if m["stream"] == stream)
        several = lanes > 1 or streams[stream]["shards"] > 1
        count = self.whole(3, 6) if lanes > 1 else self.whole(1, 3)
        pushed = any(m.get("consumer") == "push" for m in mappings)
        total = self.awkward(2, 8) if pushed or self.kind in ("aged", "burst") else self.awkward(9, 37)
        result = [self.producer(stream, n, total / count / len(streams), several) for n in range(count)]
        for special in (self.burst, self.large):
            result += special(stream, streams, several)
        return result

    def producer(self, stream: str, n: int, rate: float, several: bool) -> Section:
        """An ordinary producer."""
        p: Section = {"name": f"{stream}{n}", "stream": stream, "arrivals": "constant"}
        p["rate"] = self.rate(rate * self.awkward(0.7, 1.3))
        p["record_size"] = self.size(self.whole(3, 40) ** 2 * 10 + 7 * n + 3)
        if several:
            p["partition_keys"] = self.keys()
        if self.kind == "retained":
            start = -self.awkward(25.1, 26.3)
            p["start"] = text(round(start * 2) / 2 if self.grid else start, "h")
            p["rate"] = f"{self.pick(EXACT_RATES)}/h"
        elif self.kind == "backlog":
            p["start"] = self.time(-29, -17)
            p["record_size"] = self.size(self.whole(60, 270) * 1009)
        elif self.kind == "crowded":
            p["record_size"] = self.size(self.whole(5, 80) * 1009)
        elif self.chance(0.3):
            p["start"] = self.time(-9, -1) if self.chance(0.6) else self.time(0.5, 5)
        if self.chance(0.15):
            p["stop"] = self.s(self.duration * self.awkward(0.6, 0.95))
        return p

    def keys(self) -> Section:
        """Keys without randomness."""
        return {"count": 1} if self.chance(0.1) else {"count": self.whole(5, 41), "order": "round_robin"}

    def rate(self, mean: float) -> Any:
        """A rate, or a profile about it."""
        profile = self.pick(["constant", "constant", "steps", "sine", "spikes"])
        if profile == "constant" or self.kind == "retained":
            return self.rate_of(mean)
        if profile == "sine":
            wave = {"mean": self.rate_of(mean), "amplitude": self.rate_of(mean * self.awkward(0.3, 1.7))}
            return {"sine": {**wave, "period": self.time(7, 31), "peak_at": self.time(1, 13)}}
        if profile == "spikes":
            base, peak = self.rate_of(mean * 0.53), self.rate_of(mean * self.awkward(2, 5))
            return {"spikes": {"base": base, "peak": peak, "every": self.time(9, 17), "lasts": self.time(1, 3)}}
        ats = ["0s" if self.chance(0.5) else self.time(0.3, 2), self.time(5, 11), self.time(12, 19)]
        return {"steps": [{"at": at, "rate": self.rate_of(mean * self.awkward(0.1, 2.3))} for at in ats]}

    def burst(self, stream: str, streams: dict[str, Section], several: bool) -> list[Section]:
        """More than a shard accepts, in records or in bytes."""
        if self.kind != "burst" or stream != "clicks":
            return []
        shards = streams[stream]["shards"]
        bytes_too = self.chance(0.6)
        peak, size = (self.awkward(61, 97), 23003) if bytes_too else (self.awkward(2900, 4100), 211)
        lasts = self.time(2, 4) if bytes_too else self.time(0.5, 0.6)
        times = {"every": self.s(self.duration * 0.83), "lasts": lasts}
        base = self.rate_of(self.awkward(0.4, 1.1))
        names = [("retrying", 0.59), ("dropping", 0.47)] if self.chance(0.6) else [("retrying", 1.07)]
        result: list[Section] = []
        for n, (name, part) in enumerate(names):
            spikes = {"base": base, "peak": self.rate_of(peak * part * min(shards, 1.3)), **times}
            p = {"name": f"{stream}-{name}", "stream": stream, "arrivals": "constant", "rate": {"spikes": spikes}}
            p |= {"record_size": self.size(size + 13 * n), "start": self.time(0.1, 0.4)}
            p |= {"on_throttle": "drop"} if name == "dropping" else {}
            result.append({**p, "partition_keys": self.keys()} if several else p)
        return result

    def large(self, stream: str, streams: dict[str, Section], several: bool) -> list[Section]:
        """Sometimes a few records of a MiB or two."""
        if self.kind in ("aged", "retained") or not self.chance(0.12):
            return []
        streams[stream]["max_record_size"] = "4MiB"
        p: Section = {"name": f"{stream}-large", "stream": stream, "arrivals": "constant"}
        p |= {"rate": self.rate_of(self.awkward(0.13, 0.53)), "record_size": self.size(self.whole(500, 2600) * 1013)}
        p |= {"on_throttle": "drop"} if self.chance(0.4) else {}
        return [{**p, "partition_keys": self.keys()} if several else p]

    def function(self, n: int) -> Section:
        """A function; the numbers of two differ."""
        low, high = (21, 97) if self.chance(0.15) else (0.5, 13)
        per_record = text(self.one_of(low, high, [0, 0, 25, 100]), "ms")
        per_mib = "0s" if self.grid and self.chance(0.7) else self.brief(51, 911)
        f: Section = {"duration": {"per_batch": self.brief(21, 311), "per_record": per_record, "per_mib": per_mib}}
        f["timeout"] = f"{self.whole(1, 3)}s" if self.chance(0.35) else "30s"
        cold_start = self.brief(51, 411)
        f["cold_start"] = self.pick(["0s", cold_start, {"constant": cold_start}])
        if self.chance(0.5):
            f["idle_timeout"] = self.time(0.7, 5)
        if self.chance(0.3):
            f["reserved_concurrency"] = 0 if self.chance(0.04) else self.whole(1, 3 - n)
        if self.chance(0.3) and f.get("reserved_concurrency") != 0:
            f["provisioned_concurrency"] = self.whole(1, min(2, f.get("reserved_concurrency", 2)))
        failures = self.failures()
        return {**f, "failures": failures} if failures else f

    def failures(self) -> list[Section]:
        """Outages, slow periods and poison records."""
        result: list[Section] = []
        if self.kind == "aged":
            start = self.awkward(11, 23)
            result.append({"kind": "outage", "from": self.s(start), "to": self.s(start + self.awkward(79, 107))})
        elif self.kind == "retained":
            result.append({"kind": "outage", "from": "0s", "to": self.time(1700, 4100)})
        elif self.chance(0.35):
            result.append({"kind": "outage", **self.period(0.2, 0.7)})
        for _ in range(self.pick([0, 0, 1, 2])):
            result.append({"kind": "slow", **self.period(0.1, 0.6), "factor": self.one_of(1.3, 7, [2, 1.5, 0.5])})
        if self.chance(0.4):
            at = [self.s(self.duration * self.awkward(0.1, 0.9)) for _ in range(self.whole(1, 4))]
            result.append({"kind": "poison", "at": at})
        for kind in ("random", "poison"):
            if self.chance(0.04):
                result.insert(self.whole(0, len(result)), {"kind": kind, "probability": 1})
        for failure in result:
            if failure["kind"] != "slow" and self.chance(0.5):
                failure["fails_after"] = self.one_of(0.2, 0.99, [0.5, 0.75])
        return result

    def mappings(self, streams: dict[str, Section], functions: dict[str, Section]) -> list[Section]:
        """One to four mappings, at least one of each stream."""
        targets = list(streams) + [self.pick(list(streams)) for _ in range(self.pick([0, 0, 1, 2]))]
        if self.kind in ("aged", "retained", "burst"):
            targets = targets[: len(streams)] + targets[len(streams) :][:1]
        if self.kind == "crowded":  # so many pollers that they refuse each other
            targets = ["clicks"] * self.whole(2, 4)
        result = [self.mapping(stream, self.pick(list(functions)), n) for n, stream in enumerate(targets)]
        polling: list[Section] = []
        for m in result:
            if m.get("consumer") != "push":
                m["polling"] = self.polling(streams[m["stream"]]["shards"], polling)
                polling.append(m["polling"])
        return result

    def mapping(self, stream: str, function: str, n: int) -> Section:
        """A mapping, without its polling."""
        m: Section = {"name": f"mapping-{n}", "stream": stream, "function": function}
        if self.chance(0.25) and self.kind != "crowded":
            m |= {"consumer": "push", "push": {"propagation": self.brief(41, 311)}}
        if self.chance(0.8):
            m["batch_size"] = self.whole(2, 60) if "consumer" not in m else self.whole(2, 20)
        if self.chance(0.25):
            m["maximum_batching_window"] = f"{self.whole(1, 8)}s"
        if self.chance(0.35):
            m["parallelization_factor"] = self.whole(2, 4)
        position = self.pick(["trim_horizon", "trim_horizon", "trim_horizon", "latest", "at"])
        before = self.awkward(-6, 2) if self.kind != "retained" else self.awkward(-90000, -3000)
        m["starting_position"] = {"at_timestamp": self.s(before)} if position == "at" else position
        if self.chance(0.25):
            m["starts_after"] = self.time(0.3, 7)
        if self.chance(0.2):
            m["invoke_overhead"] = self.brief(3, 31)
        if self.chance(0.25):
            m["disabled"] = [self.period(0.1, 0.8) for _ in range(self.whole(1, 2))]
        return {**m, **self.error_handling()}

    def error_handling(self) -> Section:
        """What a mapping does after an error or a throttle."""
        m: Section = {}
        if self.chance(0.6):
            m["maximum_retry_attempts"] = self.whole(0, 5)
        for flag in ("bisect_batch_on_function_error", "report_batch_item_failures", "on_failure_destination"):
            if self.chance(0.35):
                m[flag] = True
        if self.kind == "aged" or (self.kind == "retained" and self.chance(0.3)):
            m["maximum_record_age"] = f"{self.whole(60, 71) if self.kind == 'aged' else self.whole(3000, 86000)}s"
            m.pop("maximum_retry_attempts", None)
        if self.kind == "retained" and self.chance(0.7):
            m.pop("maximum_retry_attempts", None)
        m["retry_backoff"] = self.backoff()
        m["throttle_backoff"] = self.backoff()
        return m

    def backoff(self) -> Section:
        """A backoff; slow ones in long runs."""
        if self.kind == "retained":
            return {"initial": self.time(0.7, 3), "maximum": self.time(41, 97), "jitter": 0}
        longest = self.time(5, 13) if self.kind == "aged" else self.time(1.3, 7)
        # few digits: no product lies half-way between two nanoseconds, where double precision would decide
        factor = round(self.one_of(1.1, 2.7, [1, 2, 1.5]), 2)
        initial = self.s(round(self.awkward(0.171, 0.711), 3))
        return {"initial": initial, "factor": factor, "maximum": longest, "jitter": 0}

    def polling(self, shards: int, before: list[Section]) -> Section:
        """How a mapping polls; with round numbers often as the one before it does, so that they poll at one instant."""
        if self.grid and before and self.chance(0.5):
            return {**self.pick(before)}
        interval = self.awkward(7, 13) if self.kind == "retained" else self.awkward(0.23, 1.9)
        if not before and self.kind != "retained" and self.chance(0.5):
            interval = 1.0
        if self.kind == "crowded":
            interval = self.awkward(0.19, 0.67)
        polling: Section = {"interval": self.s(interval), "phase": self.phase(interval), "jitter": 0}
        if shards > 1 and self.chance(0.7):
            polling["phase"] = "spread"
        if self.chance(0.3):
            polling["get_records_limit"] = self.whole(5, 60)
        if self.chance(0.5):
            polling["latency"] = self.brief(3, 411)
        if self.chance(0.15):  # longer than the interval: several calls in flight
            polling["latency"] = self.s(self.awkward(1.1, 2.7) * interval)
        if self.chance(0.3):
            polling["repoll"] = "base_rate"
        return polling

    def phase(self, interval: float) -> str:
        """A phase below the interval."""
        if not self.grid:
            return text(self.awkward(0.05, 0.95) * interval, "s")
        steps = max(1, round(interval / self.grid))
        return text(self.grid * self.whole(0, steps - 1), "s")
