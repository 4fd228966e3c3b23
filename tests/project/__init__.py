"""Tests of the project itself: docs, names, locked dependencies, the wheel."""
