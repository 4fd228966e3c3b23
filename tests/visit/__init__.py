"""Tests of `aggregator/visit/`."""
