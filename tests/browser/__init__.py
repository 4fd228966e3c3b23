"""Tests that need a browser or an HTML checker."""
