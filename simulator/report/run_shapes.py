"""What the page asks of the files of a run."""

from __future__ import annotations

from typing import Any, Final

from simulator.measures.parts import PARTS
from simulator.measures.verdict import STATES
from simulator.measures.waiting import CAUSES
from simulator.reading.scalars import Flag, Number, Scalar, Text, Whole, Word
from simulator.reading.shapes import Group, ListOf, OrNull
from simulator.reading.tables import Columns
from simulator.report.resolved import SHARDS as SHARD_COUNT
from simulator.scenario.instants import instant
from simulator.study.objectives import KEEPS_UP, MEASURES, ORDER


class Start(Scalar):
    """When a run starts, by the clock."""

    allowed = "a date and time"

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and instant(value) is not None


NUMBER: Final = Number()
COUNT: Final = Whole()
LIMIT: Final = Group(dict.fromkeys(("offered_mean", "offered_peak"), OrNull(Number(0))))  # null: not known, or endless
WRITTEN: Final = {"write_records": LIMIT, "write_bytes": LIMIT}  # the limits that every stream and mapping has
TIMES: Final = Group({"n": COUNT}, known={f"{name}_s": OrNull(NUMBER) for name in ("mean", "p50", "p95", "p99", "max")})
AT_MOST: Final = Group(known={f"{name}_s": OrNull(NUMBER) for name in ("p50", "p95", "p99", "max")})
ENDS: Final = (
    "produced", "processed", "dropped_at_write", "dropped", "expired", "unprocessed",
)  # fmt: skip
STREAM: Final = Group(
    {
        "shards": SHARD_COUNT,
        "records_produced": COUNT,
        "records_accepted": COUNT,
        "records_dropped_at_write": COUNT,
        "accepted_bytes": COUNT,
        "write_throttled_records": COUNT,
        "sustained_records_per_s": NUMBER,
        "hottest_key_part": Number(0, 1),
        "hot_keys": ListOf(Group({"key": Text(), "part_of_stream": Number(0, 1)})),
        "limits": Group(WRITTEN, others=LIMIT),
    }
)
COMMON: Final = Group(  # an episode as several runs have it
    {
        **dict.fromkeys(("mapping", "event"), Text()),
        "cause": Word(*CAUSES),
        **dict.fromkeys(("runs", "of", "cause_runs"), Whole(1)),
        "not_over": COUNT,
        **dict.fromkeys(("start_s", "peak_lag_s", "peak_lag_mean_s"), NUMBER),
        **dict.fromkeys(("end_s", "recovery_time_s"), OrNull(NUMBER)),
        **{f"records_{what}": NUMBER for what in ("delayed", "done_again", "lost", "sent_to_destination")},
    }
)
MAPPING: Final = Group(
    {
        "stream": Text(),
        "function": Text(),
        "verdict": Word(*STATES),
        "verdict_reason": Text(),
        "binding_cause": OrNull(Word(*CAUSES)),
        "binding_share": Number(0, 1),
        "binding_reason": Text(),
        "records": Group(dict.fromkeys(ENDS, COUNT)),
        "records_lost": COUNT,
        "records_to_destination": COUNT,
        "records_done_again": COUNT,
        "unprocessed": COUNT,
        "lag": Group({"peak_s": NUMBER, "when_traffic_ends_s": NUMBER}),
        "waiting_s": Group(known=dict.fromkeys(CAUSES, NUMBER)),
        "attempts": COUNT,
        "errors": COUNT,
        "throttles": COUNT,
        "latency": TIMES,
        "latency_at_most": AT_MOST,
        "latency_parts_mean_s": Group(dict.fromkeys(PARTS, NUMBER), others=NUMBER),
        "iterator_age": TIMES,
        "iterator_age_at_send": TIMES,
        "limits": Group({**WRITTEN, "lanes": LIMIT}, others=LIMIT),
        "episodes": ListOf(Group({})),
        "too_short": Text(),
    },
    known={"get_records": Group({"refused": COUNT}), "episodes_of_all": ListOf(COMMON)},
)
BILL: Final = Group(
    {
        "price_sheet": Text(),
        "price_sheet_collected": Text(),
        "traffic_s": NUMBER,
        "usd_per_month": NUMBER,
        "usd_per_month_at_least": Flag(),
        "wasted_usd_per_month": NUMBER,
        "usd_per_million_records": OrNull(NUMBER),
        "on_demand_usd_per_month": OrNull(NUMBER),
        "items": ListOf(
            Group(
                {
                    **dict.fromkeys(("item", "resource", "unit"), Text(1)),
                    **dict.fromkeys(
                        ("quantity", "unit_price_usd", "usd_per_month", "wasted_usd_per_month"), NUMBER
                    ),
                }
            )
        ),
    }
)  # fmt: skip
OBJECTIVE: Final = Group(
    {
        "name": Word(*MEASURES, KEEPS_UP),
        "mapping": Text(),
        "bound": NUMBER,
        "seen": OrNull(NUMBER),
        "seen_at_least": Flag(),
        "half_width_95": OrNull(NUMBER),
        "runs": COUNT,
        "runs_above": COUNT,
        "runs_met": COUNT,
        "batches": COUNT,
        "batches_needed": COUNT,
        "state": Word(*ORDER),
    }
)
OF_ALL: Final = Group(
    {"mean": OrNull(NUMBER), "half_width_95": OrNull(NUMBER), "n": COUNT},
    known={"pseudovalues": ListOf(OrNull(NUMBER))},
)
SUMMARY: Final = Group(
    {
        "scenario": Text(1),
        "seed": Whole(most=10**4000),  # --seed takes any
        "replication": COUNT,
        "duration_s": NUMBER,
        "interval_s": NUMBER,
        "streams": Group(others=STREAM),
        "event_source_mappings": Group(others=MAPPING),
        "objectives": ListOf(OBJECTIVE),
        "headroom": Text(),
        "next_step": ListOf(Text()),
    },
    known={
        "replications": Group(others=Group(others=OF_ALL)),
        "bill": OrNull(BILL),
        "start_time": OrNull(Start()),
        "end_s": NUMBER,
    },
)
UNKNOWN: Final = Number(unknown=True)
SHARDS: Final = Columns(
    {
        "stream": Text(),
        "shard": COUNT,
        "accepted_records": COUNT,
        "write_throttled_records": COUNT,
        "offered_records": COUNT,
        "busiest_second_records": COUNT,
        **dict.fromkeys(("part_of_stream", "iterator_age_max_s", "lane_busy_max"), UNKNOWN),
    },
    known={"opened_at_s": NUMBER, "closed_at_s": UNKNOWN},
)
RESHARDINGS: Final = Columns(
    {
        **dict.fromkeys(("stream", "request", "asked_by", "refused", "mapping"), Text()),
        "requested_at_s": NUMBER,
        **dict.fromkeys(("begun_at_s", "done_at_s", "old_shards_finished_at_s", "peak_iterator_age_s"), UNKNOWN),
        **dict.fromkeys(("open_shards_before", "open_shards_after"), COUNT),
    }
)
READERS: Final = Columns(
    {
        **dict.fromkeys(("reader", "stream"), Text()),
        **dict.fromkeys(("get_records_calls", "get_records_refused", "read_records", "read_bytes"), COUNT),
        "lag_max_s": UNKNOWN,
    }
)
INCIDENTS: Final = Columns(
    {
        "mapping": Text(),
        "event": Text(),
        "cause": Word(*CAUSES),
        **dict.fromkeys(("start_s", "peak_lag_s"), NUMBER),
        **dict.fromkeys(("event_start_s", "event_end_s", "end_s", "recovery_time_s", "first_loss_s"), UNKNOWN),
        **{f"records_{what}": COUNT for what in ("delayed", "done_again", "lost", "sent_to_destination")},
    }
)
REPLICATIONS: Final = Columns(
    {
        "replication": COUNT,
        "mapping": Text(),
        "verdict": Word(*STATES, ""),
        "measure": Text(1),
        "value": Number(unknown=True, endless=True),
    }
)
HANDLED: Final = Group(
    {
        "mappings": Group(
            others=Group(
                {
                    "attempts": COUNT,
                    "errors": ListOf(
                        Group(
                            {
                                **dict.fromkeys(("kind", "file"), Text()),
                                "line": COUNT,
                                "attempts": COUNT,
                                "example": Group({"batch": COUNT, **dict.fromkeys(("message", "key", "data"), Text())}),
                            }
                        )
                    ),
                    "seen": ListOf(Group({"times": COUNT, "records": COUNT})),
                    "keys": ListOf(Group({"key": Text(), "again": COUNT, "most": COUNT})),
                    "order": ListOf(Group({"key": Text(), "attempts": ListOf(ListOf(Text()))})),
                }
            )
        )
    }
)
