"""Tests that need a browser or a checker of HTML."""
