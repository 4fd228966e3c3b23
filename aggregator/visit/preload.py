"""Importing this module loads the tables that every visit needs, so that processes forked afterwards share them."""

from aggregator.clean import load_tables

load_tables(["US"])
