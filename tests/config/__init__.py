"""Tests of the region file, and of how adapters are found."""
