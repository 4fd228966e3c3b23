"""Defaults of command-line options that code below the commands needs, too."""

from pathlib import Path

DATABASE = Path("data/aggregator.db")
