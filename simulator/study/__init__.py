"""Many runs: replications, and what can be said of them together."""
