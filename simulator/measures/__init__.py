"""What a run leaves: histograms, time series, the parts of latency, verdicts, incidents."""
