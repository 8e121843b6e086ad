"""Draws that belong to what they decide (docs/model.md, section 9)."""

import hashlib
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.traffic.draws import all_bits, all_units, bits, key, unit

WORDS = st.integers(0, 2**64 - 1)
ENDS = [0, 1, 2**11 - 1, 2**63, 2**64 - 1]


@pytest.mark.parametrize(
    ("seed", "published"),
    [
        (1234567, [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]),
        (0, [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC]),
    ],
)
def test_the_draws_of_a_key_are_the_published_splitmix64_sequence(seed: int, published: list[int]) -> None:
    assert [bits(seed, n) for n in range(4)] == published


@given(WORDS, st.integers(0, 2**63), st.integers(0, 20))
def test_many_draws_are_those_drawn_one_by_one(of: int, first: int, n: int) -> None:
    assert all_bits(of, first, n).tolist() == [bits(of, first + i) for i in range(n)]


@given(st.lists(WORDS, min_size=1))
def test_many_units_are_those_of_one(drawn: list[int]) -> None:
    assert all_units(np.array(drawn, np.uint64)).tolist() == [unit(each) for each in drawn]


def test_units_are_from_0_to_below_1() -> None:
    assert [unit(each) for each in ENDS] == [0, 0, 0, 0.5, 1 - 2.0**-53]


def test_units_are_uniform() -> None:
    drawn = all_units(all_bits(key(1, 0, "uniform"), 0, 200_000))
    counts = np.bincount((drawn * 100).astype(int), minlength=100)
    assert ((counts - 2000) ** 2 / 2000).sum() < 99 + 4 * math.sqrt(2 * 99)


def test_each_bit_is_set_in_half_of_the_draws() -> None:
    drawn = all_bits(key(1, 0, "bits"), 0, 20_000)
    for bit in range(64):
        share = ((drawn >> np.uint64(bit)) & np.uint64(1)).mean()
        assert abs(share - 0.5) < 4.5 * math.sqrt(0.25 / 20_000)


def test_a_key_is_the_hash_of_its_words() -> None:
    digest = hashlib.sha256(b"7\x002\x00producer\x00web\x00arrivals").digest()
    assert key(7, 2, "producer", "web", "arrivals") == int.from_bytes(digest[:8], "little")


def test_a_key_is_the_same_in_another_process() -> None:
    code = "from simulator.traffic.draws import key; print(key(1, 0, 'producer', 'web'))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(printed) == key(1, 0, "producer", "web")


def test_purposes_seeds_and_replications_have_different_keys() -> None:
    keys = [
        key(1, 0, "producer", "web", "arrivals"),
        key(1, 0, "producer", "web", "sizes"),
        key(1, 0, "producer", "we", "barrivals"),
        key(1, 0, "mapping", "web", "arrivals"),
        key(2, 0, "producer", "web", "arrivals"),
        key(2**63 - 1, 0, "producer", "web", "arrivals"),
        key(1, 1, "producer", "web", "arrivals"),
        key(11, 0, "producer", "web", "arrivals"),
        key(1, 10, "producer", "web", "arrivals"),
        key(1, 0, "lane", 1, 23),
        key(1, 0, "lane", 12, 3),
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (key(1, 0, "a"), key(1, 0, "b")),
        (key(1, 0, "a"), key(1, 1, "a")),
        (key(1, 0, "a"), key(2, 0, "a")),
        (bits(key(1, 0, "a"), 0), bits(key(1, 0, "a"), 1)),  # the keys of two records
    ],
)
def test_the_draws_of_two_purposes_are_not_correlated(one: int, other: int) -> None:
    a, b = (all_units(all_bits(of, 0, 50_000)) for of in (one, other))
    for shift in range(3):
        assert abs(np.corrcoef(a[shift:], b[: len(b) - shift])[0, 1]) < 4 / math.sqrt(50_000)


def test_draws_follow_each_other_without_correlation() -> None:
    drawn = all_units(all_bits(key(1, 0, "a"), 0, 50_000))
    for lag in (1, 2, 7):
        assert abs(np.corrcoef(drawn[lag:], drawn[:-lag])[0, 1]) < 4 / math.sqrt(50_000)
