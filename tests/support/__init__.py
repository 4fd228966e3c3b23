"""Helpers of the tests, each named after what it helps with."""
