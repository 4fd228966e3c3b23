"""Tests of `aggregator/clean/`, which turns text as found into clean values."""
