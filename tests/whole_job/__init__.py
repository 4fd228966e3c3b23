"""Tests of the whole job: from the responses of booking systems to published files."""
