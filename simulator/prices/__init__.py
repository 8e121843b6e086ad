"""Price sheets: what each item of a bill costs, in which unit, where that was published and when.

A sheet is a TOML file of this folder, named by its region. Its items are the fields of scenario.prices.Prices.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Price:
    """What an item costs: `tiers` are USD a unit and the quantity of a month up to which it counts, ascending."""

    unit: str
    source: str
    tiers: tuple[tuple[float, float], ...]

    @classmethod
    def flat(cls, usd: float, unit: str, source: str) -> Price:
        """The same for any quantity."""
        return cls(unit, source, ((usd, float("inf")),))

    def usd_per_month(self, quantity: float) -> float:
        """What a month with this quantity costs."""
        total = below = 0.0
        for usd, up_to in self.tiers:
            total += usd * max(0.0, min(quantity, up_to) - below)
            below = up_to
        return total

    def usd_a_unit(self, quantity: float) -> float:
        """What a unit costs on average in a month with this quantity."""
        return self.usd_per_month(quantity) / quantity if quantity > self.tiers[0][1] else self.tiers[0][0]


@dataclass(frozen=True)
class Sheet:
    """The prices of a region, as they were collected on a day."""

    region: str
    collected: str  # the day
    sources: Mapping[str, str]
    items: Mapping[str, Price]


@cache
def sheet(region: str) -> Sheet:
    """The price sheet of a region."""
    content = tomllib.loads((FOLDER / f"{region}.toml").read_text(encoding="utf-8"))
    items = {name: _price(item) for name, item in content["items"].items()}
    return Sheet(content["region"], str(content["collected"]), content["sources"], items)


def _price(item: dict[str, Any]) -> Price:
    tiers = item.get("tiers", [item])
    pairs = ((float(tier["usd"]), float(tier.get("up_to", "inf"))) for tier in tiers)
    return Price(item["unit"], item["source"], tuple(pairs))
