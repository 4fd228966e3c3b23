"""Tests of the open data, feeds, and calendar files."""
