"""Tests of `aggregator/release/`."""
