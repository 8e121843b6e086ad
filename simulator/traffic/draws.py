"""Random draws that belong to what they decide (docs/model.md, section 9).

A draw is a function of a key and of counters, and of nothing that was drawn before: SplitMix64 (Steele, Lea and Flood,
"Fast splittable pseudorandom number generators", 2014), whose n-th number can be had without those before it. The key
comes from the seed, the replication and the purpose in words; the counters say which of its kind a thing is.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
MASK: Final = 2**64 - 1
STEP: Final = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio
MIX_1: Final = 0xBF58476D1CE4E5B9
MIX_2: Final = 0x94D049BB133111EB


def key(seed: int, replication: int, *purpose: str | int) -> int:
    """The key of a purpose, such as ("producer", "web", "arrivals"): 64 bits.

    It depends on these words alone, never on what else the scenario holds: more shards, another mapping or one more
    replication leave the draws of all other purposes as they were.
    """
    words = "\0".join(map(str, (seed, replication, *purpose)))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "little")


def bits(key: int, counter: int) -> int:
    """The draw number `counter` (0 first) of a key: 64 random bits."""
    z = (key + (counter + 1) * STEP) & MASK
    z = ((z ^ (z >> 30)) * MIX_1) & MASK
    z = ((z ^ (z >> 27)) * MIX_2) & MASK
    return z ^ (z >> 31)


def inner(key: int, *things: int) -> int:
    """The key of one of the things that a key is for, each told by its number, such as a shard and a lane of it."""
    for thing in things:
        key = bits(key, thing)
    return key


def all_bits(key: int, first: int, n: int) -> Bits:
    """The draws from number `first` on, n of them."""
    z = np.arange(first + 1, first + n + 1, dtype=np.uint64)
    z *= np.uint64(STEP)
    z += np.uint64(key)
    z ^= z >> np.uint64(30)
    z *= np.uint64(MIX_1)
    z ^= z >> np.uint64(27)
    z *= np.uint64(MIX_2)
    z ^= z >> np.uint64(31)
    return z


def unit(bits: int) -> float:
    """A uniform draw from [0, 1), of 53 bits."""
    return (bits >> 11) * 2.0**-53


def all_units(bits: Bits) -> NDArray[np.float64]:
    """The same of many."""
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
