"""Tests of the region file, and of where adapters come from."""
