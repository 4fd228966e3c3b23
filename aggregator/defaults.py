"""The defaults of command-line options that the code below the commands needs as well."""

from pathlib import Path

DATABASE = Path("data/aggregator.db")
DEMO_PORT = 28701  # of the first simulated booking system; the others follow
