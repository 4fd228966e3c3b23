"""Tests of `providers/`, and the cases of each adapter."""
