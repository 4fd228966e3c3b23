"""Tests of `aggregator/adapter/`."""
