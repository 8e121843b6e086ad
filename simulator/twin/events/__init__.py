"""What AWS sends and prints for a scenario's run: events, answers, messages to destinations, states, policies."""
