"""Tests of what is measured of a run (simulator.measures)."""
