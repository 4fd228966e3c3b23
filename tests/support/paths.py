"""Folders that tests read."""

import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
TOOLS = Path(sys.prefix) / "share"  # where `make tools` installs npm packages
SHARED = ROOT.parent / "shared"  # next to the checkout, on some machines
CAPTURES = SHARED / "captures"
NO_CAPTURES = "the recordings of real booking systems (../shared/captures) are not here"
