"""What metrics and logs tell: how much is written, how large records are, how long functions run."""
