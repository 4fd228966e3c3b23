"""Tests of `aggregator/clean/`: text as found -> clean values."""
