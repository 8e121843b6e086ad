"""Concurrency and the environments of a function, against Erlang's formulas."""

from __future__ import annotations

import math

from simulator.measures.run import simulate
from simulator.scenario.spec import Scenario
from tests.model.rows import Section
from tests.validation.setups import drawn, pushed, text
from tests.validation.studies import Chapter, Expected, Figures, Study
from tests.validation.theory_queues import Service, erlang_b, erlang_c_wait

SHARDS, LANES_A_SHARD = 200, 10


def chapter(effort: float = 1.0) -> Chapter:
    """All of them."""
    return Chapter(
        "Concurrency and environments",
        "Poisson arrivals spread over 2,000 lanes (200 shards with a parallelization factor of 10), so that a "
        "record hardly ever finds its lane busy and attempts come as a Poisson process too. Erlang B holds exactly "
        "where calls that find all provisioned environments busy go elsewhere: there they make an environment of "
        "their own, a cold start, which is gone at once with `idle_timeout: 0s`. Erlang C needs a queue, and "
        "throttled attempts do not queue: they come back after a backoff. With a backoff that is short against the "
        "duration the two meet: a unit of concurrency given back idles for at most one backoff, so the wait lies "
        "between Erlang C's and the one with durations longer by a backoff. With the default backoff Erlang C is a "
        "lower bound only, and the row says no more than that.",
        (
            overflow(4, 3.0, 1.0, effort),
            overflow(8, 5.0, 0.0, effort),
            overflow(8, 10.0, 2.0, effort),
            busy(effort),
            short_backoff(effort),
            default_backoff(effort),
        ),
    )


def many_lanes(rate: float, attempts: float, service: Service) -> Section:
    """Attempts at a rate, each of one record, in lanes that are hardly ever busy."""
    content = pushed(rate, attempts / rate, drawn(service), parallelization_factor=LANES_A_SHARD)
    content["streams"]["s"]["shards"] = SHARDS
    content["functions"]["f"]["cold_start"] = "0s"
    return content


def attempts(content: Scenario, replication: int) -> Figures:
    """Parts of the attempts that were cold starts, the mean wait for concurrency, and the mean concurrency."""
    result = simulate(content, None, replication)
    mapping = result.mappings[0]
    counts, used = mapping.measures.counts, result.measures.functions["f"]
    return {
        "cold": counts["cold_starts"] / counts["attempts"],
        "throttled": mapping.parts_mean_s["throttled"],
        "concurrency": used.total_s / result.end_s,
    }


def overflow(servers: int, offered: float, cv: float, effort: float) -> Study:
    """Calls that overflow from provisioned environments."""
    service = Service(0.5, cv)
    content = many_lanes(offered / service.mean_s, 50_000 * effort, service)
    content["functions"]["f"] |= {"provisioned_concurrency": servers, "idle_timeout": "0s"}
    name = {0.0: "constant", 1.0: "exponential", 2.0: "gamma with cv 2"}[cv]
    blocked = erlang_b(offered, servers)
    return Study(
        f"{servers} provisioned environments, {offered:g} erlangs, duration {name}",
        content,
        attempts,
        (Expected(f"Erlang B({servers}, {offered:g}), {name}", "cold", blocked, "Erlang B, of any duration", ""),),
        10,
    )


def busy(effort: float) -> Study:
    """Nothing binds: as many servers as are wanted."""
    service = Service(2.0, 2.0)
    return Study(
        "no limit, 12.5 records/s, gamma with mean 2 s and cv 2",
        many_lanes(12.5, 50_000 * effort, service),
        attempts,
        (Expected("M/G/infinity: mean concurrency", "concurrency", 25.0, "rate x duration", ""),),
        10,
    )


def limited(servers: int, offered: float, count: float) -> Section:
    """A reserve of so many units of concurrency; mean duration 1 s, exponential."""
    content = many_lanes(offered, count, Service(1.0, 1.0))
    content["functions"]["f"]["reserved_concurrency"] = servers
    return content


def short_backoff(effort: float) -> Study:
    """Retries as often as a queue would look."""
    servers, offered, backoff_s = 3, 2.1, 0.01
    content = limited(servers, offered, 20_000 * effort)
    content["event_source_mappings"][0]["throttle_backoff"] = {"initial": text(backoff_s), "factor": 1, "jitter": 0}
    low, high = (erlang_c_wait(offered, mean, servers) for mean in (1.0, 1.0 + backoff_s))
    return Study(
        "reserve 3, 2.1 erlangs, exponential durations of mean 1 s, throttle backoff 10 ms",
        content,
        attempts,
        (Expected("Erlang C's wait", "throttled", low, "Erlang C, with a backoff and without", high=high),),
        10,
    )


def default_backoff(effort: float) -> Study:
    """The default: 0.5 s, doubled up to 60 s."""
    servers, offered = 3, 2.1
    low = erlang_c_wait(offered, 1.0, servers)
    return Study(
        "the same with the default throttle backoff: 0.5 s, doubled up to 60 s, without jitter",
        limited(servers, offered, 20_000 * effort),
        attempts,
        (Expected("more than Erlang C's wait", "throttled", low, "Erlang C is a lower bound", high=math.inf),),
        10,
    )
