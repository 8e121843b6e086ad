"""The bill, by hand calculation and by published examples."""

from __future__ import annotations

import json
from functools import cache
from math import ceil, isnan
from pathlib import Path

import numpy as np
import pytest

from simulator.measures.bill import MONTH_S, Bill, Item, Quantity, bill, priced, prices_of
from simulator.measures.billed import billed_ms
from simulator.measures.result import Result
from simulator.prices import sheet
from simulator.report.tables import RunTables
from simulator.scenario.prices import SHEETS
from simulator.scenario.spec import Prices
from tests.measures.seen import Seen, seen
from tests.measures.test_tables import CONTENT
from tests.model.rows import Section, run_rows, scenario, small
from tests.results import read_csv

GIB = 2**30
PRICES = prices_of(Prices())


def result(content: Section) -> Result:
    return run_rows(content)[0]


def line(of: Result | Bill, item: str, resource: str | None = None) -> Item:
    items = (of if isinstance(of, Bill) else of.bill).items
    (found,) = (each for each in items if each.item == item and resource in (None, each.resource))
    return found


def names(of: Result) -> set[str]:
    return {each.item for each in of.bill.items}


# --- published examples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["35KB", "35KiB"])
def test_100_records_a_second_of_35_kb_cost_what_aws_works_out_for_4_shards(size: str) -> None:
    found = result(
        small(run={"duration": "60s"}, stream={"shards": 4}, producer={"rate": "100/s", "record_size": size})
    )
    of_month = sum(each.usd_per_month for each in found.bill.items if each.item.startswith("kinesis_"))
    assert of_month * 24 / 730 == pytest.approx(1.6819, abs=5e-5)  # a day: 1.44 + 0.2419
    assert of_month * 31 * 24 / 730 == pytest.approx(52.14, abs=5e-3)


def test_4_shards_cost_43_80_a_month() -> None:
    found = result(small(stream={"shards": 4}))
    assert line(found, "kinesis_shard_hour").usd_per_month == pytest.approx(43.80)


def test_a_real_bill_of_shard_hours() -> None:
    (found,) = priced([Quantity("kinesis_shard_hour", "s", 9515.972)], PRICES, MONTH_S)
    assert round(found.usd, 2) == 142.74


def test_a_report_line_with_its_initialization_is_billed_as_lambda_printed_it() -> None:
    """REPORT Duration: 395.99 ms, Init Duration: 265.72 ms, Billed Duration: 662 ms."""
    found = result(
        small(
            run={"duration": "1s"},
            producer={"rate": "1/s"},
            function={"duration": {"per_batch": "395.99ms"}, "cold_start": "265.72ms", "memory": "1GiB"},
        )
    )
    assert found.mappings[0].measures.counts["attempts"] == 1
    assert line(found, "lambda_gb_second_x86").quantity == pytest.approx(0.662, rel=1e-12)


# --- what is rounded ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lasts_ns", "billed"), [(20_000_000, 20), (20_000_001, 21), (19_999_999, 20), (0, 1), (300_000, 1)]
)
def test_an_invocation_is_rounded_up_to_a_millisecond(lasts_ns: int, billed: int) -> None:
    assert billed_ms(np.array([lasts_ns])).tolist() == [billed]


@pytest.mark.parametrize(("size", "expected"), [(1, 1), (5_000, 1), (25_600, 1), (25_601, 2), (45_000, 2), (2**20, 41)])
def test_a_record_has_a_put_unit_for_each_25_kib_begun(size: int, expected: int) -> None:
    found = result(small(run={"duration": "4s"}, producer={"rate": "1/s", "record_size": f"{size}B"}))
    assert line(found, "kinesis_million_put_units").quantity == pytest.approx(4 * expected / 1e6)


def test_records_of_many_sizes_are_rounded_up_one_by_one() -> None:
    content = small(producer={"record_size": {"uniform": {"low": "1B", "high": "100KiB"}}, "arrivals": "poisson"})
    content["producers"].append({"name": "q", "stream": "s", "rate": "1/s", "record_size": "25KiB"})
    found = seen(scenario(content), window_records=20)
    written = [size for log in found.logs.values() for size in log.bytes]
    assert line(found.result, "kinesis_million_put_units").quantity == pytest.approx(
        sum(ceil(size / 25_600) for size in written) / 1e6
    )
    (gb_in,) = (each.quantity for each in found.result.bill.on_demand_items if each.item == "on_demand_gb_in")
    assert gb_in == pytest.approx(sum(ceil(size / 1024) for size in written) / 2**20)


# --- the work of functions ----------------------------------------------------------------------------------------


@cache
def run() -> Seen:
    """A run with retries, cold starts, drops and records from before t = 0, of random sizes."""
    return seen(scenario(CONTENT), window_records=2000)


def test_the_quantities_are_those_of_the_rows() -> None:
    rows = run().rows
    ms = [ceil(round((row["finished_at"] - row["started_at"]) * 1e6) / 1e3) for row in rows]
    assert line(run().result, "lambda_million_requests").quantity == pytest.approx(len(rows) / 1e6)
    gb_s = line(run().result, "lambda_gb_second_x86").quantity
    assert gb_s == pytest.approx(sum(ms) / 1000 / 8, abs=3 / 8000)  # the rows are rounded to microseconds
    assert run().result.bill.records == sum(len(log.bytes) for log in run().logs.values())


def test_attempts_that_fail_are_wasted() -> None:
    rows = [row for row in run().rows if row["outcome"] != "ok"]
    assert {row["outcome"] for row in rows} == {"error"}
    ms = sum(ceil(round((row["finished_at"] - row["started_at"]) * 1e6) / 1e3) for row in rows)
    usd = len(rows) * 0.2e-6 + ms / 1000 / 8 * 0.0000166667
    found = run().result.bill
    assert found.wasted_usd_per_month == pytest.approx(usd * MONTH_S / 127, rel=1e-4)
    assert 0 < found.wasted_usd_per_month < found.usd_per_month


def test_of_a_partial_response_the_part_is_wasted_that_will_be_done_again() -> None:
    """Four records, the third is poison: 4 records (57.4 ms, 2 of them done), then 2 (55.2 ms, none), then dropped."""
    found = result(
        small(
            run={"duration": "4s"},
            producer={"rate": "1/s"},
            function={"failures": [{"kind": "poison", "at": ["2s"]}], "memory": "1GiB"},
            mapping={
                "report_batch_item_failures": True,
                "maximum_retry_attempts": 0,
                "maximum_batching_window": "10s",
                "batch_size": 4,
            },
        )
    )
    assert found.mappings[0].measures.counts | {"cold_starts": 0} == {
        "attempts": 2, "errors": 1, "timeouts": 0, "partial": 1, "throttles": 0, "cold_starts": 0,
    }  # fmt: skip
    months = MONTH_S / 4
    requests, duration = line(found, "lambda_million_requests"), line(found, "lambda_gb_second_x86")
    assert duration.quantity == pytest.approx(0.058 + 0.056)
    assert requests.wasted_usd_per_month == pytest.approx((0.5 + 1) * 0.2e-6 * months)
    assert duration.wasted_usd_per_month == pytest.approx((0.058 / 2 + 0.056) * 0.0000166667 * months)
    assert found.bill.wasted_usd_per_month == requests.wasted_usd_per_month + duration.wasted_usd_per_month


def test_a_run_without_failures_wastes_nothing() -> None:
    assert result(small()).bill.wasted_usd_per_month == 0


def test_a_timeout_is_billed_up_to_the_timeout_and_wasted() -> None:
    slow = {"duration": {"per_batch": "2s"}, "timeout": "1s", "memory": "1GiB"}
    found = result(
        small(run={"duration": "1s"}, producer={"rate": "1/s"}, function=slow, mapping={"maximum_retry_attempts": 1})
    )
    duration = line(found, "lambda_gb_second_x86")
    assert duration.quantity == pytest.approx(2)
    assert duration.wasted_usd_per_month == pytest.approx(duration.usd_per_month)


def test_arm_has_its_own_price_and_memory_counts_in_full() -> None:
    x86 = result(small(function={"memory": "512MiB"}))
    arm = result(small(function={"memory": "1GiB", "architecture": "arm"}))
    assert (names(x86) ^ names(arm)) == {"lambda_gb_second_x86", "lambda_gb_second_arm"}
    assert line(arm, "lambda_gb_second_arm").quantity == pytest.approx(2 * line(x86, "lambda_gb_second_x86").quantity)
    assert line(arm, "lambda_gb_second_arm").unit_price_usd == 0.0000133334


def test_provisioned_concurrency_is_billed_all_the_time_and_its_invocations_at_their_own_price() -> None:
    found = result(small(function={"provisioned_concurrency": 1, "memory": "1GiB", "duration": {"per_batch": "20ms"}}))
    attempts = found.mappings[0].measures.counts["attempts"]
    assert "lambda_gb_second_x86" not in names(found)
    assert line(found, "lambda_provisioned_duration_gb_second_x86").quantity == pytest.approx(attempts * 0.02)
    allocated = line(found, "lambda_provisioned_gb_second_x86")
    assert allocated.quantity == pytest.approx(10)
    assert allocated.usd_per_month == pytest.approx(730 * 3600 * 0.0000041667)


def test_provisioned_concurrency_is_billed_by_its_memory() -> None:
    found = result(small(function={"provisioned_concurrency": 3, "memory": "512MiB"}))
    assert line(found, "lambda_provisioned_gb_second_x86").quantity == pytest.approx(3 * 10 * 0.5)


def test_each_function_pays_for_its_own_work() -> None:
    """Batches of one: 73 invocations of 20 ms, and 73 of 50 ms."""
    content = small(function={"duration": {"per_batch": "20ms"}, "memory": "1GiB"}, mapping={"batch_size": 1})
    content["functions"]["g"] = {**content["functions"]["f"], "duration": {"per_batch": "50ms"}}
    content["event_source_mappings"].append(dict(content["event_source_mappings"][0], name="n", function="g"))
    found = result(content)
    for name, duration_s in (("f", 0.02), ("g", 0.05)):
        assert line(found, "lambda_million_requests", name).quantity == pytest.approx(73e-6)
        assert line(found, "lambda_gb_second_x86", name).quantity == pytest.approx(73 * duration_s)


def test_what_provisioned_concurrency_cannot_take_is_billed_as_usual() -> None:
    """Two shards are polled together: one batch finds the provisioned environment, the other a new one."""
    work = {"provisioned_concurrency": 1, "memory": "1GiB", "duration": {"per_batch": "300ms"}}
    found = result(small(stream={"shards": 2}, producer={"rate": "40/s"}, function=work))
    attempts = found.mappings[0].measures.counts["attempts"]
    both = ("lambda_gb_second_x86", "lambda_provisioned_duration_gb_second_x86")
    ran = [round(line(found, name).quantity / 0.3) for name in both]
    assert min(ran) > 5
    assert sum(ran) == attempts


# --- streams ------------------------------------------------------------------------------------------------------


def test_a_pushed_mapping_pays_for_its_consumer_and_for_what_is_delivered() -> None:
    """Records are produced at (k + 0.5) / 10 s; those after 5 s are delivered: 50 of 1,000 bytes."""
    found = result(
        small(
            stream={"shards": 2},
            producer={"rate": "10/s", "record_size": "1000B"},
            mapping={"consumer": "push", "starting_position": "latest", "starts_after": "5s"},
        )
    )
    assert line(found, "kinesis_fan_out_shard_hour").usd_per_month == pytest.approx(2 * 730 * 0.015)
    assert line(found, "kinesis_fan_out_gb").quantity == pytest.approx(50 * 1000 / GIB)
    assert line(found, "kinesis_fan_out_gb").usd_per_month == pytest.approx(50_000 / GIB * 0.013 * MONTH_S / 10)
    assert line(found, "kinesis_million_put_units").quantity == pytest.approx(100 / 1e6)


def test_what_is_gone_before_its_sending_is_not_delivered() -> None:
    """Ten records; those of 0.5 and 1.5 s are sent, the others wait until they are gone."""
    found = result(
        small(
            run={"drain": "31h"},
            producer={"rate": "1/s", "record_size": "1000B"},
            mapping={"consumer": "push", "disabled": [{"from": "2s", "to": "30h"}]},
        )
    )
    assert found.mappings[0].ends.expired == 8
    assert line(found, "kinesis_fan_out_gb").quantity == pytest.approx(2 * 1000 / GIB)


def test_a_polling_mapping_reads_for_nothing() -> None:
    assert names(result(small())) == {
        "lambda_million_requests", "lambda_gb_second_x86", "kinesis_shard_hour", "kinesis_million_put_units",
    }  # fmt: skip


def test_a_longer_retention_is_paid_by_shard_hours_and_beyond_7_days_by_what_is_stored() -> None:
    found = {days: result(small(stream={"retention": f"{days}d", "shards": 2})) for days in (1, 7, 8)}
    assert "kinesis_extended_retention_shard_hour" not in names(found[1])
    assert "kinesis_long_term_gb_month" not in names(found[7])
    for days in (7, 8):
        extended = line(found[days], "kinesis_extended_retention_shard_hour")
        assert extended.usd_per_month == pytest.approx(2 * 730 * 0.020)
    stored = line(found[8], "kinesis_long_term_gb_month")
    assert stored.quantity == pytest.approx(73 * 1024 / GIB * 24 / 730)  # for one day each
    assert stored.usd == pytest.approx(stored.quantity * 0.023)


def test_on_demand_is_paid_by_the_stream_and_by_records_rounded_up_to_a_kib() -> None:
    found = result(small(producer={"rate": "10/s", "record_size": "1500B"}, stream={"retention": "2d"}))
    items = {each.item: each for each in found.bill.on_demand_items}
    assert {name: each.quantity for name, each in items.items()} == pytest.approx(
        {
            "on_demand_stream_hour": 10 / 3600,
            "on_demand_gb_in": 100 * 2048 / GIB,
            "on_demand_gb_out": 100 * 1500 / GIB,
            "on_demand_extended_retention_gb_month": 100 * 1500 / GIB * 24 / 730,
        }
    )
    functions = sum(each.usd_per_month for each in found.bill.items if each.item.startswith("lambda_"))
    of_streams = 0.04 * 730 + MONTH_S / 10 * 100 / GIB * (2048 * 0.08 + 1500 * 0.04 + 1500 * 24 / 730 * 0.10)
    assert found.bill.on_demand_usd_per_month == pytest.approx(functions + of_streams)


def test_on_demand_storage_has_one_price_up_to_7_days_and_another_beyond() -> None:
    found = result(small(stream={"retention": "9d"}))
    items = {each.item: each.quantity for each in found.bill.on_demand_items}
    gb = 73 * 1024 / GIB
    assert items["on_demand_extended_retention_gb_month"] == pytest.approx(gb * 6 * 24 / 730)
    assert items["on_demand_long_term_gb_month"] == pytest.approx(gb * 2 * 24 / 730)


def test_an_on_demand_stream_pays_again_for_each_reader() -> None:
    content = small(mapping={"consumer": "push"})
    content["event_source_mappings"] += [
        dict(content["event_source_mappings"][0], name=f"m{i}", consumer="polling", polling={"phase": f"{i}00ms"})
        for i in (1, 2)
    ]
    found = {each.item: each.quantity for each in result(content).bill.on_demand_items}
    assert found["on_demand_fan_out_gb"] == pytest.approx(73 * 1024 / GIB)
    assert found["on_demand_gb_out"] == pytest.approx(2 * 73 * 1024 / GIB)


# --- from the run to a month --------------------------------------------------------------------------------------


def test_traffic_from_before_the_start_is_part_of_the_time_that_is_scaled() -> None:
    found = result(small(producer={"start": "-10s", "rate": "10/s"})).bill
    assert (found.traffic_s, found.records) == (20, 200)
    units_a_month = line(found, "kinesis_million_put_units").quantity * MONTH_S / 20
    assert units_a_month == pytest.approx(10 * 730 * 3600 / 1e6)


def test_what_is_done_while_draining_counts_but_its_hours_do_not() -> None:
    slow = result(small(function={"duration": {"per_batch": "2s"}}, mapping={"batch_size": 5}))
    assert slow.end_s > 20
    assert slow.bill.traffic_s == 10
    assert line(slow, "kinesis_shard_hour").quantity == pytest.approx(10 / 3600)
    attempts = slow.mappings[0].measures.counts["attempts"]
    assert line(slow, "lambda_million_requests").quantity == pytest.approx(attempts / 1e6)
    assert slow.mappings[0].ends.processed == 73


def test_a_million_records_cost_their_part_of_the_whole_bill() -> None:
    found = result(small()).bill
    assert found.usd_per_million_records == pytest.approx(found.usd / 73 * 1e6)
    assert found.usd_per_month == pytest.approx(found.usd * 730 * 360)


def test_a_run_without_records_has_a_bill_without_a_price_of_a_million() -> None:
    found = result(small(producer={"rate": "0/s"})).bill
    assert {each.item for each in found.items} == {"kinesis_shard_hour"}
    assert isnan(found.usd_per_million_records)
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["usd_per_million_records"] is None


# --- prices -------------------------------------------------------------------------------------------------------


def test_tiers_count_the_whole_month_and_all_functions() -> None:
    used = [Quantity("lambda_gb_second_x86", name, amount) for name, amount in (("f", 15e9), ("g", 5e9))]
    lines = priced(used, PRICES, MONTH_S)
    expected = 6e9 * 0.0000166667 + 9e9 * 0.000015 + 5e9 * 0.0000133334
    assert sum(each.usd for each in lines) == pytest.approx(expected)
    assert lines[0].usd == pytest.approx(3 * lines[1].usd)
    short = priced([Quantity("lambda_gb_second_x86", "f", 2e9)], PRICES, MONTH_S / 10)  # 20e9 a month
    assert short[0].usd_per_month == pytest.approx(expected)
    assert short[0].usd == pytest.approx(expected / 10)


def test_a_price_of_the_scenario_replaces_that_of_the_sheet_with_its_tiers() -> None:
    own = prices_of(Prices(lambda_gb_second_x86=0.00001, kinesis_shard_hour=0.0))
    (found,) = priced([Quantity("lambda_gb_second_x86", "f", 20e9)], own, MONTH_S)
    assert found.usd == pytest.approx(200_000)
    content = small(run={"prices": {"kinesis_shard_hour": 1.5}})
    assert line(result(content), "kinesis_shard_hour").usd_per_month == pytest.approx(1.5 * 730)


@pytest.mark.parametrize("region", SHEETS)
def test_every_item_of_a_sheet_has_a_price_a_unit_and_a_source_and_can_be_replaced(region: str) -> None:
    found = sheet(region)
    assert found.region == region
    assert found.collected >= "2026-01-01"
    assert set(found.items) == set(Prices.__slots__) - {"sheet"}
    for name, price in found.items.items():
        assert price.unit
        assert price.source.split(";")[0].split(",")[0] in {*found.sources, "a copy of the page"}, name
        ups = [up_to for _, up_to in price.tiers]
        assert ups == sorted(ups)
        assert ups[-1] == float("inf")
        assert all(usd > 0 for usd, _ in price.tiers)


# --- where it is told ---------------------------------------------------------------------------------------------


def test_the_summary_and_bill_csv_say_what_the_bill_says(tmp_path: Path) -> None:
    found = run().result
    assert found.summary()["bill"] == bill(found).as_dict()
    RunTables.of(found).write(tmp_path)
    table = read_csv(tmp_path / "bill.csv")
    assert table.columns.tolist() == list(Item.__dataclass_fields__)
    assert table["item"].tolist() == [each.item for each in found.bill.items]
    assert table["usd_per_month"].sum() == pytest.approx(found.bill.usd_per_month, abs=1e-9)
    assert table["unit_price_usd"].tolist() == [each.unit_price_usd for each in found.bill.items]


# --- what is left -------------------------------------------------------------------------------------------------


def test_a_month_is_to_process_what_is_left_too_as_the_rest_was() -> None:
    """One lane takes 10 records in 1 s; 20 come each second: half of them are left after 100 s."""
    found = result(
        small(
            run={"duration": "100s", "drain": "0s"},
            producer={"rate": "20/s", "record_size": "1KiB"},
            function={"duration": {"per_batch": "1s"}, "cold_start": "0s", "memory": "1GiB"},
            mapping={"batch_size": 10, "consumer": "push", "push": {"propagation": "0s"}},
        )
    )
    left = found.mappings[0].ends.unprocessed
    assert left == pytest.approx(1000, rel=0.03)
    assert found.bill.unprocessed == left
    assert found.bill.as_dict()["usd_per_month_at_least"]
    for item, of_all in (("lambda_million_requests", 200 / 1e6), ("lambda_gb_second_x86", 200.0)):
        each = line(found, item)
        assert each.quantity == pytest.approx(of_all / 2, rel=0.03)
        assert each.usd == pytest.approx(each.quantity * each.unit_price_usd)
        assert each.usd_per_month == pytest.approx(of_all * each.unit_price_usd * MONTH_S / 100, rel=0.02)


def test_where_nothing_was_processed_full_batches_are_owed() -> None:
    """100 records of 1 KiB in batches of 10 that take 0.5 s: 10 requests, 5 GB-seconds."""
    found = result(
        small(
            run={"duration": "10s", "drain": "0s"},
            producer={"rate": "10/s", "record_size": "1KiB"},
            function={"duration": {"per_batch": "0.5s"}, "memory": "1GiB", "reserved_concurrency": 0},
            mapping={"batch_size": 10},
        )
    )
    assert found.mappings[0].ends.unprocessed == 100
    assert line(found, "lambda_million_requests").quantity == 0
    months = MONTH_S / 10
    requests, gb_s = line(found, "lambda_million_requests"), line(found, "lambda_gb_second_x86")
    assert requests.usd_per_month == pytest.approx(10 / 1e6 * months * requests.unit_price_usd)
    assert gb_s.usd_per_month == pytest.approx(5 * months * gb_s.unit_price_usd)


def test_put_units_of_records_that_wait_at_their_producers_are_owed() -> None:
    """2,000 records/s of 1 KiB for a shard that takes 1,000: half of them are not written after 10 s."""
    found = result(small(run={"duration": "10s", "drain": "0s"}, producer={"rate": "2000/s", "record_size": "1KB"}))
    units = line(found, "kinesis_million_put_units")
    assert units.quantity == pytest.approx(10_000 / 1e6, rel=0.11)
    assert units.usd_per_month == pytest.approx(20_000 / 1e6 * units.unit_price_usd * MONTH_S / 10)


def test_a_month_of_a_run_that_leaves_nothing_is_no_least() -> None:
    found = result(small(run={"duration": "10s"}))
    assert not found.bill.as_dict()["usd_per_month_at_least"]
    assert found.bill.usd_per_month == pytest.approx(found.bill.usd * MONTH_S / 10)
