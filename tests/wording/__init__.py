"""Tests of how values are formatted as text in each language."""
