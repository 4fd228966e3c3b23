"""Recorded visits (HAR 1.2): read them, find the answer that fits a request, and write them."""
