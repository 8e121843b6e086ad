"""The writing end: producers, keys, write limits, the shards of a stream over time; it fills each shard's log."""
