"""Tests of `aggregator/web/`."""
