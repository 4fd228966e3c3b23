"""Tests of `aggregator/store/`."""
