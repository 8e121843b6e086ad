"""Tests of simulator.traffic."""
