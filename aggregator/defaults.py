"""The defaults of command-line options that the code below the commands needs as well."""

from pathlib import Path

DATABASE = Path("data/aggregator.db")
