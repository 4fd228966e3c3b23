"""Telephone numbers in one form: "607-555-0107", or "+" and digits for other countries."""

import re
from functools import lru_cache

# North American Numbering Plan: area and exchange begin with 2 to 9, and neither is a service code such as 911.
_US = re.compile(
    r"(?<![\d+])(?:\+?1[\s./-]*)?\(?((?!.11)[2-9]\d{2})\)?[\s./-]*((?!.11)[2-9]\d{2})[\s./-]*(\d{4})(?!\d)", re.ASCII
)
_FOREIGN = re.compile(r"\+(?!1(?!\d{11}))[1-9](?:[\s().-]*\d){6,14}(?!\d)", re.ASCII)


@lru_cache(maxsize=8192)
def _read(text: str) -> str:
    if found := _FOREIGN.search(text):
        return "+" + re.sub(r"\D", "", found[0])
    found = _US.search(text)
    return "-".join(found.groups()) if found else ""


def phone(text: str) -> str:
    """The first telephone number in `text`; "" where there is none that can exist."""
    return _read(text[:200])
