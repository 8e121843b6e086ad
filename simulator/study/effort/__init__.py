"""What a run takes, before it is started: records, attempts, polls, seconds and memory, estimated from its scenario."""
