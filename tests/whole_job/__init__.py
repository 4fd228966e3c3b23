"""Tests of the whole job at once: from the answers of booking systems to published files."""
