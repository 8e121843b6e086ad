"""Tests of the scenario: units, loading, faults, and the commands for files."""
