"""Tests of `aggregator/kit/`."""
