"""Both engines agree in the corners of the model, and where a time, a size or a count is exactly a limit."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Literal

import numpy as np
import pytest

from simulator.measures.run import simulate
from simulator.model import windows
from simulator.scenario.spec import Empirical
from tests.kernel.recording import first_difference, record
from tests.kernel.results import results_differ
from tests.model.rows import Section, scenario, small
from tests.model.test_corners import CORNERS
from tests.traffic.test_rates import PROFILES

EACH_SECOND: Section = {"rate": "1/s", "arrivals": "constant", "record_size": "3B"}  # at 0.5 s, 1.5 s, ...
AT_ONCE: Section = {"phase": "500ms", "latency": "0s"}  # polls find a record at the instant at which it is accepted
SIX_FILL_A_PAYLOAD = {"rate": "1/s", "arrivals": "constant", "record_size": "786033B"}
ALWAYS_FAILS = {"failures": [{"kind": "random", "probability": 1}], "duration": {"per_batch": "1s"}}
UNTIL = [{"from": "0s", "to": "86400s"}]


def reads_a_window_full() -> Section:
    """One mapping reads 2 MiB at once, and another one calls within the second."""
    content = small(run={"drain": "20s"}, producer={"rate": "0.2/s", "arrivals": "constant", "record_size": "1MiB"})
    first = content["event_source_mappings"][0]
    polls = {"interval": "10s", "jitter": 0}
    content["event_source_mappings"] = [
        {**first, "polling": {**polls, "phase": "9.1s"}},
        {**first, "name": "other", "polling": {**polls, "phase": "9.4s"}},
    ]
    return content


def refuses_calls() -> Section:
    """Polls that find no call left while an answer is on its way: lanes that wait for it go on waiting."""
    polls = {"interval": "300ms", "jitter": 0}
    content = small(
        run={"duration": "20s", "drain": "30s"},
        producer={"rate": "5/s"},
        function={"duration": {"per_batch": "700ms"}},
        mapping={"batch_size": 2, "polling": {**polls, "phase": "270ms", "latency": "1500ms", "get_records_limit": 4}},
    )
    first = content["event_source_mappings"][0]
    content["event_source_mappings"] += [
        {**first, "name": f"n{i}", "polling": {"phase": f"{50 + 130 * i}ms", "jitter": 0}} for i in range(6)
    ]
    return content


EDGES: dict[str, Section] = {
    "records that have expired when the run ends, which nobody has noticed": small(
        run={"duration": "20h", "drain": "10h"},
        producer={"rate": "1/h"},
        mapping={"consumer": "push", "disabled": [{"from": "2h", "to": "50h"}]},
    ),
    "a record that comes just as the last poll before it expires is made": small(
        run={"duration": "10s", "drain": "40h"},
        producer={"rate": "2/s"},
        mapping={"polling": {"interval": "30h", "phase": "4750ms", "get_records_limit": 1, "repoll": "base_rate"}},
    ),
    "records that are accepted just when the rows of the load double": small(
        run={"duration": "10s", "drain": "1000s"},
        producer={"rate": "10/s", "start": "-50ms", "stop": "5s", "record_size": "1MiB"},
    ),
    "two kinds of poison, which some records have both": small(
        function={
            "failures": [
                {"kind": "poison", "probability": 0.3, "fails_after": 0.2},
                {"kind": "poison", "probability": 0.4, "fails_after": 0.7},
            ]
        },
        mapping={"maximum_retry_attempts": 1, "bisect_batch_on_function_error": True},
    ),
    "a record that would have to wait for a nanosecond, and is dropped": small(
        run={"duration": "1s"}, producer={"rate": f"{1998 / 0.998999999:.9f}/s", "on_throttle": "drop"}
    ),
    "calls that are refused while an answer is on its way": refuses_calls(),
    "a payload that is exactly full": small(
        producer=SIX_FILL_A_PAYLOAD, mapping={"maximum_batching_window": "300s", "batch_size": 10}
    ),
    "a payload that is a byte too large": small(
        producer={**SIX_FILL_A_PAYLOAD, "record_size": "786034B"},
        mapping={"maximum_batching_window": "300s", "batch_size": 10},
    ),
    "a lane whose short attempts run out of the invocation rate": small(
        producer={"rate": "9/s", "arrivals": "constant", "record_size": "3B"},
        run={"account": {"requests_per_concurrency": "2.3/s"}},
        function={"duration": {"per_batch": "30ms"}, "reserved_concurrency": 2},
        mapping={"batch_size": 1, "invoke_overhead": "0s"},
    ),
    "records of three producers in one nanosecond, which doubles tell apart": {
        **(content := small(run={"drain": "5s"}, producer={"rate": "23.7/s", "arrivals": "constant"})),
        "producers": [
            {**content["producers"][0], "name": f"p{i}", "rate": rate}
            for i, rate in enumerate(("23.7/s", "7.9/s", "3.95/s"))
        ],
    },
    "a record just at the starting position": small(
        producer=EACH_SECOND, mapping={"starting_position": {"at_timestamp": "2.5s"}}
    ),
    "an attempt just when a failure begins, and when it ends": small(
        producer=EACH_SECOND,
        function={
            "failures": [
                {"kind": "slow", "from": "1.5s", "to": "3.5s", "factor": 3},
                {"kind": "outage", "from": "4.5s", "to": "6.5s"},
            ]
        },
        mapping={"polling": AT_ONCE, "invoke_overhead": "0s"},
    ),
    "records that wait at their producers and are skipped": small(
        run={"duration": "3s", "drain": "1s"},
        producer={"rate": "1900/s"},
        mapping={"starting_position": {"at_timestamp": "100s"}},
    ),
    "a record exactly as old as it may be": small(
        run={"duration": "1s"},
        producer=EACH_SECOND,
        function=ALWAYS_FAILS,
        mapping={
            "polling": AT_ONCE,
            "invoke_overhead": "0s",
            "maximum_record_age": "60s",
            "retry_backoff": {"initial": "59s", "maximum": "59s", "jitter": 0},
        },
    ),
    "an age that is the retention": small(
        run={"duration": "1s", "drain": "30h"},
        producer=EACH_SECOND,
        function={"reserved_concurrency": 0},
        mapping={
            "maximum_record_age": "24h",
            "throttle_backoff": {"initial": "5m", "maximum": "5m", "jitter": 0},
        },
    ),
    "a poll just when a record expires": small(
        run={"duration": "2s", "drain": "25h"},
        producer=EACH_SECOND,
        mapping={"polling": {**AT_ONCE, "interval": "100s"}, "disabled": UNTIL},
    ),
    "a record and a poll just when the kernel begins a step": small(
        producer={**EACH_SECOND, "start": "0.5s"}, mapping={"polling": {"phase": "0s", "latency": "0s"}}
    ),
    "a sending that would begin just when a record expires": small(
        run={"duration": "2s", "drain": "25h"},
        producer=EACH_SECOND,
        mapping={"consumer": "push", "disabled": [{"from": "0s", "to": "86400.5s"}]},
    ),
    "a record pushed just when the mapping is disabled": small(
        producer=EACH_SECOND,
        mapping={
            "consumer": "push",
            "push": {"propagation": "0.999998569s"},
            "disabled": [{"from": "1.5s", "to": "4s"}],
        },
    ),
    "a window of bytes that is exactly full": reads_a_window_full(),
    "a duration that is the timeout": small(function={"duration": {"per_batch": "3s"}, "timeout": "3s"}),
    "records that are gone behind some that wait": small(
        run={"drain": "31h"},
        producer=EACH_SECOND,
        mapping={
            "batch_size": 1,
            "invoke_overhead": "5s",
            "polling": {"phase": "2.7s", "interval": "30s"},
            "disabled": [{"from": "3s", "to": "30h"}],
        },
    ),
    "attempts that end just where an eighth of the traffic does, after a warm-up": small(
        run={"duration": "16s", "warmup": "8s"},
        producer={"rate": "10/s", "arrivals": "constant", "record_size": "1KiB"},  # 488,281 ns to be pushed
        function={"duration": {"per_batch": "49.511719ms", "per_record": "0s"}},
        mapping={"consumer": "push", "push": {"propagation": "0s"}, "batch_size": 1, "invoke_overhead": "0s"},
    ),
    "a lane that gives up what missed a unit before another one misses it": {
        **(
            content := small(
                run={"duration": "200s", "drain": "0s"},
                stream={"shards": 8},
                producer={
                    "rate": "0.01/s",
                    "arrivals": "constant",
                    "partition_keys": {"count": 2, "order": "round_robin"},
                },
                function={"duration": {"per_batch": "300s"}, "timeout": "400s", "reserved_concurrency": 1},
                mapping={"maximum_record_age": "60s"},
            )
        ),
        "streams": {**content["streams"], "t": {"shards": 1}},
        "producers": [*content["producers"], {"name": "q", "stream": "t", "rate": "1/s", "arrivals": "constant"}],
        "event_source_mappings": [
            *content["event_source_mappings"],
            {**content["event_source_mappings"][0], "name": "n", "stream": "t", "maximum_record_age": -1},
        ],
    },
    "a warm-up that ends when a record is accepted": small(run={"warmup": "4.5s"}, producer=EACH_SECOND),
    "records that fill their units": small(producer={"rate": "4/s", "record_size": "25KiB"}),
    "disabled before it starts": small(mapping={"starts_after": "5s", "disabled": [{"from": "1s", "to": "3s"}]}),
    "what is left, with a warm-up": small(
        run={"duration": "90s", "drain": "0s", "warmup": "40s"}, function={"reserved_concurrency": 0}
    ),
    "records that are gone between some that wait and some that come": small(
        run={"duration": "31h", "drain": "30h"},
        producer={"rate": "1/m", "arrivals": "constant"},
        function={"duration": {"per_batch": "100s"}, "timeout": "300s"},
        mapping={
            "batch_size": 2,
            "invoke_overhead": "5s",
            "polling": {"phase": "522s", "interval": "600s", "repoll": "base_rate"},
            "disabled": [{"from": "3h", "to": "107920s"}],
        },
    ),
    "an environment that was idle for just as long as it may be": small(
        producer=EACH_SECOND,
        function={"duration": {"per_batch": "400ms"}, "cold_start": "0s", "idle_timeout": "600ms"},
        mapping={"polling": {**AT_ONCE, "jitter": 0}},
    ),
    "more lanes than new environments can be had": small(
        run={"duration": "2s", "account": {"concurrency": 10_000}},
        stream={"shards": 200},
        producer={"rate": "3000/s", "partition_keys": {"count": 6000, "order": "round_robin"}},
        function={"duration": {"per_batch": "9s"}, "timeout": "60s"},
        mapping={"parallelization_factor": 10, "consumer": "push"},
    ),
}


@pytest.mark.parametrize("name", [*EDGES, *CORNERS])
def test_both_engines_state_the_same_in_a_corner(name: str) -> None:
    corner = scenario((EDGES | CORNERS)[name])
    assert first_difference(record(corner, "simpy"), record(corner, "kernel")) == ""


def test_a_record_that_is_accepted_at_the_very_end_belongs_to_the_last_row_in_both() -> None:
    ends = small(
        run={"duration": "3s", "drain": "0s"},
        producer={"rate": "2000/s", "arrivals": "constant", "start": "-0.00025s", "stop": "3s"},
    )
    assert results_differ(scenario(ends), interval_s=1.0) == ""


def test_a_run_that_ends_just_where_a_row_begins_is_the_same_by_both() -> None:
    ends = small(
        run={"duration": "5s"}, producer=EACH_SECOND, function={"duration": {"per_batch": "500ms"}},
        mapping={"polling": AT_ONCE, "invoke_overhead": "0s"},
    )  # fmt: skip
    assert results_differ(scenario(ends), interval_s=1.0) == ""


def test_attempts_that_begin_just_when_the_run_ends_count_in_the_peak_of_the_last_row_in_both() -> None:
    content = small(
        run={"duration": "5s", "drain": "0s"}, producer=EACH_SECOND, function={"duration": {"per_batch": "600ms"}},
        mapping={"polling": {"phase": "0s", "latency": "0s"}, "invoke_overhead": "0s"},
    )  # fmt: skip
    first = content["event_source_mappings"][0]
    content["event_source_mappings"].append({**first, "name": "late", "starts_after": "5s"})
    ends = scenario(content)
    assert results_differ(ends, interval_s=1.0) == ""
    peaks = simulate(ends, interval_s=1.0).timeseries.query("mapping == 'm'")["function_concurrency_max"]
    assert peaks.tolist() == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("arrivals", ["constant", "poisson"])
@pytest.mark.parametrize("name", PROFILES)
def test_a_rate_of_any_kind_is_the_same_by_both(name: str, arrivals: Literal["constant", "poisson"]) -> None:
    usual = scenario(small(run={"duration": "81s"}, stream={"shards": 40}))
    producer = replace(usual.producers[0], rate=PROFILES[name][0], arrivals=arrivals, start=-23.0, stop=81.0)
    varied = replace(usual, producers=(producer,))
    assert first_difference(record(varied, "simpy"), record(varied, "kernel")) == ""


def test_draws_from_a_list_are_the_same_by_both() -> None:
    usual = scenario(small())
    sizes = Empirical(file="a.csv", column="bytes", values=np.array([20.4, 700.5, 90_000.0]))
    listed = replace(usual, producers=(replace(usual.producers[0], record_size=sizes),))
    assert first_difference(record(listed, "simpy"), record(listed, "kernel")) == ""


@pytest.mark.parametrize("consumer", ["polling", "push"])
def test_a_record_that_waits_is_kept_while_others_go_round_the_ring(
    consumer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seldom keys wait for their lane's window to end; those of the other lane fill batches meanwhile."""
    monkeypatch.setattr(windows, "WINDOW_RECORDS", 30)
    waits = scenario(
        small(
            run={"duration": "20s"},
            producer={"rate": "60/s", "partition_keys": {"count": 30, "popularity": {"zipf": 3}}},
            mapping={
                "consumer": consumer,
                "parallelization_factor": 4,
                "maximum_batching_window": "300s",
                "batch_size": 10,
            },
        )
    )
    assert first_difference(record(waits, "simpy"), record(waits, "kernel")) == ""


@pytest.mark.parametrize("name", [*EDGES, *CORNERS])
def test_both_engines_measure_the_same_in_a_corner(name: str) -> None:
    edge = scenario((EDGES | CORNERS)[name])
    rows_s = ceil((edge.duration + edge.drain) / 100)  # few, for they are written as text
    assert results_differ(edge, interval_s=rows_s) == ""
