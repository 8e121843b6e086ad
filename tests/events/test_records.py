"""What records look like: sequence numbers, keys, data."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.events.events import Events
from simulator.events.records import Batch
from simulator.events.sequence_numbers import decoded, sequence_number
from simulator.scenario.faults import ScenarioError
from simulator.scenario.spec import ConstantRate, Scenario
from simulator.traffic.partition_keys import key_hash
from simulator.twin.events.seen import Attempts, Seen, follow
from tests.events.scenarios import scenario


def events_of(scenario: Scenario, seed: int = 3) -> list[tuple[Seen, dict[str, Any]]]:
    """All attempts with their events."""
    found: list[Seen] = []
    follow(scenario, seed, Attempts(scenario, found.append))
    events = Events(scenario, seed, 0)
    mappings = scenario.event_source_mappings
    return [
        (each, events.event(mappings[each.attempt.mapping], Batch.of(each.shard, each.attempt.places)))
        for each in found
    ]


def records_of(scenario: Scenario, seed: int = 3) -> list[dict[str, Any]]:
    """All records of all events, in the order of attempts."""
    return [record for _, event in events_of(scenario, seed) for record in event["Records"]]


def data_of(record: dict[str, Any]) -> bytes:
    return base64.b64decode(record["kinesis"]["data"], validate=True)


def test_a_published_sequence_number_is_decoded_and_made_again() -> None:
    published = "49590338271490256608559692538361571095921575989136588898"  # of AWS's documentation
    made = decoded(published)
    assert sequence_number(made.made_s, made.shard, made.number, made.written_s) == published


def test_sequence_numbers_of_a_shard_increase_and_say_when_it_accepted(tmp_path: Path) -> None:
    last: dict[str, int] = {}
    for record in records_of(scenario(tmp_path)):
        shard, number = record["eventID"].split(":")
        assert number == record["kinesis"]["sequenceNumber"]
        assert int(number) > last.get(shard, 0)
        last[shard] = int(number)
        what = decoded(number)
        assert f"shardId-{what.shard:012}" == shard
        assert 0 <= record["kinesis"]["approximateArrivalTimestamp"] - what.written_s < 1
    assert len(last) == 2


def test_each_record_lies_in_the_shard_of_its_key_and_has_its_size(tmp_path: Path) -> None:
    records = records_of(scenario(tmp_path))
    assert len(records) == 100
    for record in records:
        key = record["kinesis"]["partitionKey"]
        assert decoded(record["kinesis"]["sequenceNumber"]).shard == key_hash(key) >> 127
        assert len(data_of(record)) + len(key) == 64


def test_of_several_producers_each_record_is_that_of_its_producer(tmp_path: Path) -> None:
    two = scenario(tmp_path, "{template: '${producer} ${number} ${key}'}").producers[0]
    one = scenario(tmp_path)
    both = replace(
        one, producers=(replace(two, name="b", start=-5.0), replace(two, name="a", rate=ConstantRate(rate=7.0)))
    )
    found = [data_of(record).decode().split() for record in records_of(both)]
    assert sorted(int(number) for name, number, _ in found if name == "a") == list(range(70))
    assert sorted(int(number) for name, number, _ in found if name == "b") == list(range(150))
    assert all(key.startswith(f"{name}-") for name, _, key in found)


def test_lines_come_in_order_by_the_record_s_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": 0}\n\n{"n": 1}\n{"n": 2}\n')
    one = scenario(tmp_path, "{json_lines: a.jsonl, order: in_order}", streams="{orders: {shards: 1}}")
    assert [json.loads(data_of(each))["n"] for each in records_of(one)] == [i % 3 for i in range(100)]


def test_lines_are_drawn_the_same_for_one_seed_and_others_for_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("".join(f"{i}\n" for i in range(50)))
    one = scenario(tmp_path, "{text_lines: a.txt}")
    drawn = [data_of(each) for each in records_of(one)]
    assert drawn == [data_of(each) for each in records_of(one)]
    assert len(set(drawn)) > 30
    assert drawn != [data_of(each) for each in records_of(one, 4)]


def test_a_template_is_filled_for_each_record(tmp_path: Path) -> None:
    text = '{"k": "${key}", "t": "${time}", "u": "${uuid}", "x": ${uniform}, "s": "${s}", "n": ${n}, "$$": 1}'
    fields = "{s: {one_of: [new, paid]}, n: {low: 3, high: 5}}"
    records = records_of(scenario(tmp_path, f"{{template: '{text}', fields: {fields}}}"))
    filled = [json.loads(data_of(each)) for each in records]
    assert [each["k"] for each in filled] == [each["kinesis"]["partitionKey"] for each in records]
    assert {each["s"] for each in filled} == {"new", "paid"}
    assert {each["n"] for each in filled} == {3, 4, 5}
    assert len({each["u"] for each in filled}) == 100
    assert filled[0]["t"].startswith("2026-11-27T14:00:0")
    assert all(each["$"] == 1 for each in filled)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{json_lines: bad.jsonl}", "bad.jsonl, line 2 is not JSON: Expecting ',' delimiter at column 9"),
        ("{json_lines: none.jsonl}", "none.jsonl cannot be read: No such file or directory"),
        ("{text_lines: latin.txt}", "latin.txt, line 2 is not UTF-8: byte 4 of it is wrong"),
        ("{text_lines: empty.txt}", "empty.txt is empty"),
        ("{json_lines: nan.jsonl}", "nan.jsonl, line 1 is not JSON: NaN is no number of JSON"),
        ("{template: '${kee}'}", "there is no field 'kee'; did you mean 'key'?"),
        ("{template: 'costs $ 3'}", "holds a $ that begins no field"),
        ("{template: '${n}', fields: {n: {low: 3, high: 2}}}", "low 3 is above high 2"),
        ("{lines: a.txt}", "producers[0].data.lines: unknown field; "),
        ("{text_lines: long.txt}", "line 1 has 1,048,577 bytes, above the max_record_size of 1MiB of 'orders'"),
    ],
)
def test_bad_data_is_told_with_file_and_line(data: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"a": 1}\n{"a": 1 2}\n')
    (tmp_path / "nan.jsonl").write_text('{"a": NaN}\n')
    (tmp_path / "latin.txt").write_bytes(b"caf\nna\xc3\xaf\xef\n"[:4] + b"caf\xe9\n")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "long.txt").write_text("x" * (2**20 + 1))
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, data)
    assert "orders.yaml:" in str(caught.value)
    assert told in str(caught.value)
