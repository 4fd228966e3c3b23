"""Tests of positions, postal codes, and shapes of states."""
