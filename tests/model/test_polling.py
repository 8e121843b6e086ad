"""When pollers poll, and what that gives (docs/model.md, section 4)."""

from __future__ import annotations

import pytest

from tests.kernel.results import results_differ
from tests.model.rows import Section, run_rows, scenario, small

DRY: Section = {"rate": "0/s"}  # nothing to read


def reads(**changes: Section) -> dict[str, int]:
    return run_rows(small(**changes))[0].mappings[0].reads


def starts(**changes: Section) -> list[float]:
    return [row["started_at"] for row in run_rows(small(**changes))[1]]


def test_polls_that_return_nothing_count_as_calls() -> None:
    assert reads(producer=DRY) == {"calls": 10, "refused": 0, "skipped": 0}


def test_a_poll_at_the_very_end_of_the_run_counts() -> None:
    assert reads(producer=DRY, mapping={"polling": {"phase": "0s"}})["calls"] == 11


def test_each_shard_has_a_poller() -> None:
    assert reads(producer=DRY, stream={"shards": 7})["calls"] == 70


def test_a_random_phase_is_uniform_in_the_interval() -> None:
    """Of 400 pollers with an interval of 100 s those have polled after 50 s whose phase is less: half of them."""
    polling: Section = {"polling": {"interval": "100s", "phase": "random"}}
    calls = reads(run={"duration": "50s"}, producer=DRY, stream={"shards": 400}, mapping=polling)["calls"]
    assert abs(calls - 200) < 4 * (400 * 0.5 * 0.5) ** 0.5


def test_polls_of_a_disabled_mapping_are_skipped() -> None:
    found = reads(producer=DRY, mapping={"disabled": [{"from": "2s", "to": "5s"}]})
    assert found == {"calls": 7, "refused": 0, "skipped": 3}


def test_all_polls_are_missed_with_probability_1() -> None:
    found = reads(producer=DRY, mapping={"polling": {"phase": "370ms", "missed": 1}})
    assert found == {"calls": 0, "refused": 0, "skipped": 10}


def test_missed_polls_slip_to_the_next_interval() -> None:
    changes: Section = {"polling": {"phase": "0s", "missed": 0.3}}
    found = reads(run={"duration": "4000s"}, producer=DRY, mapping=changes)
    assert found["calls"] + found["skipped"] == 4001
    assert abs(found["skipped"] - 1200) < 4 * (4000 * 0.3 * 0.7) ** 0.5


def test_polls_more_often_than_five_times_a_second_are_refused() -> None:
    found = reads(producer=DRY, mapping={"polling": {"interval": "100ms", "phase": "50ms"}})
    assert found["calls"] + found["refused"] == 100
    assert found["calls"] in (53, 54, 55)  # the burst, and five a second


def test_a_poll_is_skipped_when_the_mapping_holds_as_many_records_as_an_answer_may_have() -> None:
    found = reads(
        run={"drain": "0s"},
        function={"duration": {"per_batch": "100s"}, "timeout": "900s"},
        mapping={"batch_size": 1, "polling": {"phase": "370ms", "get_records_limit": 5, "repoll": "base_rate"}},
    )
    assert found == {"calls": 2, "refused": 0, "skipped": 8}  # 3 records, of which 1 is taken, and 5 more


def test_the_answer_comes_after_the_latency() -> None:
    assert starts(mapping={"polling": {"phase": "370ms", "latency": "200ms"}})[:3] == pytest.approx([0.57, 1.57, 2.57])


def test_after_a_full_batch_the_poller_polls_at_once() -> None:
    """The first poll finds 3 records, the second 7: a full batch. It takes 60.7 ms; the answer 10 ms more."""
    found = starts(mapping={"batch_size": 7})
    assert found[:2] == pytest.approx([0.38, 1.38])
    extra = run_rows(small(mapping={"batch_size": 7}))[0].mappings[0].reads["calls"]
    base = reads(mapping={"batch_size": 7, "polling": {"phase": "370ms", "repoll": "base_rate"}})["calls"]
    assert extra > base


def test_the_next_poll_follows_an_interval_after_the_extra_one() -> None:
    """Seven records at 1.37 s: full; over at 1.4407 s: an extra poll, which finds one; so the next is at 2.4407 s."""
    found = starts(mapping={"batch_size": 7})
    assert found[2:4] == pytest.approx([1.4507, 2.4507], abs=2e-6)


def test_an_answer_has_at_most_10_mib() -> None:
    content: Section = {"rate": "2.2/s", "start": "-10s", "stop": "0s", "record_size": "1MiB"}
    rows = run_rows(
        small(run={"duration": "20s"}, producer=content, mapping={"polling": {"phase": "370ms", "repoll": "base_rate"}})
    )[1]
    first_answer = [row for row in rows if row["started_at"] < 5.3]
    assert sum(row["records"] for row in first_answer) == 10
    assert [row["records"] for row in first_answer] == [4, 4, 2]  # 6 MiB of payload each at most
    assert rows[len(first_answer)]["started_at"] == pytest.approx(5.38)  # shut for 5 s by the debt


ONE_BIG_ANSWER: Section = {
    "run": {"duration": "20s"},
    "producer": {"rate": "1/s", "start": "-9s", "stop": "0s", "record_size": "1MiB"},
    "mapping": {"batch_size": 10000},
}


@pytest.mark.parametrize("disabled", [[], [{"from": "1.8s", "to": "3.6s"}], [{"from": "7s", "to": "9s"}]])
def test_empty_polls_while_a_debt_shuts_the_shard_are_refused(disabled: list[Section]) -> None:
    """9 MiB at 0.37 s shut the shard for 4.5 s: the polls from 1.37 s to 4.37 s are refused, or skipped."""
    content = small(**ONE_BIG_ANSWER)
    content["event_source_mappings"][0] |= {
        "polling": {"phase": "370ms", "repoll": "base_rate", "jitter": 0},
        "disabled": disabled,
    }
    assert results_differ(scenario(content)) == ""
    reads = run_rows(content)[0].mappings[0].reads
    assert reads["calls"] + reads["refused"] + reads["skipped"] == 20
    if not disabled:
        assert reads == {"calls": 16, "refused": 4, "skipped": 0}


def test_calls_that_found_nothing_have_taken_their_tokens() -> None:
    """At the limit of five calls a second no token comes back while polls find nothing."""
    content = small(
        run={"duration": "30s"},
        producer={
            "rate": {
                "steps": [{"at": "0s", "rate": "97.3/s"}, {"at": "2s", "rate": "0/s"}, {"at": "9s", "rate": "97.3/s"}]
            }
        },
        function={"duration": {"per_batch": "3ms"}},
        mapping={"batch_size": 5, "polling": {"interval": "201ms", "phase": "37ms", "latency": "1.1ms"}},
    )
    assert results_differ(scenario(content)) == ""


@pytest.mark.parametrize("others", [0, 1])
def test_a_poll_at_time_0_finds_what_was_written_before(others: int) -> None:
    content = small(
        producer={"rate": "20/s", "start": "-5s", "stop": "0s"},
        mapping={"batch_size": 10_000, "polling": {"phase": "0s", "latency": "0s"}},
    )
    first = content["event_source_mappings"][0]
    content["event_source_mappings"] += [{**first, "name": "n", "polling": {"phase": "900ms"}}] * others
    rows = [row for row in run_rows(content)[1] if row["mapping"] == "m"]
    assert [(row["cut_at"], row["records"]) for row in rows] == [(0, 100)]


def test_a_call_whose_empty_answer_has_not_come_is_in_flight_too() -> None:
    """The batch of five ends at 1.39 s, between the call of 1.37 s and its answer: the next poll is that of 2.37 s."""
    content = small(
        producer={
            "rate": {
                "steps": [
                    {"at": "0s", "rate": "20/s"}, {"at": "250ms", "rate": "0/s"},
                    {"at": "2s", "rate": "20/s"}, {"at": "2100ms", "rate": "0/s"},
                ]
            }
        },
        function={"duration": {"per_batch": "970ms"}},
        mapping={"batch_size": 5, "polling": {"phase": "370ms", "latency": "50ms"}},
    )  # fmt: skip
    assert [(row["cut_at"], row["records"]) for row in run_rows(content)[1]] == [(0.42, 5), (2.42, 2)]
    assert results_differ(scenario(content)) == ""


@pytest.mark.parametrize("mappings", [2, 9])
@pytest.mark.parametrize("disabled", [[], [{"from": "10.33s", "to": "17.77s"}]])
def test_the_empty_polls_of_mappings_that_share_an_idle_shard_take_each_others_tokens(
    mappings: int, disabled: list[Section]
) -> None:
    """Nine polls a second share five tokens a second, also while no record comes for 20 s, or one is disabled."""
    silence = [{"at": "0s", "rate": "20/s"}, {"at": "2s", "rate": "0/s"}, {"at": "22s", "rate": "20/s"}]
    content = small(run={"duration": "25s"}, producer={"rate": {"steps": silence}})
    first = content["event_source_mappings"][0]
    content["event_source_mappings"] = [
        {**first, "name": f"m{i}", "polling": {"phase": f"{37 + 101 * i}ms", "jitter": 0}} for i in range(mappings)
    ]
    content["event_source_mappings"][1]["disabled"] = disabled
    assert results_differ(scenario(content)) == ""
    found = [mapping.reads for mapping in run_rows(content)[0].mappings]
    assert sum(sum(reads.values()) for reads in found) >= 25 * mappings
    assert bool(sum(reads["refused"] for reads in found)) == (mappings > 5)
    assert bool(found[1]["skipped"]) == bool(disabled)
