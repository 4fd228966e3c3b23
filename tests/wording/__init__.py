"""Tests of how values are put into words, in each language."""
