"""Tests of studies of many runs."""
