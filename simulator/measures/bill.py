"""The bill of a run by item, and of a month of such traffic (docs/bill.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from simulator.measures.billed import KIB
from simulator.measures.finished import Finished
from simulator.measures.owed import owed_work
from simulator.measures.stream import StreamMeasures
from simulator.prices import Price, sheet
from simulator.scenario.spec import Prices
from simulator.traffic.nanoseconds import NS

HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S
WEEK_S: Final = 7 * DAY_S
MONTH_S: Final = 730 * HOUR_S
GB: Final = 2**30
MILLION: Final = 1e6


@dataclass(frozen=True)
class Quantity:
    """How much of an item of the price sheet a function, stream or mapping used for the traffic."""

    item: str
    resource: str
    amount: float
    wasted: float = 0.0  # the part of the amount that went into attempts, for the records they did not process
    owed: float = 0.0  # what the records that are left would take at least: the month is to process them

    def times(self, factor: float) -> Quantity:
        """So many times as much."""
        return replace(self, amount=self.amount * factor, wasted=self.wasted * factor, owed=self.owed * factor)


@dataclass(frozen=True)
class Item:
    """One line of a bill; its fields are the columns of bill.csv."""

    item: str
    resource: str
    quantity: float
    unit: str
    unit_price_usd: float
    usd: float
    usd_per_month: float
    wasted_usd_per_month: float


@dataclass(frozen=True)
class Bill:
    """What a run costs, and what a month of 730 h of such traffic costs."""

    sheet: str
    collected: str  # the day of the price sheet
    traffic_s: float  # the simulated time in which traffic came; the rest of a run is draining
    records: int  # accepted by all streams
    unprocessed: int  # by all mappings: with any of them, what a month costs is the least that it can cost
    items: tuple[Item, ...]
    on_demand_items: tuple[Item, ...]  # what would be billed of the streams in on-demand mode

    @property
    def usd(self) -> float:
        """The cost of the simulated traffic."""
        return sum(item.usd for item in self.items)

    @property
    def usd_per_month(self) -> float:
        """The cost of a month of such traffic, with the work that was left: where some was, the least."""
        return sum(item.usd_per_month for item in self.items)

    @property
    def wasted_usd_per_month(self) -> float:
        """The part of it that attempts cost for records which they did not process: failed, timed out or left over."""
        return sum(item.wasted_usd_per_month for item in self.items)

    @property
    def usd_per_million_records(self) -> float:
        """The cost of a million accepted records; NaN for none."""
        return self.usd / self.records * MILLION if self.records else float("nan")

    @property
    def on_demand_usd_per_month(self) -> float:
        """The cost of a month if all streams were in on-demand mode: its functions and the on-demand items."""
        functions = sum(item.usd_per_month for item in self.items if item.item.startswith("lambda_"))
        return functions + sum(item.usd_per_month for item in self.on_demand_items)

    def as_dict(self) -> dict[str, Any]:
        """The bill of summary.json; usd_per_million_records is None when no record was accepted."""
        return {
            "price_sheet": self.sheet,
            "price_sheet_collected": self.collected,
            "traffic_s": self.traffic_s,
            "usd": self.usd,
            "usd_per_month": self.usd_per_month,
            "usd_per_month_at_least": self.unprocessed > 0,
            "wasted_usd_per_month": self.wasted_usd_per_month,
            "usd_per_million_records": self.usd_per_million_records if self.records else None,
            "on_demand_usd_per_month": self.on_demand_usd_per_month,
            "items": [asdict(item) for item in self.items],
            "on_demand_items": [asdict(item) for item in self.on_demand_items],
        }


def bill(result: Finished, times: float = 1.0) -> Bill:
    """Draw up the bill of a finished run; of so many times all that it used, where a part of a stream was simulated."""
    scenario, traffic_s = result.scenario, result.traffic_s
    prices = prices_of(scenario.prices)
    used = [each.times(times) for each in (*_functions(result), *_streams(result), *_fan_out(result))]
    return Bill(
        scenario.prices.sheet,
        sheet(scenario.prices.sheet).collected,
        traffic_s,
        round(times * sum(int(stream.records_by_shard.sum()) for stream in result.measures.streams.values())),
        sum(mapping.ends.unprocessed for mapping in result.mappings),
        priced(used, prices, traffic_s),
        priced(_on_demand(result), prices, traffic_s),
    )


def prices_of(prices: Prices) -> dict[str, Price]:
    """The items of a scenario's price sheet, its own prices in place of the sheet's."""
    items = dict(sheet(prices.sheet).items)
    for name, item in items.items():
        own = getattr(prices, name)
        if own is not None:
            items[name] = Price.flat(own, item.unit, "the scenario")
    return items


def priced(used: Iterable[Quantity], prices: Mapping[str, Price], traffic_s: float) -> tuple[Item, ...]:
    """The lines of a bill. A tier counts the whole month's quantity of an item, of all that use it."""
    used = [quantity for quantity in used if quantity.amount + quantity.owed > 0]
    months = MONTH_S / traffic_s
    of_month: dict[str, float] = defaultdict(float)
    for quantity in used:
        of_month[quantity.item] += (quantity.amount + quantity.owed) * months
    unit_usd = {name: prices[name].usd_a_unit(amount) for name, amount in of_month.items()}
    return tuple(_line(quantity, prices[quantity.item].unit, unit_usd[quantity.item], months) for quantity in used)


def _line(quantity: Quantity, unit: str, unit_usd: float, months: float) -> Item:
    usd, owed, wasted = (part * unit_usd for part in (quantity.amount, quantity.owed, quantity.wasted))
    return Item(
        quantity.item, quantity.resource, quantity.amount, unit, unit_usd, usd, (usd + owed) * months, wasted * months
    )  # fmt: skip


def _functions(result: Finished) -> Iterator[Quantity]:
    for name, function in result.scenario.functions.items():
        served = [m for m in result.mappings if m.function == name]
        work = [m.measures.billed for m in served]
        owed = [owed_work(result.scenario, m, result.measures.streams[m.stream]) for m in served]
        gb, architecture = function.memory / GB, function.architecture
        gb_s = sum((w.ms for w in work), np.zeros(2)) / 1e3 * gb
        wasted_gb_s = sum((w.wasted_ms for w in work), np.zeros(2)) / 1e3 * gb
        duration, allocated = f"lambda_gb_second_{architecture}", f"lambda_provisioned_gb_second_{architecture}"
        provisioned = f"lambda_provisioned_duration_gb_second_{architecture}"
        requests, wasted = sum(w.requests for w in work), sum(w.wasted_requests for w in work)
        owed_requests, owed_s = sum(each.requests for each in owed), sum(each.seconds for each in owed)
        yield Quantity("lambda_million_requests", name, requests / MILLION, wasted / MILLION, owed_requests / MILLION)
        yield Quantity(duration, name, float(gb_s[0]), float(wasted_gb_s[0]), owed_s * gb)
        yield Quantity(allocated, name, function.provisioned_concurrency * result.traffic_s * gb)
        yield Quantity(provisioned, name, float(gb_s[1]), float(wasted_gb_s[1]))


def _streams(result: Finished) -> Iterator[Quantity]:
    for name, stream in result.scenario.streams.items():
        if stream.mode == "on_demand":
            yield from _on_demand_stream(result, name)
            continue
        measures = result.measures.streams[name]
        shard_hours = _shard_hours(measures)
        yield Quantity("kinesis_shard_hour", name, shard_hours)
        waiting = measures.produced_total - measures.dropped_total - int(measures.records_by_shard.sum())
        owed = waiting * measures.put_units / max(1, int(measures.records_by_shard.sum()))
        yield Quantity("kinesis_million_put_units", name, measures.put_units / MILLION, owed=owed / MILLION)
        if stream.retention > DAY_S:
            yield Quantity("kinesis_extended_retention_shard_hour", name, shard_hours)
        yield Quantity("kinesis_long_term_gb_month", name, _gb_months(measures, WEEK_S, stream.retention))


def _shard_hours(measures: StreamMeasures) -> float:
    """The hours that shards were open while traffic came, added up."""
    return int(measures.open_ns.sum()) / NS / HOUR_S


def _fan_out(result: Finished) -> Iterator[Quantity]:
    for mapping in result.mappings:
        if mapping.pushed and result.scenario.streams[mapping.stream].mode == "provisioned":
            shard_hours = _shard_hours(result.measures.streams[mapping.stream])
            yield Quantity("kinesis_fan_out_shard_hour", mapping.name, shard_hours)
            yield Quantity("kinesis_fan_out_gb", mapping.name, mapping.read_bytes / GB)


def _on_demand(result: Finished) -> Iterator[Quantity]:
    for name in result.scenario.streams:
        yield from _on_demand_stream(result, name)


def _on_demand_stream(result: Finished, name: str) -> Iterator[Quantity]:
    stream, measures = result.scenario.streams[name], result.measures.streams[name]
    readers = [m for m in result.mappings if m.stream == name]
    yield Quantity("on_demand_stream_hour", name, result.traffic_s / HOUR_S)
    yield Quantity("on_demand_gb_in", name, measures.kib * KIB / GB)
    yield Quantity("on_demand_gb_out", name, sum(m.read_bytes for m in readers if not m.pushed) / GB)
    yield Quantity("on_demand_fan_out_gb", name, sum(m.read_bytes for m in readers if m.pushed) / GB)
    extended = _gb_months(measures, DAY_S, min(stream.retention, WEEK_S))
    yield Quantity("on_demand_extended_retention_gb_month", name, extended)
    yield Quantity("on_demand_long_term_gb_month", name, _gb_months(measures, WEEK_S, stream.retention))


def _gb_months(measures: StreamMeasures, since_s: float, until_s: float) -> float:
    """What the accepted records cost in storage between two ages."""
    return float(measures.bytes_by_shard.sum()) / GB * max(0.0, until_s - since_s) / MONTH_S
