"""Tests of `aggregator/model/`."""
