"""Tests of `aggregator/serving/`."""
