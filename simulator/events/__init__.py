"""What a function gets: records, as Kinesis and Lambda write them, from a scenario, its seed and a shard's log."""
