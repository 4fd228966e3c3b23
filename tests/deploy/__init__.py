"""Tests of the rules in `deploy/`, with the real servers."""
