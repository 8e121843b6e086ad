"""Each part of a scenario draws from its own stream of random numbers (docs/model.md, section 9)."""

import hashlib

import numpy as np
from numpy.random import Generator


def generator(seed: int, replication: int, *purpose: str | int) -> Generator:
    """The generator of one purpose, such as ("producer", "web", "arrivals").

    It depends on the names alone, never on what else the scenario holds: more shards, another mapping or one more
    replication leave the numbers of all other purposes as they were.
    """
    digest = hashlib.sha256("\0".join(map(str, purpose)).encode()).digest()
    words = np.frombuffer(digest, np.uint32)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(replication, *map(int, words)))))
