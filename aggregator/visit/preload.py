"""Importing this loads the tables that every visit needs, so that the processes forked afterwards have them."""

from aggregator.clean import load_tables

load_tables(["US"])
