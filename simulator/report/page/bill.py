"""The bill of a run by line, and what stands beside it: waste, the price of a million records, on-demand capacity."""

from __future__ import annotations

from typing import Any

from simulator.report.numbers import month, number, percent, seconds, usd
from simulator.report.page.view import Paragraph, Row, Section, Table
from simulator.report.page.words import told

ARCHITECTURES = {" x86": " (x86)", " arm": " (arm)"}


def bill(of: dict[str, Any] | None) -> Section | None:
    """The bill of summary.json; nothing for a result that has none."""
    if not of or not of["items"]:
        return None
    total = of["usd_per_month"]
    rows = [_line(item, total) for item in sorted(of["items"], key=lambda item: -item["usd_per_month"])]
    rows.append(Row(("all", "", "", "", usd(total), percent(1.0), usd(of["wasted_usd_per_month"])), "sum"))
    heads = ("item", "for", "quantity", "unit price", "a month", "share", "of it wasted")
    caption = (
        f"A month of 730 h, scaled from {seconds(of['traffic_s'])} of traffic; quantities are of the run. "
        f"List prices of {of['price_sheet']}, collected on {of['price_sheet_collected']}"
    )
    table = Table(caption, heads, tuple(rows), frozenset({1}))
    return Section("bill", "The bill", (Paragraph(_sentences(of)), table))


def _line(item: dict[str, Any], total: float) -> Row:
    return Row(
        (
            _item(item["item"]),
            item["resource"],
            f"{number(item['quantity'])} {item['unit']}{'s' if item['unit'].endswith(('hour', 'second')) else ''}",
            f"USD {item['unit_price_usd']:.10f}".rstrip("0").rstrip("."),
            usd(item["usd_per_month"]),
            percent(item["usd_per_month"] / total) if total else "-",
            usd(item["wasted_usd_per_month"]) if item["wasted_usd_per_month"] else "-",
        )
    )


def _item(name: str) -> str:
    """Lambda gb second x86 becomes Lambda GB-seconds (x86)."""
    words = told(name).replace("gb second", "GB-seconds").replace("gb month", "GB-months").replace(" gb", " GB")
    for plain, bracketed in ARCHITECTURES.items():
        words = words.replace(plain, bracketed)
    return (
        (words[0].upper() + words[1:]).replace("million requests", "requests").replace("million put units", "PUT units")
    )


def _sentences(of: dict[str, Any]) -> str:
    total, wasted, on_demand = of["usd_per_month"], of["wasted_usd_per_month"], of["on_demand_usd_per_month"]
    sentences = [f"Such traffic costs {month(total, of['usd_per_month_at_least'])}"]
    if of["usd_per_million_records"] is not None:
        sentences[0] += f", {usd(of['usd_per_million_records'])} for a million records"
    if wasted and total:
        for_what = "goes into attempts for records that they did not process"
        sentences.append(f"{usd(wasted)} of it, {percent(wasted / total)}, {for_what}")
    if on_demand:
        difference = f"{usd(abs(on_demand - total))} {'more' if on_demand > total else 'less'}"
        sentences.append(f"With its streams in on-demand mode it would cost {usd(on_demand)}, {difference}")
    return "".join(f"{sentence}. " for sentence in sentences).rstrip()
