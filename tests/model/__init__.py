"""Tests of what happens in a run (simulator.model)."""
