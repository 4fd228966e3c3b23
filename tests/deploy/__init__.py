"""Tests of the rules in `deploy/`, with the servers themselves."""
