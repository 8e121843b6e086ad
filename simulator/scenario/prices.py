"""Prices: which price sheet the bill is drawn up by, and what of it is replaced.

The fields are the items of a sheet (simulator/prices), which says of each where its price was published. GB is 2^30
bytes, a month 730 hours.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from simulator.scenario.quantities import Money
from simulator.scenario.records import Doc
from simulator.scenario.words import Word, WordOr, words

SHEETS: Final = ("us-east-1",)
PRICE = WordOr(Word({"sheet": None}), Money(0, 1e6))


def _usd(per: str) -> Doc:
    return Doc(f"USD {per}.", default="sheet: what the price sheet says")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The price sheet, and prices of one's own in place of some of its items. None: the sheet's."""

    sheet: Annotated[Literal["us-east-1"], words(*SHEETS), Doc("The region of the price sheet.")] = "us-east-1"
    lambda_million_requests: Annotated[float | None, PRICE, _usd("per million invocations")] = None
    lambda_gb_second_x86: Annotated[float | None, PRICE, _usd("per GB-second of billed duration, x86")] = None
    lambda_gb_second_arm: Annotated[float | None, PRICE, _usd("per GB-second of billed duration, arm")] = None
    lambda_provisioned_gb_second_x86: Annotated[
        float | None, PRICE, _usd("per GB-second of provisioned concurrency, used or not, x86")
    ] = None
    lambda_provisioned_gb_second_arm: Annotated[
        float | None, PRICE, _usd("per GB-second of provisioned concurrency, used or not, arm")
    ] = None
    lambda_provisioned_duration_gb_second_x86: Annotated[
        float | None, PRICE, _usd("per GB-second of duration in a provisioned environment, x86")
    ] = None
    lambda_provisioned_duration_gb_second_arm: Annotated[
        float | None, PRICE, _usd("per GB-second of duration in a provisioned environment, arm")
    ] = None
    kinesis_shard_hour: Annotated[float | None, PRICE, _usd("per shard-hour")] = None
    kinesis_million_put_units: Annotated[
        float | None, PRICE, _usd("per million PUT payload units; a record has one for each 25 KiB begun")
    ] = None
    kinesis_extended_retention_shard_hour: Annotated[
        float | None, PRICE, _usd("per shard-hour with a retention above 24 h")
    ] = None
    kinesis_long_term_gb_month: Annotated[float | None, PRICE, _usd("per GB-month of records kept beyond 7 days")] = (
        None
    )
    kinesis_fan_out_shard_hour: Annotated[
        float | None, PRICE, _usd("per hour, shard and consumer with enhanced fan-out (`consumer: push`)")
    ] = None
    kinesis_fan_out_gb: Annotated[float | None, PRICE, _usd("per GB delivered by enhanced fan-out")] = None
    on_demand_stream_hour: Annotated[float | None, PRICE, _usd("per hour of a stream in on-demand mode")] = None
    on_demand_gb_in: Annotated[
        float | None, PRICE, _usd("per GB written to an on-demand stream, each record rounded up to 1 KiB")
    ] = None
    on_demand_gb_out: Annotated[float | None, PRICE, _usd("per GB that polling reads of an on-demand stream")] = None
    on_demand_fan_out_gb: Annotated[
        float | None, PRICE, _usd("per GB that an on-demand stream delivers by enhanced fan-out")
    ] = None
    on_demand_extended_retention_gb_month: Annotated[
        float | None, PRICE, _usd("per GB-month of an on-demand stream's records kept from 24 h to 7 days")
    ] = None
    on_demand_long_term_gb_month: Annotated[
        float | None, PRICE, _usd("per GB-month of an on-demand stream's records kept beyond 7 days")
    ] = None
