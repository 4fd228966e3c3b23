"""Recorded visits (HAR 1.2): reads them, finds the recorded answer to a request, and writes them."""
