"""Tests of what an operator monitors."""
